/**
 * What makes two failures the same: the cause, what broke (a rule, or what was expected of what),
 * where in its life the driver was, and the top frames of its code. Numbers do not count: they
 * change while a scenario shrinks.
 */
import type { Problem } from '../runner/diagnose.ts';

const FRAMES = 3;

/** @param state its first word counts: that something went wrong before is not what went wrong */
export function signature(problem: Problem, state: string): string {
  const { verdict, cause = verdict, violations, message } = problem;
  const what = cause === 'rule' ? (violations[0]?.rule ?? '') : normalised(message);
  const [where = ''] = state.split(/[ ,]/);
  return [cause, what, where, ...framesOf(problem)].join(' | ');
}

/** Without what stands in brackets, without numbers, in whatever form they are. */
function normalised(message: string): string {
  return (message.split('\n')[0] ?? '')
    .replaceAll(/ *\([^()]*\)/g, '')
    .replaceAll(/\b0x[0-9a-f]+\b/gi, '#')
    .replaceAll(/-?\b\d+(\.\d+)?(e[+-]?\d+)?\b/g, '#')
    .trim();
}

/** Function and file of the driver's top frames, without lines. */
function framesOf({ stack = [] }: Problem): string[] {
  return stack.slice(0, FRAMES).map((frame) => {
    const [, name = '', path = frame] =
      /^at (?:async )?(?:(\S+) )?.*?([^/\\( ]+)$/.exec(frame) ?? [];
    return `${name}@${path.replace(/(\?[^:]*)?(:\d+)*\)?$/, '')}`;
  });
}
