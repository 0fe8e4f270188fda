/** Which interrupt is pending, highest priority first: PC16550D data sheet, Table IV. */
import type { UartRegisters } from './format.ts';
import type { Modem } from './modem.ts';
import type { Receiver } from './receiver.ts';
import { InterruptId } from './registers.ts';
import type { Transmitter } from './transmitter.ts';

export interface Sources {
  readonly receiver: Receiver;
  readonly transmitter: Transmitter;
  readonly modem: Modem;
}

export function pendingInterrupt(
  { IER, LSR }: UartRegisters,
  { receiver, transmitter, modem }: Sources,
): InterruptId | undefined {
  if (IER.ELSI && LSR.OE + LSR.PE + LSR.FE + LSR.BI > 0) return InterruptId.LineStatus;
  if (IER.ERBFI && receiver.timedOut) return InterruptId.CharacterTimeout;
  if (IER.ERBFI && receiver.isTriggered) return InterruptId.DataAvailable;
  if (IER.ETBEI && transmitter.emptied) return InterruptId.ThrEmpty;
  if (IER.EDSSI && modem.hasChanged) return InterruptId.ModemStatus;
  return undefined;
}
