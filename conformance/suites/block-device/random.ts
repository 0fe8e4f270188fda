/** Any operations with anything that may go wrong: what is left can always be explained. */
import fc from 'fast-check';
import type { NvmeFault } from '../../../sim/faults/nvme-plan.ts';
import type { PciFault } from '../../../sim/faults/plan.ts';
import { property, suite } from '../../clause.ts';
import type { Scene } from '../../scene.ts';
import { OWN_RULES, bugClass, failure } from '../driver/attempt.ts';
import { ENDED } from './attempts.ts';
import { AREA, MILLISECOND, SECOND } from './facts.ts';
import { openedSomehow, restarted } from './weathers.ts';
import { type Step, play, showSteps, someSteps, verified } from './workload.ts';

const STEPS_MAX = 120;
const FAULTS_MAX = 3;

const access = fc.integer({ min: 1, max: 400 });
const interrupt = fc.integer({ min: 1, max: 60 });
const completion = fc.integer({ min: 1, max: 80 });
const someTime = fc.constantFrom(1000, 100_000, MILLISECOND, SECOND, 45 * SECOND);

/** What leaves the data right, whatever else it breaks. */
const busFault: fc.Arbitrary<PciFault> = fc.oneof(
  access.map((at) => ({ kind: 'no-answer', at, accesses: 1 }) as const),
  access.map((at) => ({ kind: 'self-reset', at }) as const),
  interrupt.map((at) => ({ kind: 'lost-interrupt', at }) as const),
  fc.tuple(interrupt, someTime).map(([at, ns]) => ({ kind: 'late-interrupt', at, ns }) as const),
  access.map((at) => ({ kind: 'spurious-interrupt', at, vector: 0, ns: 10_000 }) as const),
  interrupt.map((at) => ({ kind: 'interrupt-storm', at, times: 200, everyNs: 1000 }) as const),
  access.map((at) => ({ kind: 'posted-writes', at, ns: 10_000 }) as const),
  interrupt.map((at) => ({ kind: 'failed-allocation', at }) as const),
  interrupt.map((at) => ({ kind: 'failed-mapping', at }) as const),
);

const someStatus = fc.record({
  type: fc.constantFrom(0, 1, 2),
  code: fc.constantFrom(0x04, 0x06, 0x80, 0x81, 0x82, 0xff),
  doNotRetry: fc.boolean(),
});

const deviceFault: fc.Arbitrary<NvmeFault> = fc.oneof(
  completion.map((at) => ({ kind: 'lost-completion', at }) as const),
  fc.tuple(completion, someTime).map(([at, ns]) => ({ kind: 'late-completion', at, ns }) as const),
  fc
    .tuple(completion, someTime)
    .map(([at, ns]) => ({ kind: 'reordered-completion', at, ns }) as const),
  completion.map((at) => ({ kind: 'duplicate-completion', at }) as const),
  completion.map((at) => ({ kind: 'false-command-id', at, id: 0xfff0 }) as const),
  completion.map((at) => ({ kind: 'wrong-phase', at }) as const),
  fc.tuple(completion, someStatus).map(([at, status]) => {
    return { kind: 'error-status', at, ...status } as const;
  }),
  completion.map((at) => ({ kind: 'fatal-status', at }) as const),
  completion.map((at) => ({ kind: 'hang', at }) as const),
  completion.map((at) => ({ kind: 'failed-transfer', at }) as const),
);

/** What a device says besides when it may say anything. */
const SAID = [...ENDED, 'kIOReturnNoSpace', 'kIOReturnNotReady'] as const;

/** As in `recovery`, for any operations and any faults. */
async function survives(scene: Scene, steps: readonly Step[]): Promise<void> {
  let disk = await openedSomehow(scene);
  if (disk === undefined) {
    // Faults of later accesses may still be waiting: what then starts is what counts.
    scene.function.reset('hot');
    disk = await openedSomehow(scene);
    if (disk === undefined) return;
  }
  await play(scene, disk, steps, { area: AREA, mayFail: SAID });
  const area = disk;
  const code = await failure(() => verified(area, AREA));
  if (code !== undefined) await restarted(scene, disk, 2 * FAULTS_MAX);
}

export const random = suite({
  id: 'block-device/random',
  for: { class: 'BlockDevice' },
  clauses: [
    property({
      id: 'operations',
      cite: bugClass('BC-23'),
      text: 'Any operations, without anything that goes wrong, succeed and are explained.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-13', 'BC-23', 'BC-24'],
      given: someSteps(STEPS_MAX),
      show: showSteps,
      async check(scene, steps) {
        const disk = await openedSomehow(scene);
        if (disk === undefined) return scene.simpleIO();
        await play(scene, disk, steps, { area: AREA });
        await verified(disk, AREA);
      },
    }),
    property({
      id: 'bus-faults',
      cite: bugClass('BC-21'),
      text: 'Any operations on a bus with faults end, and what is left can be explained.',
      level: 'shall',
      subject: 'driver',
      rules: OWN_RULES,
      needs: ['faults', 'virtual-time', 'device-reset'],
      bugClasses: ['BC-05', 'BC-10', 'BC-13', 'BC-21', 'BC-22'],
      given: fc.record({
        steps: someSteps(STEPS_MAX),
        faults: fc.array(busFault, { minLength: 1, maxLength: FAULTS_MAX }),
      }),
      show: ({ steps, faults }) => [
        ...faults.map((one) => JSON.stringify(one)),
        ...showSteps(steps),
      ],
      async check(scene, { steps, faults }) {
        scene.inject(...faults);
        await survives(scene, steps);
      },
    }),
    property({
      id: 'any-faults',
      cite: bugClass('BC-22'),
      text: 'Any operations on a device and a bus with faults end, and what is left is explained.',
      level: 'shall',
      subject: 'driver',
      rules: OWN_RULES,
      needs: ['faults', 'nvme-faults', 'virtual-time', 'device-reset'],
      bugClasses: ['BC-05', 'BC-10', 'BC-13', 'BC-21', 'BC-22'],
      given: fc.record({
        steps: someSteps(STEPS_MAX),
        bus: fc.array(busFault, { maxLength: FAULTS_MAX }),
        device: fc.array(deviceFault, { minLength: 1, maxLength: FAULTS_MAX }),
      }),
      show: ({ steps, bus, device }) => [
        ...[...bus, ...device].map((one) => JSON.stringify(one)),
        ...showSteps(steps),
      ],
      async check(scene, { steps, bus, device }) {
        scene.inject(...bus);
        scene.misbehave(...device);
        await survives(scene, steps);
      },
    }),
  ],
});
