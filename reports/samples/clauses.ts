/** Clauses, rules and citations for the sample documents of tests and goldens. */
import type { Citation, Clause, Level } from '../verdict.ts';

export const PC16550D: Citation = {
  document: 'PC16550D',
  revision: 'SNLS378B',
  section: 'Line Status Register',
  basis: 'secondary',
};
const EDU: Citation = {
  document: 'QEMU docs/specs/edu.rst',
  revision: '7.2',
  basis: 'read',
};
export const PCI: Citation = {
  document: 'PCI Local Bus Specification',
  revision: '3.0',
  section: '6.2.2 Device Control',
  basis: 'secondary',
};

export const RULE = {
  id: 'pci/dma-after-unmap',
  cite: PCI,
  text: 'A device reaches memory only through a mapping that is live.',
};

function clause(
  address: string,
  cite: Citation,
  text: string,
  more: { level?: Level; needs?: string[]; subject?: Clause['subject'] } = {},
): Clause {
  const suite = address.slice(0, address.lastIndexOf('/'));
  const { level = 'shall', needs = ['registers'], subject = 'driver' } = more;
  return { address, suite, cite, text, level, needs, subject };
}

export const EDU_CLAUSES: Clause[] = [
  clause('edu/identity/ID-1', EDU, 'The driver refuses a device whose identification differs.'),
  clause('edu/factorial/FACT-1', EDU, 'The factorial of n is what the device computes for n.'),
  clause('edu/factorial/FACT-2', EDU, 'The driver waits until the busy bit clears.'),
  clause('edu/dma/DMA-1', EDU, 'A round trip through the DMA buffer keeps every byte.', {
    needs: ['registers', 'dma'],
  }),
  clause('edu/dma/DMA-2', EDU, 'After a failed transfer no mapping stays behind.', {
    needs: ['dma', 'fault-injection'],
  }),
  clause('edu/removal/GONE-1', EDU, 'Surprise removal ends every pending call.', {
    needs: ['surprise-removal'],
  }),
];

export const UART_CLAUSES: Clause[] = [
  clause(
    'uart-16550/receiver/LSR-1',
    PC16550D,
    'In FIFO mode an overrun sets LSR.OE and keeps what the FIFO holds; reading LSR clears OE.',
    { needs: ['registers', 'serial-peer'] },
  ),
  clause('uart-16550/receiver/FIFO-1', PC16550D, 'Bytes arrive in the order they were sent.', {
    needs: ['serial-peer'],
  }),
  clause('uart-16550/interrupts/IIR-1', PC16550D, 'Reading IIR clears a THRE interrupt.'),
  clause('uart-16550/modem/MSR-1', PC16550D, 'A change of CTS sets DCTS until MSR is read.', {
    needs: ['modem-lines'],
    level: 'should',
  }),
  clause('uart-16550/line/BREAK-1', PC16550D, 'Set break holds the line at space.', {
    needs: ['line-observation'],
    level: 'may',
  }),
  clause('registers/uart-16550/hw_reset', PC16550D, 'Every register resets to its value.', {
    subject: 'device',
  }),
];
