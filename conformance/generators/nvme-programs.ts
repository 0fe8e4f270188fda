/** Programs for two NVMe controllers: sequences of commands by any queue, doorbells, resets. */
import fc from 'fast-check';
import type { DiffPlan } from '../divergence.ts';
import { NvmeSide } from '../runner/nvme-side.ts';
import { explanations } from '../specs/nvme/divergences.ts';
import { Io } from '../suites/nvme/commands.ts';
import { adminCommands, passingAdminCommands, quietAdminCommands } from './nvme-admin.ts';
import { type Prepared, ioCommands } from './nvme-io.ts';
import { apart } from './nvme-together.ts';
import { plain } from './nvme-layouts.ts';
import {
  type EnableStep,
  type NvmeProgram,
  type NvmeStep,
  placeOfNvme,
  showNvme,
} from './nvme-steps.ts';
import { BLOCKS } from './nvme-transfers.ts';

const STEPS_MAX = 12;
/** Blocks that the last steps of a program read. */
const READ_BACK = { 1: 128, 2: 16 } as const;

const submit = (queue: number, { command, fills }: Prepared): NvmeStep => ({
  kind: 'commands',
  queue,
  fills,
  commands: [command],
});

const queues = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(1, 2) },
  { weight: 1, arbitrary: fc.constantFrom(3, 4) },
);

const io: fc.Arbitrary<NvmeStep> = fc
  .tuple(queues, ioCommands)
  .map(([queue, prepared]) => submit(queue, prepared));

/** Several at once, whose order does not matter. */
const together: fc.Arbitrary<NvmeStep> = fc
  .tuple(queues, apart)
  .map(([queue, commands]) => ({ kind: 'commands', queue, fills: [], commands }));

const togetherAdmin: fc.Arbitrary<NvmeStep> = quietAdminCommands.map((commands) => ({
  kind: 'commands',
  queue: 0,
  fills: [],
  commands,
}));

const doorbells: fc.Arbitrary<NvmeStep> = fc.record({
  kind: fc.constant('doorbell'),
  queue: fc.constantFrom(0, 1, 2, 3, 5, 64, 70),
  side: fc.constantFrom('tail', 'head'),
  // Out of range for every queue that there is: what else might happen is up to old entries.
  value: fc.constantFrom(64, 65, 0x7fff, 0xffff),
});

const usual: EnableStep = {
  kind: 'enable',
  iosqes: 6,
  iocqes: 4,
  pageExponent: 0,
  css: 0,
  ams: 0,
  submissions: 31,
  completions: 31,
  offset: 0,
};

const enables: fc.Arbitrary<NvmeStep> = fc
  .constantFrom<Partial<EnableStep>>(
    {},
    {},
    {},
    { pageExponent: 1 },
    { pageExponent: 5 },
    { iosqes: 5 },
    { iocqes: 3 },
    { iosqes: 0, iocqes: 0 },
    { css: 1 },
    { css: 7 },
    { ams: 1 },
    { ams: 7 },
    { submissions: 1, completions: 1 },
    { submissions: 0 },
    { completions: 0 },
    { offset: 64 },
  )
  .map((fields) => ({ ...usual, ...fields }));

const shutdowns: fc.Arbitrary<NvmeStep> = fc
  .constantFrom(1, 2)
  .map((value) => ({ kind: 'shutdown', value }));

function steps(fresh: boolean): fc.Arbitrary<NvmeStep> {
  const admin = fresh ? adminCommands : passingAdminCommands;
  return fc.oneof(
    { weight: 30, arbitrary: io },
    { weight: 30, arbitrary: admin.map((prepared) => submit(0, prepared)) },
    { weight: 6, arbitrary: together },
    { weight: 1, arbitrary: togetherAdmin },
    { weight: 2, arbitrary: doorbells },
    { weight: fresh ? 3 : 1, arbitrary: enables },
    { weight: 1, arbitrary: shutdowns },
  );
}

/** What is on the media in the end, where programs write. */
const readBack: readonly NvmeStep[] = ([1, 2] as const).flatMap((nsid) =>
  [0, (BLOCKS[nsid] ?? 0) - READ_BACK[nsid]].map((lba) => {
    const { fills, ...prps } = plain(2 ** 16);
    const fields = { opcode: Io.Read, nsid, dword10: lba, dword12: READ_BACK[nsid] - 1, ...prps };
    return submit(1, { command: fields, fills });
  }),
);

const WRITES: readonly number[] = [Io.Write, Io.WriteZeroes, Io.DatasetManagement];

function writes(step: NvmeStep): boolean {
  return (
    step.kind === 'commands' &&
    step.queue > 0 &&
    step.commands.some(({ opcode }) => WRITES.includes(opcode))
  );
}

const entries = fc.oneof(
  { weight: 2, arbitrary: fc.constant(16) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 5 }) },
);
const pairs = fc.record({ submissions: entries, completions: entries });

const programs: fc.Arbitrary<NvmeProgram> = fc
  .record({
    interrupts: fc.oneof(
      { weight: 20, arbitrary: fc.constant<NvmeProgram['interrupts']>('msix') },
      { weight: 1, arbitrary: fc.constant<NvmeProgram['interrupts']>('none') },
    ),
    fresh: fc.oneof(
      { weight: 9, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    pairs: fc.array(pairs, { maxLength: 2, size: 'max' }),
  })
  .chain(({ interrupts, fresh, pairs }) =>
    fc.array(steps(fresh), { minLength: 1, maxLength: STEPS_MAX, size: 'max' }).map((list) => ({
      interrupts,
      fresh,
      pairs,
      steps: list.some(writes) ? [...list, ...readBack] : list,
    })),
  );

export const nvmeDiff: DiffPlan<NvmeProgram> = {
  device: 'nvme',
  programs,
  explanations,
  side: (target) => new NvmeSide(target),
  show: showNvme,
  placeOf: placeOfNvme,
};
