/** Operations as data, generated and played with many in flight, and what comes of it verified. */
import fc from 'fast-check';
import type { BlockRange } from '../../../drivers-under-test/host/classes/block-device.ts';
import { IOReturnError, type IOReturnName } from '../../../drivers-under-test/host/io-return.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { type Layout, WHOLE } from './client-buffers.ts';
import type { Disk } from './disk.ts';
import { AREA, MICROSECOND, someLayout } from './facts.ts';

/** Places count from the beginning of the area. */
export type Step =
  | { readonly do: 'read'; readonly at: number; readonly blocks: number; readonly layout: Layout }
  | {
      readonly do: 'write';
      readonly at: number;
      readonly blocks: number;
      readonly layout: Layout;
      readonly fua: boolean;
    }
  | { readonly do: 'zeroes'; readonly at: number; readonly blocks: number }
  | { readonly do: 'trim'; readonly at: number; readonly blocks: number }
  | { readonly do: 'flush' }
  /** Until everything has ended. */
  | { readonly do: 'wait' }
  | { readonly do: 'pass'; readonly us: number };

/** So much is pending at once: more would make the history dear to explain, and prove no more. */
const IN_FLIGHT_MAX = 8;

const place = fc
  .tuple(fc.nat({ max: AREA.blocks - 1 }), fc.integer({ min: 1, max: 6 }))
  .map(([at, blocks]) => ({ at, blocks: Math.min(blocks, AREA.blocks - at) }));

const layout = fc.oneof({ weight: 3, arbitrary: fc.constant(WHOLE) }, someLayout);

const kinds = {
  read: fc
    .tuple(place, layout)
    .map(([where, how]): Step => ({ do: 'read', ...where, layout: how })),
  write: fc
    .tuple(place, layout, fc.boolean())
    .map(([where, how, fua]): Step => ({ do: 'write', ...where, layout: how, fua })),
  zeroes: place.map((where): Step => ({ do: 'zeroes', ...where })),
  trim: place.map((where): Step => ({ do: 'trim', ...where })),
  flush: fc.constant<Step>({ do: 'flush' }),
  wait: fc.constant<Step>({ do: 'wait' }),
  pass: fc.nat({ max: 300 }).map((us): Step => ({ do: 'pass', us })),
} as const;

const WEIGHTS = { read: 5, write: 8, zeroes: 1, trim: 1, flush: 2, wait: 1, pass: 2 } as const;
const NAMES = Object.keys(kinds) as (keyof typeof kinds)[];

/**
 * Swarm: each workload has some kinds of operations only (never without writes), which finds what
 * needs many of one kind (`fuzzing.md`, 1.3).
 */
export function someSteps(maxLength: number): fc.Arbitrary<readonly Step[]> {
  return fc.subarray(NAMES, { minLength: 2 }).chain((chosen) => {
    const names = chosen.includes('write') ? chosen : [...chosen, 'write' as const];
    const arbitraries = names.map((name) => ({ weight: WEIGHTS[name], arbitrary: kinds[name] }));
    return fc.array(fc.oneof(...arbitraries), { minLength: 1, maxLength, size: 'max' });
  });
}

export function showSteps(steps: readonly Step[]): string[] {
  return steps.map((step) => {
    if (step.do === 'flush' || step.do === 'wait') return step.do;
    if (step.do === 'pass') return `pass ${step.us} us`;
    const range = `blocks ${step.at} to ${step.at + step.blocks - 1}`;
    if (step.do === 'zeroes' || step.do === 'trim') return `${step.do} ${range}`;
    const { offset, cuts } = step.layout;
    const how = offset === 0 && cuts.length === 0 ? '' : ` at +${offset} cut at ${cuts.join(' ')}`;
    return `${step.do}${step.do === 'write' && step.fua ? ' fua' : ''} ${range}${how}`;
  });
}

export interface Play {
  readonly area: BlockRange;
  /** Codes that an operation may fail with; default: none may. */
  readonly mayFail?: readonly IOReturnName[];
}

/** Plays the steps and waits for the end of everything that was begun. */
export async function play(
  scene: Scene,
  disk: Disk,
  steps: readonly Step[],
  { area, mayFail = [] }: Play,
): Promise<void> {
  const inFlight = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const begin = (operation: Promise<unknown>, what: string) => {
    const ended = operation
      .then(
        () => {},
        (error: unknown) => allow(error, mayFail, what),
      )
      .catch((error: unknown) => void failures.push(error))
      .then(() => void inFlight.delete(ended));
    inFlight.add(ended);
  };
  const all = async () => {
    await Promise.all(inFlight);
    if (failures.length > 0) throw failures[0];
  };
  for (const step of steps) {
    if (step.do === 'wait') await all();
    else if (step.do === 'pass') await scene.pass(step.us * MICROSECOND);
    else {
      while (inFlight.size >= IN_FLIGHT_MAX) await Promise.race(inFlight);
      const operation = asked(scene, disk, step, area);
      if (operation !== undefined) begin(operation, step.do);
    }
  }
  await all();
}

/** Undefined where the driver does not claim the operation. */
function asked(
  { driver }: Scene,
  disk: Disk,
  step: Exclude<Step, { do: 'wait' | 'pass' }>,
  area: BlockRange,
): Promise<unknown> | undefined {
  if (step.do === 'flush') return disk.flush();
  const lba = area.lba + step.at;
  if (step.do === 'trim') {
    return driver.ics['trim'] ? disk.trim([{ lba, blocks: step.blocks }]) : undefined;
  }
  if (step.do === 'zeroes') {
    return driver.ics['writeZeroes'] ? disk.writeZeroes({ lba, blocks: step.blocks }) : undefined;
  }
  // Where a unit takes less at once the step is shorter.
  const blocks = Math.min(step.blocks, disk.geometry.maxTransferBlocks);
  if (step.do === 'read') return disk.read(lba, blocks, step.layout);
  return disk.write(lba, blocks, { fua: step.fua, layout: step.layout });
}

function allow(error: unknown, codes: readonly IOReturnName[], what: string): void {
  if (!(error instanceof IOReturnError) || codes.length === 0) throw error;
  const wanted = ['success', ...codes].join(' or ');
  expect.that(codes.includes(error.codeName), `how a ${what} ends`, wanted, error.codeName);
}

/** Reads the whole area, and then everything together must be explained. */
export async function verified(disk: Disk, area: BlockRange): Promise<void> {
  const most = disk.geometry.maxTransferBlocks;
  for (let at = 0; at < area.blocks; at += most) {
    await disk.read(area.lba + at, Math.min(most, area.blocks - at));
  }
  expect.equal(disk.history.pending().length, 0, 'operations that have not ended');
  disk.history.verify();
}
