/** What a driver and a NOR flash say to each other, from the journal: instructions and answers. */
import { SpiEvent } from '../../../sim/buses/spi/bus.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import type { Watch } from '../../rule.ts';
import { onAnew } from '../anew.ts';
import { onBus } from '../spi/line-events.ts';

export interface Instruction {
  readonly opcode: number;
  /** The first bytes behind the opcode. */
  readonly bytes: Uint8Array;
  /** Of all bytes behind the opcode. */
  readonly length: number;
  readonly timeNs: number;
}

export interface Listener {
  instruction?(instruction: Instruction): void;
  /** What the flash answered to the last instruction. */
  answer?(bytes: Uint8Array, to: Instruction): void;
  /** Whoever drives from here on knows nothing of what was. */
  anew?(): void;
  configured?(mode: number, clockHz: number): void;
  /** What follows goes over several lines; of no instruction where it is the instruction itself. */
  lines?(lines: number, of: Instruction | undefined): void;
}

export function follow(watch: Watch, listener: Listener): void {
  const { journal } = watch;
  let last: Instruction | undefined;
  watch.on(EventKind.Command, (at) => {
    // The first piece of a transaction has the opcode.
    const bytes = journal.bytesAt(at);
    const [opcode] = bytes ?? [];
    if (journal.addressAt(at) !== 0 || bytes === undefined || opcode === undefined) return;
    const length = journal.valueAt(at) - 1;
    last = { opcode, bytes: bytes.subarray(1), length, timeNs: journal.timeAt(at) };
    listener.instruction?.(last);
  });
  watch.on(EventKind.Completion, (at) => {
    const bytes = journal.bytesAt(at);
    if (bytes !== undefined && last !== undefined) listener.answer?.(bytes, last);
  });
  onAnew(watch, () => listener.anew?.());
  onBus(watch, (event, at) => {
    const [value, size] = [journal.valueAt(at), journal.sizeAt(at)];
    if (event === SpiEvent.Configure) listener.configured?.(size, value);
    if (event === SpiEvent.Lines) listener.lines?.(value, size === 0 ? undefined : last);
  });
}
