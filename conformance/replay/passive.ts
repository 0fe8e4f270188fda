/**
 * Rules and register coverage over a recording: it judges the recorded driver without any device,
 * and names what no access ever touched.
 */
import { Journal } from '../../sim/kernel/journal.ts';
import type { CompiledMap, Register } from '../../sim/registers/compile.ts';
import { type MirrorFinding, RegisterMirror } from '../../sim/registers/mirror.ts';
import type { AccessSize } from '../../sim/registers/declare.ts';
import { TraceKind } from '../../traces/format/event.ts';
import { feedJournal } from '../../traces/format/journal-feed.ts';
import { type BrokenRule, RuleBook } from '../rule-book.ts';
import type { Rule } from '../rule.ts';
import type { PlayedTrace } from './play-driver.ts';

export interface PassiveReport {
  readonly events: number;
  readonly broken: readonly BrokenRule[];
  /** Rules that found something to judge, and that did not. */
  readonly armed: readonly string[];
  readonly idle: readonly string[];
  /** What the accesses say against the register maps, each once, with how often. */
  readonly findings: ReadonlyMap<string, number>;
  /** Registers that no access touched, and of the others fields whose bits never changed. */
  readonly untouched: readonly string[];
  readonly constant: readonly string[];
}

const FINDINGS_MAX = 1000;

export function judgePassively(
  { batches }: PlayedTrace,
  rules: readonly Rule[],
  maps: ReadonlyMap<number, CompiledMap>,
): PassiveReport {
  const journal = new Journal();
  const book = new RuleBook(rules, journal, maps);
  const findings = new Map<string, number>();
  const note = (finding: MirrorFinding): void => {
    const text = textOf(finding);
    if (findings.has(text) || findings.size < FINDINGS_MAX) {
      findings.set(text, (findings.get(text) ?? 0) + 1);
    }
  };
  const mirrors = new Map([...maps].map(([bar, map]) => [bar, new RegisterMirror(map, note)]));
  let events = 0;
  for (const batch of batches) {
    for (let index = 0; index < batch.length; index++, events++) {
      feedJournal(journal, batch, index);
      const kind = batch.kinds[index];
      if (kind === TraceKind.Reset) for (const mirror of mirrors.values()) mirror.forget();
      if (kind !== TraceKind.Read && kind !== TraceKind.Write) continue;
      const mirror = mirrors.get(batch.spaces[index] as number);
      const offset = batch.addresses[index] as number;
      const size = batch.sizes[index] as AccessSize;
      const [value, high] = [batch.values[index] as number, batch.highs[index] as number];
      if (kind === TraceKind.Read) mirror?.read(offset, size, value, high);
      else mirror?.write(offset, size, value, high);
    }
  }
  const armed = [...book.armed];
  return {
    events,
    broken: book.broken,
    armed: armed.flatMap(([id, times]) => (times > 0 ? [id] : [])),
    idle: armed.flatMap(([id, times]) => (times > 0 ? [] : [id])),
    findings,
    ...coverageOf(mirrors),
  };
}

function textOf({ subject, kind, access, register, fields, offset }: MirrorFinding): string {
  const where = register ?? `offset 0x${offset.toString(16)}`;
  const named = fields.length === 0 ? where : fields.map((name) => `${where}.${name}`).join(', ');
  return `${subject}: ${kind} at a ${access} of ${named}`;
}

function coverageOf(mirrors: ReadonlyMap<number, RegisterMirror>) {
  const untouched: string[] = [];
  const constant: string[] = [];
  for (const { coverage, map } of mirrors.values()) {
    const seen = coverage.record().registers;
    for (const [index, register] of map.registers.entries()) {
      const row = seen[index];
      if (row === undefined || row.reads + row.writes === 0) untouched.push(register.name);
      else constant.push(...constantFields(register, row.ones, row.zeros));
    }
  }
  return { untouched, constant };
}

/** Fields of which no bit was seen both as one and as zero. */
function constantFields(
  { name, fields }: Register,
  ones: readonly number[],
  zeros: readonly number[],
): string[] {
  const wide = (lanes: readonly number[]) =>
    lanes.reduceRight((all, lane) => all * 0x1_0000_0000n + BigInt(lane >>> 0), 0n);
  const both = wide(ones) & wide(zeros);
  return fields.filter(({ mask }) => (mask & both) === 0n).map((field) => `${name}.${field.name}`);
}
