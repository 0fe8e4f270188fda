/** The kernel's event irq_handler_entry: a driver's interrupt handler runs. */
import { type TraceEvent, TraceKind, traceEvent } from '../format/event.ts';
import type { Joined } from './merge.ts';

/** One message on a vector is handled. */
export function handlerEvent(vector: number): TraceEvent {
  return traceEvent({ kind: TraceKind.InterruptHandled, space: vector, address: 1 });
}

/** Takes of what the kernel recorded the runs of handlers; `vectors` by the handlers' names. */
export function handlerEvents(
  joined: readonly Joined[],
  vectors: Readonly<Record<string, number>>,
): TraceEvent[] {
  return joined.map((it) => {
    if (it.from === 'below') return it.event;
    const name = /^irq=\d+ name=(\S+)$/.exec(it.event.text)?.[1] ?? '';
    const vector = vectors[name];
    if (vector === undefined) throw new Error(`No vector is known for ${it.event.text}.`);
    return { ...handlerEvent(vector), timeNs: it.timeNs };
  });
}
