/** What LCR and the divisor latch make of a character: PC16550D data sheet §8.1 and §8.3. */
import type { LineFormat, Parity } from '../../buses/uart/format.ts';
import type { Views } from '../../registers/views.ts';
import { CLOCK_HZ, type registers } from './registers.ts';

export type UartRegisters = Views<typeof registers>;

const CLOCKS_PER_BIT = 16;
const DATA_BITS = [5, 6, 7, 8] as const;

export function formatOf({ LCR, DLL, DLM }: UartRegisters): LineFormat {
  const divisor = DLM.DATA * 256 + DLL.DATA;
  const dataBits = DATA_BITS[LCR.WLS] ?? 8;
  return {
    // "Using a divisor of zero is not recommended": here the baud generator stands still.
    bitNs: divisor === 0 ? Infinity : (divisor * CLOCKS_PER_BIT * 1e9) / CLOCK_HZ,
    dataBits,
    parity: parityOf(LCR),
    stopBits: LCR.STB ? (dataBits === 5 ? 1.5 : 2) : 1,
  };
}

function parityOf({ PEN, EPS, STICK }: UartRegisters['LCR']): Parity {
  if (!PEN) return 'none';
  // Stick parity sends the complement of EPS (§8.1, bit 5).
  if (STICK) return EPS ? 'space' : 'mark';
  return EPS ? 'even' : 'odd';
}
