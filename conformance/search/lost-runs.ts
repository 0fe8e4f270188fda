/** Lists of runs that come to their end although some of the runs do not come back. */
import type { Problem } from '../runner/diagnose.ts';
import type { Described, Explored, Task } from './campaign-messages.ts';
import type { Crew, Lost } from './crew.ts';

type ListTask = Extract<Task, { type: 'explore' | 'replay' }>;
type Failure = Explored['failures'][number];

export interface LostOptions {
  readonly crew: Crew;
  /** That need not be looked into again. */
  isKnown(signature: string): boolean;
  /** Before a list is begun again without the run that was lost. */
  onLost(): void;
}

const PREFIX = 'lost';

/** What does not come back cannot be shrunk by playing it. */
export function isLost(signature: string): boolean {
  return signature.startsWith(`${PREFIX} `);
}

/** What came of a list, with the runs that were lost among its failures. */
export async function explorePatiently(task: ListTask, options: LostOptions): Promise<Explored> {
  const failures: Failure[] = [];
  const skip = [...task.skip];
  // Ends: each time there is one run less.
  for (;;) {
    const result = await options.crew.do<Explored>({ ...task, skip });
    if (result.type !== 'lost') {
      const all = [...result.failures, ...failures].toSorted((a, b) => a.at - b.at);
      const runs = result.runs + failures.length;
      return { ...result, runs, failing: result.failing + failures.length, failures: all };
    }
    failures.push(await described(task, result, options));
    skip.push(result.at);
    options.onLost();
  }
}

async function described(task: ListTask, lost: Lost, options: LostOptions): Promise<Failure> {
  const { at: run, steps, how } = lost;
  if (how === 'closed') throw new Error('The crew was closed before its work was done.');
  const text = task.type === 'replay' ? task.texts[run] : undefined;
  const what = await options.crew.do<Described>({
    type: 'describe',
    run,
    steps,
    ...(text === undefined ? {} : { text }),
  });
  if (what.type === 'lost') throw new Error(`Run ${run} is lost before it began: ${what.message}`);
  const signature = `${PREFIX} ${how} | ${what.word}`;
  const problem: Problem = {
    verdict: 'fail',
    cause: how,
    message: lost.message,
    violations: [],
    journal: [],
  };
  if (options.isKnown(signature)) return { at: run, text: what.text, signature, problem };
  for (const candidate of [what.begun, what.text]) {
    if (await isLostAgain(candidate, options)) {
      return { at: run, text: candidate, signature, problem };
    }
  }
  const message = `${lost.message} Played by itself in the default order it came back.`;
  return { at: run, text: what.text, signature, problem: { ...problem, message } };
}

async function isLostAgain(text: string, { crew }: LostOptions): Promise<boolean> {
  const again = await crew.do<Explored>({ type: 'replay', texts: [text], skip: [] });
  return again.type === 'lost';
}
