/** Puts the records of one result file together and refuses what cannot belong together. */
import { entryKey } from './summary.ts';
import type { Coverage, RegisterCoverage, ResultDocument, ResultRecord } from './verdict.ts';

/**
 * Takes records one by one in file order. `add` throws an Error that says in one sentence what is
 * wrong with the record; `finish` throws when there was no header.
 */
export function documentBuilder() {
  let document: ResultDocument | undefined;
  let planned = new Set<string>();
  const judged = new Set<string>();

  const add = (record: ResultRecord): void => {
    if (record.record === 'header') {
      if (document) throw new Error('a second header');
      document = { header: record, verdicts: [], coverage: [], divergences: [] };
      planned = new Set(record.plan.entries.map(entryKey));
      return;
    }
    if (!document) throw new Error(`a ${record.record} record before the header`);
    if (document.end) throw new Error(`a ${record.record} record after the end`);
    switch (record.record) {
      case 'verdict': {
        const key = entryKey(record);
        const what = `${record.clause} for ${record.driver} on ${record.target}`;
        if (!planned.has(key)) throw new Error(`a verdict that the plan does not hold: ${what}`);
        if (judged.has(key)) throw new Error(`a second verdict on ${what}`);
        judged.add(key);
        document.verdicts.push(record);
        break;
      }
      case 'coverage':
        addCoverage(document.coverage, record);
        break;
      case 'divergence':
        document.divergences.push(record);
        break;
      case 'end':
        document.end = record;
        break;
    }
  };

  const finish = (): ResultDocument => {
    if (!document) throw new Error('no complete header: the run ended before it began');
    return document;
  };
  return { add, finish };
}

/** Puts records together; throws as `documentBuilder` does. */
export function assemble(records: Iterable<ResultRecord>): ResultDocument {
  const builder = documentBuilder();
  for (const record of records) builder.add(record);
  return builder.finish();
}

function addCoverage(all: Coverage[], record: Coverage): void {
  const index = all.findIndex(
    (it) =>
      it.driver === record.driver && it.target === record.target && it.device === record.device,
  );
  if (index < 0) all.push(record);
  else all[index] = mergeCoverage(all[index]!, record);
}

function mergeCoverage(first: Coverage, second: Coverage): Coverage {
  const registers = new Map<string, RegisterCoverage>();
  for (const it of [...first.registers, ...second.registers]) {
    const key = JSON.stringify([it.space, it.offset, it.name]);
    const known = registers.get(key);
    registers.set(key, known ? mergeRegister(known, it) : it);
  }
  return {
    ...first,
    registers: [...registers.values()],
    rulesArmed: mergeCounts([...first.rulesArmed, ...second.rulesArmed], 'id'),
    exclusions: unique([...first.exclusions, ...second.exclusions]),
  };
}

function mergeRegister(first: RegisterCoverage, second: RegisterCoverage): RegisterCoverage {
  const seen = new Set(
    [first, second].flatMap(({ fields }) =>
      fields.flatMap((field) =>
        (field.values ?? []).filter((it) => it.seen).map((it) => `${field.name}=${it.name}`),
      ),
    ),
  );
  return {
    ...first,
    reads: first.reads + second.reads,
    writes: first.writes + second.writes,
    bitsSeen0: mergeBits(first.bitsSeen0, second.bitsSeen0),
    bitsSeen1: mergeBits(first.bitsSeen1, second.bitsSeen1),
    fields: first.fields.map((field) => ({
      ...field,
      values: field.values?.map(({ name }) => ({ name, seen: seen.has(`${field.name}=${name}`) })),
    })),
    illegal: mergeCounts([...first.illegal, ...second.illegal], 'what'),
    effects: mergeCounts([...first.effects, ...second.effects], 'name'),
  };
}

function mergeBits(first: string, second: string): string {
  const width = 4 * Math.max(first.length, second.length);
  const other = bitString(second, width);
  const merged = bitString(first, width)
    .split('')
    .map((bit, index) => (bit === '1' ? '1' : other[index]));
  return `0x${BigInt(`0b${merged.join('')}`).toString(16)}`;
}

/** The last `width` bits of a bit set such as `0x1f` or `1f`, most significant first. */
export function bitString(hex: string, width: number): string {
  const bits = BigInt(hex.startsWith('0x') ? hex : `0x${hex}`).toString(2);
  return bits.padStart(width, '0').slice(-width);
}

function mergeCounts<Key extends string, Item extends Record<Key, string> & { count: number }>(
  items: Item[],
  key: Key,
): Item[] {
  const merged = new Map<string, Item>();
  for (const item of items) {
    const known = merged.get(item[key]);
    merged.set(item[key], known ? { ...known, count: known.count + item.count } : item);
  }
  return [...merged.values()];
}

function unique<Item>(items: Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
