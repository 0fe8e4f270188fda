/** Where a trace and a declared register map disagree: access by access, and in what was mined. */
import { type CompiledMap, type Field, fieldMask } from '../../sim/registers/compile.ts';
import type { AccessSize } from '../../sim/registers/declare.ts';
import { type MirrorFinding, RegisterMirror, describeFinding } from '../../sim/registers/mirror.ts';
import type { EventBatch } from '../format/batch.ts';
import { TraceKind } from '../format/event.ts';
import { type Claim, CLAIMS, type MinedField, type MinedRegister } from './claims.ts';

/** What is listed; more is only counted. */
const LISTED_MAX = 1000;

export interface Contradiction {
  /** One sentence; of several alike that of the first. */
  readonly text: string;
  readonly subject: MirrorFinding['subject'];
  readonly kind: MirrorFinding['kind'];
  times: number;
  /** Number of the first event that shows it. */
  readonly event: number;
}

/** Accesses that a map refuses, and values that it does not allow. */
export class ContradictionFinder {
  readonly found = new Map<string, Contradiction>();
  /** Findings beyond the list. */
  beyond = 0;
  readonly #mirrors: ReadonlyMap<number, RegisterMirror>;
  #event = 0;

  /** Maps by space. */
  constructor(maps: ReadonlyMap<number, CompiledMap>) {
    const note = (finding: MirrorFinding) => this.#note(finding);
    this.#mirrors = new Map(
      [...maps].map(([space, map]) => [space, new RegisterMirror(map, note)]),
    );
  }

  add(batch: EventBatch): void {
    const { kinds, spaces, addresses, sizes, values, highs, length } = batch;
    for (let index = 0; index < length; index++, this.#event++) {
      const kind = kinds[index];
      if (kind === TraceKind.Reset || kind === TraceKind.Lost || kind === TraceKind.Removed) {
        for (const mirror of this.#mirrors.values()) mirror.forget();
      }
      if (kind !== TraceKind.Read && kind !== TraceKind.Write) continue;
      const side = kind === TraceKind.Read ? 'read' : 'write';
      const [offset, size] = [addresses[index]!, sizes[index]! as AccessSize];
      this.#mirrors.get(spaces[index]!)?.[side](offset, size, values[index]!, highs[index]);
    }
  }

  #note(finding: MirrorFinding): void {
    const { subject, kind, access, offset, size, fields, bits } = finding;
    const key = [subject, kind, access, offset, size, fields.length > 0 ? fields : bits].join(' ');
    const known = this.found.get(key);
    if (known !== undefined) known.times++;
    else if (this.found.size === LISTED_MAX) this.beyond++;
    else {
      const text = describeFinding(finding);
      this.found.set(key, { text, subject, kind, times: 1, event: this.#event });
    }
  }
}

/** A claim that no page of a map admits. */
export interface Disagreement {
  readonly register: string;
  readonly field: string;
  readonly claim: Claim | 'constant';
  readonly text: string;
  readonly mined: MinedField;
}

type Admits = (field: Field) => boolean;

/** What a declared field must be for a claim to hold of it; the others claim nothing. */
const ADMITS: Readonly<Partial<Record<Claim, { side: 'read' | 'write'; admits: Admits }>>> = {
  'read-write': { side: 'read', admits: ({ write }) => write !== 'ignore' },
  'read-only': { side: 'read', admits: ({ write }) => write === 'ignore' },
  'write-only': { side: 'write', admits: ({ read }) => read === 'none' },
  'write-1-to-clear': { side: 'read', admits: ({ write }) => write === 'w1c' },
  'read-to-clear': { side: 'read', admits: ({ read }) => read === 'clear' },
};

/** What was mined that the map says otherwise, and reserved bits that changed. */
export function disagreements(mined: readonly MinedRegister[], map: CompiledMap): Disagreement[] {
  return mined.flatMap((register) => {
    return register.fields.flatMap((field) => [
      ...changedReserved(register, field, map),
      ...denied(register, field, map),
    ]);
  });
}

function denied(mined: MinedRegister, field: MinedField, map: CompiledMap): Disagreement[] {
  const rule = ADMITS[field.claim];
  if (rule === undefined) return [];
  const declared = new Set<Field>();
  for (let bit = field.lsb; bit <= field.msb; bit++) {
    const here = declaredAt(map, rule.side, mined.at, bit);
    if (here.length > 0 && !here.some(({ field: it }) => rule.admits(it))) {
      for (const { field: it } of here) declared.add(it);
    }
  }
  return [...declared].map((it) => {
    const { register } = declaredAt(map, rule.side, mined.at, field.lsb)[0] ?? {
      register: undefined,
    };
    const name = register ?? `offset 0x${mined.at.toString(16)}`;
    return {
      register: name,
      field: it.name,
      claim: field.claim,
      text:
        `${name}.${it.name} looks like a ${CLAIMS[field.claim]}, but is declared as read: ` +
        `${it.read}, write: ${it.write}.`,
      mined: field,
    };
  });
}

function changedReserved(
  { at, zerosRead, onesRead }: MinedRegister,
  field: MinedField,
  map: CompiledMap,
): Disagreement[] {
  const changed = zerosRead & onesRead;
  const found: Disagreement[] = [];
  for (let bit = field.lsb; bit <= field.msb; bit++) {
    if ((changed & fieldMask(bit, bit)) === 0n) continue;
    const byte = at + Math.floor(bit / 8);
    const registers = map.pages.map((_, page) => map.find('read', page, byte));
    const isReserved = declaredAt(map, 'read', at, bit).length === 0;
    const register = registers.find((it) => it !== undefined);
    if (!isReserved || register === undefined) continue;
    const index = (byte - register.at) * 8 + (bit % 8);
    const text = `Reserved bit ${index} of ${register.name} changed.`;
    found.push({ register: register.name, field: '', claim: 'constant', text, mined: field });
  }
  return found;
}

/** The fields that name a bit, on each page. */
function declaredAt(map: CompiledMap, side: 'read' | 'write', at: number, bit: number) {
  const byte = at + Math.floor(bit / 8);
  if (byte >= map.extent) return [];
  return map.pages.flatMap((_, page) => {
    const register = map.find(side, page, byte);
    if (register === undefined) return [];
    const index = (byte - register.at) * 8 + (bit % 8);
    return register.fields
      .filter(({ msb, lsb }) => lsb <= index && index <= msb)
      .map((field) => ({ register: register.name, field }));
  });
}
