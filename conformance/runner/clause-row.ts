/** A clause as the result document has it. */
import type { Clause as ClauseRow } from '../../reports/verdict.ts';
import type { LocatedClause } from './plan.ts';

export function clauseRow({ suite, clause, address }: LocatedClause): ClauseRow {
  return {
    address,
    suite: suite.id,
    cite: clause.cite,
    text: clause.text,
    level: clause.level,
    needs: [...(clause.needs ?? [])],
    subject: clause.subject,
  };
}
