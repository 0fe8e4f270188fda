/** The matrix as text. */
import type { Kill, Matrix, Row } from './matrix.ts';

/** Killers named in a line; the file has them all. */
const NAMED = 4;

export function printMatrix(matrix: Matrix): string {
  const { rows, survivors, idle, idleRules, outOfReach, problems } = matrix;
  const lines = rows.map(rowLine);
  const blamed = rows.filter(({ falseBlame }) => falseBlame.length > 0).length;
  lines.push('', `${rows.length - survivors.length} of ${rows.length} mutants are caught.`);
  if (blamed > 0) lines.push(`${blamed} broken devices also fail clauses about the driver.`);
  section(lines, 'Survivors', survivors);
  section(lines, 'Idle clauses (they catch no mutant by their own check)', idle);
  section(lines, 'Clauses that no target here can run', outOfReach);
  section(lines, 'Rules that no mutant breaks', idleRules);
  section(lines, 'Problems', problems);
  return lines.join('\n');
}

function section(lines: string[], title: string, entries: readonly string[]): void {
  if (entries.length === 0) return;
  lines.push('', `${title}: ${entries.length}`, ...entries.map((entry) => `  ${entry}`));
}

function rowLine({ id, bugClass, killers }: Row): string {
  const name = `${id}${bugClass === undefined ? '' : ` (${bugClass})`}`.padEnd(44);
  if (killers.length === 0) return `${name} SURVIVES`;
  const named = tellingFirst(killers).slice(0, NAMED).map(killer);
  const more = killers.length > NAMED ? `, ${killers.length - NAMED} more` : '';
  return `${name} ${named.join(', ')}${more}`;
}

/** Own checks before rules, which break under every clause. */
function tellingFirst(killers: readonly Kill[]): Kill[] {
  return killers.toSorted((a, b) => Number(a.cause === 'rule') - Number(b.cause === 'rule'));
}

function killer({ clause, cause, rules }: Kill): string {
  if (cause === 'expectation') return clause;
  return `${clause} [${cause === 'rule' ? rules.join(' ') : cause}]`;
}

/** 0: every mutant is caught and every clause catches one; 1: not so. */
export function matrixExitCode({ survivors, idle, problems }: Matrix): 0 | 1 {
  return survivors.length + idle.length + problems.length > 0 ? 1 : 0;
}
