/** The matrix notices what it is for: survivors, idle clauses, false blame, unfit clauses. */
import { expect, it } from 'vitest';
import { type Cell, type MatrixInput, type MatrixMutant, buildMatrix } from './matrix.ts';
import { matrixExitCode, printMatrix } from './print.ts';

const mutant: MatrixMutant = { id: 'd/m', subject: 'driver', what: '', expected: [] };
const cell = (clause: string, verdict: Cell['verdict'], more: Partial<Cell> = {}): Cell => ({
  mutant: 'd/m',
  clause,
  verdict,
  rules: [],
  message: '',
  wallMs: 0,
  ...more,
});
const input = (cells: readonly Cell[], more: Partial<MatrixInput> = {}): MatrixInput => ({
  mutants: [mutant],
  clauses: [{ address: 's/c', subject: 'driver' }],
  rules: ['R1'],
  isSmoke: (clause) => clause === 'smoke',
  cells: [cell('smoke', 'pass'), ...cells],
  ...more,
});

it('is content when every mutant is caught and every clause catches one', () => {
  const matrix = buildMatrix(input([cell('s/c', 'fail', { cause: 'expectation' })]));
  expect(matrix).toMatchObject({ survivors: [], idle: [], problems: [] });
  expect(matrixExitCode(matrix)).toBe(0);
});

it('names a survivor and an idle clause, and fails', () => {
  const matrix = buildMatrix(input([cell('s/c', 'pass')]));
  expect(matrix).toMatchObject({ survivors: ['d/m'], idle: ['s/c'] });
  expect(matrixExitCode(matrix)).toBe(1);
  expect(printMatrix(matrix)).toMatch(/SURVIVES/);
});

it('counts a broken rule as a catch of the rule, not of the clause', () => {
  const matrix = buildMatrix(input([cell('s/c', 'fail', { cause: 'rule', rules: ['R1'] })]));
  expect(matrix).toMatchObject({ survivors: [], idle: ['s/c'], idleRules: [] });
});

it('counts a hang as a catch', () => {
  const matrix = buildMatrix(input([cell('s/c', 'fail', { cause: 'hang' })]));
  expect(matrix.survivors).toEqual([]);
});

it('counts nothing of a clause that fails without a mutant, and says so', () => {
  const healthy = cell('s/c', 'fail', { mutant: undefined });
  const matrix = buildMatrix(input([healthy, cell('s/c', 'fail')]));
  expect(matrix.survivors).toEqual(['d/m']);
  expect(matrix.problems).toHaveLength(1);
});

it('never lets a clause about the driver catch a broken device: that is false blame', () => {
  const mutants = [{ ...mutant, subject: 'device' as const }];
  const matrix = buildMatrix(input([cell('s/c', 'fail')], { mutants }));
  expect(matrix.survivors).toEqual(['d/m']);
  expect(matrix.rows[0]?.falseBlame).toEqual(['s/c']);
});

it('tells clauses that could not run from idle ones', () => {
  const matrix = buildMatrix(input([cell('s/c', 'not-run')]));
  expect(matrix).toMatchObject({ idle: [], outOfReach: ['s/c'] });
});

it('reports a failed smoke test, and an expected catch that did not come', () => {
  const mutants = [{ ...mutant, expected: ['R1'] }];
  const cells = [cell('smoke', 'fail'), cell('s/c', 'fail')];
  expect(buildMatrix(input([], { mutants, cells })).problems).toHaveLength(2);
});
