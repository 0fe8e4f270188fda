/** Figures of one run on one machine: only their ratios mean something elsewhere. */
export interface Figure {
  readonly what: string;
  readonly perSecond: number;
  /** As `DESIGN` states it, with the figure that it is compared with. */
  readonly bar?: { readonly atLeast: number; readonly text: string };
}

const REPEATS = 5;

/**
 * Best of several turns, in operations a second: the machine is not ours alone. Many short turns
 * show what a function does that is called often; in few long ones V8 replaces the code of a loop
 * while it runs, and inlines less.
 */
export function best(operations: number, turn: () => void, repeats = REPEATS): number {
  turn();
  let fastest = Infinity;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const start = performance.now();
    turn();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return (operations / fastest) * 1000;
}

export async function bestAsync(operations: number, turn: () => Promise<void>): Promise<number> {
  await turn();
  let fastest = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = performance.now();
    await turn();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return (operations / fastest) * 1000;
}

export interface Ratio {
  readonly what: string;
  readonly ratio: number;
  readonly atMost: number;
}

export function printRatio({ what, ratio, atMost }: Ratio): void {
  const missed = ratio > atMost ? '  MISSED' : '';
  console.log(`${what.padEnd(58)} ${ratio.toFixed(2).padStart(9)} x   bar ${atMost} x${missed}`);
}

export function print({ what, perSecond, bar }: Figure): void {
  const missed = bar !== undefined && perSecond < bar.atLeast;
  const against = bar === undefined ? '' : `  bar ${bar.text}${missed ? '  MISSED' : ''}`;
  console.log(`${what.padEnd(58)} ${human(perSecond).padStart(9)}/s${against}`);
}

function human(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} k`;
  return value.toFixed(1);
}
