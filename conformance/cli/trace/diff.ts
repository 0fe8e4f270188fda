/** `dyno trace diff`: two traces side by side, as far as they differ. */
import { EXIT } from '../../../reports/summary.ts';
import { EventBatch } from '../../../traces/format/batch.ts';
import type { TraceEvent } from '../../../traces/format/event.ts';
import { eventText } from '../../../traces/view/event-text.ts';
import { differences } from '../../../traces/view/diff.ts';
import { minimised } from '../../../traces/view/minimise.ts';
import type { RegisterView } from '../../../traces/view/register-view.ts';
import { batchesOf, openInput, viewOf } from './input.ts';
import { type FilterOptions, filterOf } from './show.ts';

export interface DiffOptions extends FilterOptions {
  /** Count reads that only repeat the one before. */
  readonly polls: boolean;
  /** Lines that are printed at the most. */
  readonly lines: number;
}

/** Exit code 0 when they agree, 1 when they do not. */
export async function diffVerb(left: string, right: string, options: DiffOptions): Promise<number> {
  const sides = await Promise.all(
    [left, right].map(async (path) => {
      const trace = openInput(path, options);
      const view = await viewOf(trace.header, options);
      const { polls } = options;
      const kept = minimised(batchesOf(path, trace), { view, keep: filterOf(options), polls });
      return { kept, view: await viewOf(trace.header, options) };
    }),
  );
  const [one, two] = sides as [(typeof sides)[number], (typeof sides)[number]];
  const hunks = differences(one.kept, two.kept);
  let printed = 0;
  const print = (mark: string, number: number, event: TraceEvent, view: RegisterView) => {
    if (printed++ >= options.lines) return;
    process.stdout.write(`${mark} ${String(number).padStart(8)} ${lineOf(event, view)}\n`);
  };
  for (;;) {
    const { value, done } = hunks.next();
    if (done === true) {
      const { agreeing, onlyLeft, onlyRight } = value;
      const hidden = printed > options.lines ? `, ${printed - options.lines} lines not shown` : '';
      process.stdout.write(
        `${agreeing} events agree, ${onlyLeft} only in ${left}, ` +
          `${onlyRight} only in ${right}${hidden}\n`,
      );
      return onlyLeft + onlyRight === 0 ? EXIT.pass : EXIT.fail;
    }
    const [ofOne, ofTwo] = value.at;
    if (printed < options.lines) process.stdout.write(`@@ ${ofOne} ${ofTwo} @@\n`);
    value.left.forEach((event, at) => print('-', ofOne + at, event, one.view));
    value.right.forEach((event, at) => print('+', ofTwo + at, event, two.view));
  }
}

function lineOf(event: TraceEvent, view: RegisterView): string {
  const batch = new EventBatch(1);
  batch.addEvent(event);
  return eventText(batch, 0, view.registerAt(batch, 0));
}
