/** What a model adds to the table of its registers, and who listens to a bank. */
import type { CompiledMap, Register } from './compile.ts';
import type { Refusal } from './coverage.ts';
import type { GapWord, RegisterMap } from './declare.ts';
import { type Side, joined } from './split.ts';
import type { View, Views } from './views.ts';

type Names<M extends RegisterMap> = keyof M['registers'] & string;

/** What the table cannot say. A register without a hook behaves as its declaration says. */
export interface Behaviour<M extends RegisterMap> {
  /** The page that is selected now; only for maps with pages, and then instead of `pageBy`. */
  page?(registers: Views<M>): string;
  /** Composes a status register from state before it is read or peeked at; no side effects. */
  compose?: { [N in Names<M>]?: (register: View<M, M['registers'][N]>, index: number) => void };
  /**
   * A read with an effect (taking from a FIFO), once per access; a returned number is what the
   * bus sees (of a 64-bit register up to 2^53). Without one the bus sees the value before the hook.
   */
  read?: { [N in Names<M>]?: (index: number) => number | void };
  /** After the declared write effect: what was written, and the register before the write. */
  write?: {
    [N in Names<M>]?: (
      written: View<M, M['registers'][N]>,
      before: View<M, M['registers'][N]>,
      index: number,
    ) => void;
  };
  /** Ends every access that may have changed something: the place that drives interrupt lines. */
  settled?(): void;
}

/** Hears what an access did wrong or which gap it touched. */
export interface BankObserver {
  refused(offset: number, size: number, access: 'read' | 'write', why: Refusal): void;
  /**
   * A read returned, or a write tried to change, bits with a declared gap; bits that no field names
   * are `reserved`. Reading reserved bits touches nothing.
   */
  gap(register: Register, word: GapWord, access: 'read' | 'write'): void;
}

export type ReadHook = (index: number) => number | void;
export type WriteHook = (written: object, before: object, index: number) => void;
export type ComposeHook = (register: object, index: number) => void;

export interface Hooks {
  readonly compose: readonly (ComposeHook | undefined)[];
  readonly read: readonly (ReadHook | undefined)[];
  readonly write: readonly (WriteHook | undefined)[];
}

/** The hooks by slot; every element of an array of registers shares one. */
export function hooksBySlot<M extends RegisterMap>(
  map: CompiledMap,
  behaviour: Behaviour<M>,
): Hooks {
  const bySlot = <H>(hooks: object | undefined) => {
    const named = hooks as Readonly<Record<string, H>> | undefined;
    return map.registers.map(({ declared }) => named?.[declared]);
  };
  return {
    compose: bySlot<ComposeHook>(behaviour.compose),
    read: bySlot<ReadHook>(behaviour.read),
    write: bySlot<WriteHook>(behaviour.write),
  };
}

/** Gives the number of the selected page; undefined where there is one page only. */
export function pageSelector<M extends RegisterMap>(
  map: CompiledMap,
  { page }: Behaviour<M>,
  registers: Views<M>,
  state: Uint32Array,
): (() => number) | undefined {
  if (page !== undefined) {
    return () => {
      const name = page(registers);
      const index = map.pages.indexOf(name);
      if (index < 0) throw new RangeError(`${map.map.name}: ${name} is no page.`);
      return index;
    };
  }
  if (map.pageField === undefined) return undefined;
  const { lane, lsb, mask } = map.pageField;
  return () => ((state[lane] as number) >>> lsb) & mask;
}

/** The words of the gaps that lie in these bits of a register, each once. */
export function touchedGaps(
  map: CompiledMap,
  { lane, bytes, fields }: Register,
  side: Side,
  bits: bigint,
): Set<GapWord> {
  const words = new Set<GapWord>();
  const { reserved } = map.masks;
  const mask = joined(reserved[lane] as number, bytes === 8 ? (reserved[lane + 1] as number) : 0);
  if ((bits & mask) !== 0n) words.add('reserved');
  for (const field of fields) {
    if (field.gap !== undefined && (field.mask & bits) !== 0n) words.add(field.gap.word);
  }
  if (side === 'read') words.delete('reserved');
  return words;
}
