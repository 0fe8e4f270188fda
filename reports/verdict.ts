/**
 * The result document: what a run found, and the only thing that renderers read.
 *
 * A result file is JSON lines: one `header`, then `verdict`, `coverage` and `divergence` records
 * as they come, then one `end`. A document without its `end` is incomplete. Times are integer
 * nanoseconds of virtual time unless the name says otherwise; hashes, digests and bit sets are
 * hexadecimal strings. Published as `schema/result.schema.json`.
 */
import { z } from 'zod';

export const RESULT_SCHEMA = 'driver-dyno/result';
export const RESULT_VERSION = 1;

const count = z.int().nonnegative();
const milliseconds = z.number().nonnegative();
const text = z.string();
const name = z.string().min(1);
const hex = z.string().regex(/^(0x)?[0-9a-fA-F]+$/);

export const TIERS = ['simulated', 'replayed', 'independent', 'silicon'] as const;
export const LEVELS = ['shall', 'should', 'may'] as const;
export const SUBJECTS = ['driver', 'device', 'pair'] as const;
export const VERDICTS = [
  'pass',
  'fail',
  'inconclusive',
  'error',
  'not-run',
  'not-applicable',
] as const;
/** `ours` marks a fault of the harness itself; the rest say how a driver or device failed. */
export const CAUSES = [
  'expectation',
  'rule',
  'stuck',
  'over-budget',
  'dead-poll',
  'crash',
  'hang',
  'unhandled-rejection',
  'ours',
] as const;
/** Whose gap was touched: the driver's, ours, the standard's, or a choice of ours. */
export const GAPS = ['reserved', 'unimplemented', 'undocumented', 'limitation'] as const;

/** `basis` says whether we read the document itself or a secondary source. */
export const citationSchema = z.strictObject({
  document: name,
  revision: text,
  section: text.optional(),
  basis: z.enum(['read', 'secondary']),
});

const driverSchema = z.strictObject({
  id: name,
  version: text,
  class: text,
  /** Digest of the driver's files. */
  digest: text,
  /** The implementation conformance statement: what the driver declares that it supports. */
  ics: z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])),
});

const targetSchema = z.strictObject({
  /** As on the command line: `sim:edu`, `qemu:edu`. */
  name,
  tier: z.enum(TIERS),
  /** The capabilities that clauses may need. */
  offers: z.array(text),
  /** What stood behind the name, such as the version of QEMU. */
  identity: z.record(z.string(), z.string()),
});

export const planEntrySchema = z.strictObject({
  driver: name,
  target: name,
  clause: name,
  /** The profile demands that the clause runs on this target: `not-run` here blocks. */
  required: z.boolean().optional(),
});

export const clauseSchema = z.strictObject({
  /** Suite path and id: `uart-16550/receiver/LSR-1`. */
  address: name,
  suite: name,
  cite: citationSchema,
  text,
  level: z.enum(LEVELS),
  needs: z.array(text),
  subject: z.enum(SUBJECTS),
});

const ruleSchema = z.strictObject({ id: name, cite: citationSchema, text });

export const headerSchema = z.strictObject({
  record: z.literal('header'),
  schema: z.literal(RESULT_SCHEMA),
  version: z.literal(RESULT_VERSION),
  tool: z.strictObject({ name, version: text }),
  /** The command as typed, one argument per element. */
  command: z.array(text),
  mode: z.enum(['run', 'certify', 'diff']),
  profile: z.strictObject({ id: name, version: text, digest: text }).optional(),
  seed: text,
  startedAt: z.iso.datetime(),
  environment: z.strictObject({ node: text, platform: text, arch: text, cpus: text.optional() }),
  drivers: z.array(driverSchema),
  targets: z.array(targetSchema),
  plan: z.strictObject({ hash: text, entries: z.array(planEntrySchema) }),
  clauses: z.array(clauseSchema),
  rules: z.array(ruleSchema),
});

export const journalEntrySchema = z.strictObject({
  index: count,
  timeNs: count,
  /** read, write, interrupt, dma, fault, lifecycle, violation, ... */
  kind: text,
  text,
  register: text.optional(),
  fields: z.array(z.strictObject({ name: text, value: text, meaning: text.optional() })).optional(),
  /** The entry at which what happened first departs from what should have. */
  bad: z.boolean().optional(),
});

export const violationSchema = z.strictObject({
  rule: name,
  cite: citationSchema,
  text,
  detail: text,
  /** Index of the journal entry. */
  event: count,
  timeNs: count,
});

const counterexampleSchema = z.strictObject({
  /** The shrunk sequence, one readable line per operation. */
  operations: z.array(text),
  faults: z.array(text),
  schedule: z.array(text),
  shrinks: count,
  originalLength: count,
});

export const failureSchema = z.strictObject({
  message: text,
  expected: text.optional(),
  seen: text.optional(),
  violations: z.array(violationSchema),
  counterexample: counterexampleSchema.optional(),
  /** Around the first divergence. */
  journal: z.array(journalEntrySchema),
  /** Frames of the driver's own code. */
  stack: z.array(text).optional(),
  /** The one command that shows it again. */
  reproduce: text,
  /** fast-check's path to the counterexample. */
  path: text.optional(),
});

const limitationSchema = z.strictObject({
  word: z.enum(GAPS),
  where: text,
  text,
  count,
});

/** Sides of a picture that the report shows. */
const PICTURE_SIDE_MAX = 1024;
const pictureSide = z.int().min(1).max(PICTURE_SIDE_MAX);

