/** What a driver does on an I2C bus, from the journal: as its port and the wires tell. */
import { I2C_ADDRESS_BITS, I2C_ENDS, type I2cEnd, I2cEvent } from '../../../sim/buses/i2c/bus.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import type { Watch } from '../../rule.ts';
import { onAnew } from '../anew.ts';

export interface Listener {
  /** A start, or a repeated one, with the address of a target. */
  start?(address: number, isTenBit: boolean): void;
  /** A transfer whose first message was for this address is over. */
  end?(end: I2cEnd, address: number): void;
  /** Nine clocks and a stop were sent. */
  recovered?(isFree: boolean): void;
  refused?(address: number): void;
  /** A client asks for something, or gets it. */
  operation?(): void;
  /** Whoever drives from here on knows nothing of what was. */
  anew?(): void;
}

export function follow(watch: Watch, listener: Listener): void {
  const { journal } = watch;
  watch.on(EventKind.Line, (at) => {
    const address = journal.addressAt(at);
    const value = journal.valueAt(at);
    switch (journal.spaceAt(at)) {
      case I2cEvent.Start:
        listener.start?.(address, journal.sizeAt(at) === I2C_ADDRESS_BITS.ten);
        break;
      case I2cEvent.End:
        listener.end?.(I2C_ENDS[value] as I2cEnd, address);
        break;
      case I2cEvent.Recovered:
        listener.recovered?.(value === 1);
        break;
      case I2cEvent.Refused:
        listener.refused?.(address);
        break;
      default:
    }
  });
  watch.on(EventKind.Operation, () => listener.operation?.());
  onAnew(watch, () => listener.anew?.());
}
