/** What a campaign amounts to: for the terminal, for `summary.json`, and as an exit code. */
import { EXIT } from '../../reports/summary.ts';
import type { Campaign, CampaignEnd } from './campaign.ts';
import type { Totals } from './campaign-log.ts';
import { FeatureKind } from './coverage/features.ts';
import type { Finding } from './findings.ts';
import type { SearchModel } from './model.ts';

export interface CampaignSummary {
  readonly driver: string;
  readonly target: string;
  readonly end: CampaignEnd;
  readonly totals: Totals;
  readonly executions: number;
  readonly corpus: number;
  /** Features that were reached, by their kind. */
  readonly features: Readonly<Record<string, number>>;
  readonly edges: { readonly reached: number; readonly of: number };
  /** States that must be reached at least once, and whether they were. */
  readonly sometimes: Readonly<Record<string, boolean>>;
  readonly findings: readonly Pick<Finding, 'id' | 'signature' | 'run' | 'status' | 'problem'>[];
}

interface Facts {
  readonly driver: string;
  readonly target: string;
  readonly end: CampaignEnd;
  readonly model: SearchModel;
}

export function campaignSummary(campaign: Campaign, facts: Facts): CampaignSummary {
  const { gains, findings, executions } = campaign;
  const { driver, target, end, model } = facts;
  const { counts } = gains.features;
  const kinds = Object.entries(FeatureKind);
  return {
    driver,
    target,
    end,
    totals: gains.totals,
    executions,
    corpus: gains.entries,
    features: Object.fromEntries(kinds.map(([name, kind]) => [name, counts[kind] ?? 0])),
    edges: { reached: counts[FeatureKind.Edge] ?? 0, of: gains.edges },
    sometimes: Object.fromEntries(
      (model.sometimes ?? []).map((state) => [state, gains.reached.has(state)]),
    ),
    findings: findings
      .list()
      .filter(({ signature }) => gains.known.has(signature))
      .map(({ id, signature, run, status, problem }) => ({ id, signature, run, status, problem })),
  };
}

const ENDS: Readonly<Record<CampaignEnd, string>> = {
  runs: 'all runs done',
  time: 'time is up',
  interrupt: 'interrupted',
  findings: 'so many distinct findings that some should be mended first',
  lost: 'so many runs did not come back that this should be mended first',
};

export function summaryLines(summary: CampaignSummary): string[] {
  const { totals, edges, sometimes, findings, corpus } = summary;
  const missed = Object.keys(sometimes).filter((state) => sometimes[state] === false);
  const states = Object.keys(sometimes).length;
  return [
    `${summary.driver} on ${summary.target}: ${totals.runs} scenarios with ${totals.steps} ` +
      `steps; ${ENDS[summary.end]} (hash ${totals.hash})`,
    `Reached: ${edges.reached} of ${edges.of} edges; corpus of ${corpus}`,
    ...(states === 0
      ? []
      : [`States that must come up: ${states - missed.length} of ${states}${missing(missed)}`]),
    ...(totals.undecided === 0 ? [] : [`Undecided: ${totals.undecided} scenarios`]),
    `Findings: ${findings.length}`,
    ...findings.map(({ id, signature, status }) => `  ${id} ${signature}${open(status)}`),
  ];
}

function missing(missed: readonly string[]): string {
  return missed.length === 0 ? '' : `; not reached: ${missed.join(', ')}`;
}

function open(status: Finding['status']): string {
  if (status === 'shrunk') return '';
  return status === 'unshrunk' ? ' (not shrunk to the end)' : ' (not every time)';
}

/** Causes in which the driver died or had to be stopped from outside. */
const CONTAINED = new Set(['crash', 'hang', 'unhandled-rejection']);
const ORDER = [EXIT.internal, EXIT.crash, EXIT.fail, EXIT.infrastructure];

/** As of a run with these verdicts. */
export function endCode({ findings }: CampaignSummary): number {
  const codes = new Set<number>(findings.map(codeOf));
  return ORDER.find((code) => codes.has(code)) ?? EXIT.pass;
}

function codeOf({ problem }: Pick<Finding, 'problem'>): number {
  const { verdict, cause } = problem;
  if (verdict === 'fail') return CONTAINED.has(cause ?? '') ? EXIT.crash : EXIT.fail;
  return cause === 'ours' ? EXIT.internal : EXIT.infrastructure;
}