/** What a display showed when the last scene of the clause was over. */
export const pictureSchema = z.strictObject({
  width: pictureSide,
  height: pictureSide,
  /** Row by row from the top, four dots to a digit, the leftmost dot its highest bit. */
  rows: z.array(hex.max(PICTURE_SIDE_MAX / 4)).max(PICTURE_SIDE_MAX),
});

/** `expires` is the last day (UTC) on which the waiver holds. */
const waiverSchema = z.strictObject({ issue: name, owner: name, expires: z.iso.date() });

const attemptSchema = z.strictObject({ verdict: z.enum(VERDICTS), journalHash: text });

const verdictShape = z.strictObject({
  record: z.literal('verdict'),
  driver: name,
  target: name,
  clause: name,
  verdict: z.enum(VERDICTS),
  cause: z.enum(CAUSES).optional(),
  /** One sentence; required unless the verdict is pass or fail. */
  reason: name.optional(),
  seed: text,
  /** How many generated cases a property ran. */
  runs: count.optional(),
  operations: count.optional(),
  journalHash: text,
  virtualNs: count,
  wallMs: milliseconds,
  limitations: z.array(limitationSchema),
  failure: failureSchema.optional(),
  picture: pictureSchema.optional(),
  waived: waiverSchema.optional(),
  /** Earlier attempts, oldest first. */
  attempts: z.array(attemptSchema).optional(),
});

/** JSON Schema cannot say these rules: a fail explains itself, and every other non-pass too. */
export const verdictSchema = verdictShape.superRefine((it, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  if (it.verdict === 'fail' && !it.failure) refuse('a fail needs its failure');
  if (it.verdict === 'fail' && !it.cause) refuse('a fail needs its cause');
  if (it.verdict === 'fail' && it.cause === 'ours') refuse('a fault of ours is an error, no fail');
  if (!['pass', 'fail'].includes(it.verdict) && !it.reason) refuse(`${it.verdict} needs a reason`);
  if (it.verdict === 'pass' && it.attempts?.some((earlier) => earlier.verdict !== 'pass')) {
    refuse('a flaky result cannot become pass: use inconclusive');
  }
});

const registerCoverageSchema = z.strictObject({
  name,
  /** BAR or address space. */
  space: text,
  offset: count,
  /** In bytes. */
  size: count,
  reads: count,
  writes: count,
  bitsSeen0: hex,
  bitsSeen1: hex,
  fields: z.array(
    z.strictObject({
      name,
      msb: count,
      lsb: count,
      values: z.array(z.strictObject({ name: text, seen: z.boolean() })).optional(),
    }),
  ),
  illegal: z.array(z.strictObject({ what: text, count })),
  effects: z.array(z.strictObject({ name: text, count })),
});

/** Records for the same driver, target and device add up (a resumed run writes its own). */
export const coverageSchema = z.strictObject({
  record: z.literal('coverage'),
  driver: name,
  target: name,
  device: name,
  registers: z.array(registerCoverageSchema),
  /** How often each rule had something to judge: a rule never armed proves nothing. */
  rulesArmed: z.array(z.strictObject({ id: name, count })),
  exclusions: z.array(z.strictObject({ test: text, register: text, reason: name })),
});

/** Two targets answered differently; a verdict on the device, never on a driver. */
export const divergenceSchema = z.strictObject({
  record: z.literal('divergence'),
  device: name,
  targets: z.tuple([name, name]),
  seed: text,
  /** Index into `sequence` of the first step answered differently. */
  step: count,
  /** What each target answered, in the order of `targets`. */
  answers: z.tuple([text, text]),
  /** Shrunk, one readable line per access. */
  sequence: z.array(text),
  journals: z.tuple([z.array(journalEntrySchema), z.array(journalEntrySchema)]),
  reproduce: text,
  /** An entry that closes it: the deciding citation and why. */
  explained: z.strictObject({ id: name, cite: citationSchema, why: text }).optional(),
});

export const endSchema = z.strictObject({
  record: z.literal('end'),
  counts: z.record(z.enum(VERDICTS), count),
  exitCode: count,
  wallMs: milliseconds,
  finishedAt: z.iso.datetime(),
});

export const resultRecordSchema = z.discriminatedUnion('record', [
  headerSchema,
  verdictSchema,
  coverageSchema,
  divergenceSchema,
  endSchema,
]);

export type Tier = (typeof TIERS)[number];
export type Level = (typeof LEVELS)[number];
export type VerdictWord = (typeof VERDICTS)[number];
export type Cause = (typeof CAUSES)[number];
export type Gap = (typeof GAPS)[number];
export type Citation = z.infer<typeof citationSchema>;
export type Header = z.infer<typeof headerSchema>;
export type PlanEntry = z.infer<typeof planEntrySchema>;
export type Clause = z.infer<typeof clauseSchema>;
export type JournalEntry = z.infer<typeof journalEntrySchema>;
export type Violation = z.infer<typeof violationSchema>;
export type Failure = z.infer<typeof failureSchema>;
export type Verdict = z.infer<typeof verdictSchema>;
export type VerdictPicture = z.infer<typeof pictureSchema>;
export type Coverage = z.infer<typeof coverageSchema>;
export type RegisterCoverage = z.infer<typeof registerCoverageSchema>;
export type Divergence = z.infer<typeof divergenceSchema>;
export type End = z.infer<typeof endSchema>;
export type ResultRecord = z.infer<typeof resultRecordSchema>;

/** A result file read whole. `end` is absent when the run did not finish. */
export interface ResultDocument {
  header: Header;
  verdicts: Verdict[];
  coverage: Coverage[];
  divergences: Divergence[];
  end?: End;
}
