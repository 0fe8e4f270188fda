/** What moves on an SPI bus, as its `Line` events tell. */
import { GpioEvent } from '../../../sim/buses/gpio/line.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import type { Watch } from '../../rule.ts';

/** Calls with an `SpiEvent` and its place; lines of the board beside the bus are left out. */
export function onBus(watch: Watch, handler: (event: number, at: number) => void): void {
  const { journal } = watch;
  watch.on(EventKind.Line, (at) => {
    if (journal.spaceAt(at) < GpioEvent.Level) handler(journal.addressAt(at), at);
  });
}
