/** Where QEMU's at24c-eeprom and our model differ, and stay so. */
import type { Difference as Any, Explanation } from '../../divergence.ts';
import type { EepromMessage, EepromProgram } from '../../generators/eeprom-steps.ts';

type Difference = Any<EepromProgram>;

const SHEET = (section: string) => ({
  document: 'Microchip 24AA256/24LC256/24FC256, DS20001203',
  revision: 'V',
  section,
  basis: 'secondary' as const,
});
const PAGE_BYTES = 32;
const ADDRESS_BYTES = 2;

/** Every message up to the step, with its place in its transfer. */
function messages({ program, index }: Difference) {
  return program.steps
    .slice(0, index + 1)
    .flatMap((step) => step.map((message, at) => ({ message, at, last: at + 1 === step.length })));
}

/** The counter leaves it already when the last byte of the page is written. */
function leavesPage(message: EepromMessage): boolean {
  if (!('write' in message) || message.write.length <= ADDRESS_BYTES) return false;
  const offset = (message.write[1] ?? 0) % PAGE_BYTES;
  return offset + message.write.length - ADDRESS_BYTES >= PAGE_BYTES;
}

const isData = (message: EepromMessage): boolean =>
  'write' in message && message.write.length > ADDRESS_BYTES;

const ofReads = (difference: Difference, applies: boolean): bigint =>
  applies && difference.part.startsWith('read') ? difference.bits : 0n;

export const explanations: readonly Explanation<EepromProgram>[] = [
  {
    id: '24cxx-no-pages',
    cite: SHEET('6.2'),
    why:
      'QEMU has no page buffer: a write goes on behind its page, and so does the counter of one that ' +
      'ends with it. The model wraps both, as the data sheet says.',
    example: ['write 00 1f aa bb', 'write 00 20, again read 1'],
    explains: (difference) =>
      ofReads(
        difference,
        messages(difference).some(({ message }) => leavesPage(message)),
      ),
    ends: true,
  },
  {
    id: '24cxx-write-without-stop',
    cite: SHEET('6.1'),
    why:
      'QEMU programs each byte as it comes. In the model a write that a repeated start ends is ' +
      'dropped: the data sheet has the cycle begin with the stop of that write.',
    example: ['write 00 00 aa, again read 1', 'write 00 00, again read 1'],
    explains: (difference) =>
      ofReads(
        difference,
        messages(difference).some(({ message, last }) => isData(message) && !last),
      ),
    ends: true,
  },
  {
    id: '24cxx-half-an-address',
    cite: SHEET('8.2'),
    why:
      'What a single byte of the word address does to the counter is undocumented. The model takes ' +
      'it as a whole; QEMU 7.2 shifts it in behind the old counter, without a bound: the next read ' +
      'is of memory behind its buffer, and may end its process.',
    example: ['write 00 05', 'write 01', 'read 1'],
    explains: (difference) =>
      messages(difference).some(({ message }) => 'write' in message && message.write.length === 1)
        ? difference.bits
        : 0n,
    ends: true,
  },
  {
    id: 'i2c-repeated-start-elsewhere',
    cite: {
      document: 'NXP UM10204, I2C-bus specification',
      revision: '7.0',
      section: '3.1.10',
      basis: 'secondary',
    },
    why:
      "QEMU's I2C bus looks for a device at the first start of a transfer only: after a repeated " +
      'one the device that was addressed before answers, whatever the address says.',
    example: ['0x50 read 1, again 0x51 write 1'],
    explains: ({ step, bits }) =>
      step.some(({ address }, at) => at > 0 && address !== step[0]?.address) ? bits : 0n,
    ends: true,
  },
];
