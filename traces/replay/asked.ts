/**
 * What a recorded driver asked of its device and its host, in order, with the answers; and the
 * interrupts between. What a driver that runs against the recording asks is looked up here.
 */
import type { CompiledMap } from '../../sim/registers/compile.ts';
import type { EventBatch } from '../format/batch.ts';
import { type TraceEvent, TraceKind } from '../format/event.ts';
import { PageFollower } from '../view/page-follower.ts';
import { isIdempotent } from './read-comparison.ts';

export interface Asked {
  /** Number of the recorded event. */
  readonly event: number;
  readonly recorded: TraceEvent;
  /** Kind, place and size: equal for what is the same question. */
  readonly key: string;
  /**
   * Nothing that follows depends on whether and when it is asked: a read without effect, memory of
   * the host. The others keep their order.
   */
  readonly free: boolean;
  done: boolean;
}

const { ConfigRead, ConfigWrite, Read, Write, BufferRead, BufferWrite, DmaMap, DmaUnmap } =
  TraceKind;
const ASKED: ReadonlySet<TraceKind> = new Set([
  ...[ConfigRead, ConfigWrite, Read, Write],
  ...[BufferRead, BufferWrite, DmaMap, DmaUnmap],
]);
const IN_MEMORY: ReadonlySet<TraceKind> = new Set([BufferRead, BufferWrite, DmaMap, DmaUnmap]);

/** A replay keeps its recording in memory. */
export const EVENTS_MAX = 2_000_000;

/** Buffers by address and length; mappings by length and rights, since addresses are names. */
export function keyOf({ kind, space, address, size, value }: TraceEvent): string {
  if (kind === DmaMap) return `${kind}/${space}/${value}`;
  if (IN_MEMORY.has(kind)) return `${kind}/${address}/${value}`;
  return `${kind}/${space}/${address}/${size}`;
}

export interface Script {
  readonly asked: readonly Asked[];
  /** Interrupts, each with the number of questions that were asked before it. */
  readonly interrupts: readonly { readonly after: number; readonly recorded: TraceEvent }[];
}

/** @throws RangeError when the recording is too long */
export function scriptOf(
  batches: Iterable<EventBatch>,
  maps: ReadonlyMap<number, CompiledMap>,
): Script {
  const pages = new Map([...maps].map(([bar, map]) => [bar, new PageFollower(map)]));
  const asked: Asked[] = [];
  const interrupts: { after: number; recorded: TraceEvent }[] = [];
  let event = 0;
  for (const batch of batches) {
    for (let index = 0; index < batch.length; index++, event++) {
      if (event === EVENTS_MAX) {
        throw new RangeError(`A recording of more than ${EVENTS_MAX} events cannot be a device.`);
      }
      const kind = batch.kinds[index] as TraceKind;
      if (kind === TraceKind.Interrupt) {
        interrupts.push({ after: asked.length, recorded: batch.eventAt(index) });
      }
      if (!ASKED.has(kind)) continue;
      const recorded = batch.eventAt(index);
      if (kind === Write) pages.get(recorded.space)?.wrote(recorded.address, recorded.value);
      const free = isFree(recorded, pages);
      asked.push({ event, recorded, key: keyOf(recorded), free, done: false });
    }
  }
  return { asked, interrupts };
}

function isFree(
  { kind, space, address }: TraceEvent,
  pages: ReadonlyMap<number, PageFollower>,
): boolean {
  if (IN_MEMORY.has(kind) || kind === ConfigRead) return true;
  return kind === Read && isIdempotent(pages.get(space)?.register('read', address));
}
