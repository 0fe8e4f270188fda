/** The 16550 itself, register by register, without a driver. */
import fc from 'fast-check';
import { PARITIES } from '../../../drivers-under-test/host/classes/serial-port.ts';
import { enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { probe } from '../probe.ts';
import {
  CHARACTER_NS,
  SETTINGS,
  datasheet,
  farEnd,
  formatFor,
  pattern,
} from '../serial-port/facts.ts';
import { interrupts } from './device-interrupts.ts';
import { FCR, LSR, LSR_IDLE, MCR_LOOP, MSR, setUp } from './device-setup.ts';
import * as chip from './facts.ts';

const WORD_LENGTHS = [5, 6, 7, 8] as const;
/** Another number of ones in every word length, and a bit beyond each but the longest. */
const BITS = 0xe5;

export const device = suite({
  id: 'uart-16550/device',
  for: { device: 'uart-16550' },
  clauses: [
    {
      id: 'reset',
      cite: datasheet('Table I'),
      text: 'After a reset the registers are as Table I says, and nothing interrupts.',
      level: 'shall',
      subject: 'device',
      needs: ['device-reset'],
      async check(scene) {
        const before = setUp(scene);
        before.write(chip.FCR, 0xc1);
        before.write(chip.MCR, MCR_LOOP + 0x0f);
        before.write(chip.THR, 0x55);
        before.write(chip.THR, 0x55);
        await before.pass(3);
        before.write(chip.IER, 0x0f);
        scene.function.reset('hot');
        const device = probe(scene);
        const registers = device.registers(0);
        expect.equal(registers.read(chip.IER, 1), 0, 'IER after a reset');
        expect.equal(registers.read(chip.IIR, 1), 0x01, 'IIR after a reset');
        expect.equal(registers.read(chip.LCR, 1), 0, 'LCR after a reset');
        expect.equal(registers.read(chip.LSR, 1), LSR_IDLE, 'LSR after a reset');
        expect.equal(registers.read(MSR, 1) % 16, 0, 'the changes in MSR after a reset');
        expect.equal(device.level, false, 'the interrupt line');
      },
    },
    {
      id: 'reset-modem',
      cite: datasheet('Table I'),
      text: 'After a reset no output of MCR is active.',
      level: 'shall',
      subject: 'device',
      needs: ['device-reset', 'modem-lines'],
      check(scene) {
        setUp(scene).write(chip.MCR, 0x0f);
        scene.function.reset('hot');
        expect.equal(probe(scene).registers(0).read(chip.MCR, 1), 0, 'MCR after a reset');
        expect.equal(farEnd(scene).modemLines(), { DTR: false, RTS: false }, 'the lines');
      },
    },
    property({
      id: 'sends',
      cite: datasheet('8.1, 8.4'),
      text: 'What is written to THR leaves once, in order and with all of its bits.',
      level: 'shall',
      subject: 'device',
      needs: ['serial-peer'],
      given: fc.uint8Array({ minLength: 1, maxLength: 16 }),
      async check(scene, bytes) {
        const { write, read, pass } = setUp(scene);
        write(chip.FCR, FCR.on);
        for (const byte of bytes) write(chip.THR, byte);
        await pass(20);
        expect.equal(farEnd(scene).received(), bytes, 'what the far end heard');
        expect.equal(read(chip.LSR), LSR_IDLE, 'LSR when all has left');
      },
    }),
    property({
      id: 'receives',
      cite: datasheet('8.4, bit 0'),
      text: 'What the far end sends is read once, in order; DR is set as long as anything is there.',
      level: 'shall',
      subject: 'device',
      needs: ['serial-peer'],
      given: fc.uint8Array({ minLength: 1, maxLength: 16 }),
      async check(scene, bytes) {
        const { write, read, pass } = setUp(scene);
        write(chip.FCR, FCR.on);
        farEnd(scene).send(bytes);
        await pass(20);
        for (const byte of bytes) {
          // A far end that is no simulation delivers in its own time.
          for (let wait = 0; wait < 50 && (read(chip.LSR) & LSR.data) === 0; wait++) await pass(1);
          expect.equal(read(chip.LSR) & LSR.data, LSR.data, 'DR');
          expect.equal(read(chip.RBR), byte, 'RBR');
        }
        expect.equal(read(chip.LSR), LSR_IDLE, 'LSR when all was read');
      },
    }),
    {
      id: 'transmitter-timing',
      cite: datasheet('8.4, bits 5 and 6'),
      text: 'THRE shows an empty FIFO, TEMT an empty shift register: when the stop bit has left.',
      level: 'shall',
      subject: 'device',
      needs: ['serial-peer', 'line-timing'],
      async check(scene) {
        const { write, read, pass } = setUp(scene);
        write(chip.FCR, FCR.on);
        for (const byte of pattern(3)) write(chip.THR, byte);
        expect.equal(read(chip.LSR), 0, 'LSR with two characters in the FIFO');
        await pass(2.2);
        expect.equal(read(chip.LSR), 0x20, 'LSR while the last character leaves');
        await pass(0.6);
        expect.equal(read(chip.LSR), 0x20, 'LSR just before its stop bit is over');
        await pass(0.4);
        expect.equal(read(chip.LSR), LSR_IDLE, 'LSR afterwards');
      },
    },
    {
      id: 'overrun',
      cite: datasheet('8.4, bit 1'),
      text: 'A seventeenth character is lost, the sixteen are kept, and OE says so until LSR is read.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const { write, read, pass } = setUp(scene);
        write(chip.FCR, FCR.on);
        write(chip.MCR, MCR_LOOP);
        for (const byte of pattern(16)) write(chip.THR, byte);
        await pass(18);
        expect.equal(read(chip.LSR) & LSR.overrun, 0, 'OE with a full FIFO');
        write(chip.THR, 0x55);
        await pass(3);
        expect.equal(read(chip.LSR) & LSR.overrun, LSR.overrun, 'OE');
        expect.equal(read(chip.LSR) & LSR.overrun, 0, 'OE after LSR was read');
        for (const byte of pattern(16)) expect.equal(read(chip.RBR), byte, 'RBR');
        expect.equal(read(chip.LSR) & LSR.data, 0, 'DR after sixteen');
      },
    },
    {
      id: 'overrun-16450',
      cite: datasheet('8.4, bit 1'),
      text: 'Without FIFOs a second character destroys the first.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const { write, read, pass } = setUp(scene);
        write(chip.MCR, MCR_LOOP);
        for (const byte of [1, 2]) {
          write(chip.THR, byte);
          await pass(3);
        }
        expect.equal(read(chip.LSR), LSR_IDLE + LSR.data + LSR.overrun, 'LSR');
        expect.equal(read(chip.RBR), 2, 'RBR');
      },
    },
    {
      id: 'errors',
      cite: datasheet('8.4, bits 2, 3 and 7'),
      text: 'Parity and framing errors show with their character, until LSR is read.',
      level: 'shall',
      subject: 'device',
      needs: ['serial-peer', 'line-errors', 'line-timing'],
      async check(scene) {
        const { write, read, pass } = setUp(scene);
        write(chip.LCR, 0x1b);
        farEnd(scene).format = formatFor({ ...SETTINGS, parity: 'even' });
        write(chip.FCR, FCR.on);
        farEnd(scene).send([1, 2, 3], { errors: { 1: { parity: true }, 2: { framing: true } } });
        await pass(5);
        const idle = LSR_IDLE + LSR.data;
        expect.equal(read(chip.LSR), idle + LSR.fifo, 'LSR of a good character');
        read(chip.RBR);
        expect.equal(read(chip.LSR), idle + LSR.parity + LSR.fifo, 'LSR of a parity error');
        expect.equal(read(chip.LSR) & LSR.parity, 0, 'PE after LSR was read');
        read(chip.RBR);
        expect.equal(read(chip.LSR), idle + LSR.framing + LSR.fifo, 'LSR of a framing error');
        expect.equal(read(chip.LSR), idle, 'LSR, read again');
      },
    },
    {
      id: 'break',
      cite: datasheet('8.4, bit 4'),
      text: 'A break is one character of zeros with BI, however long it lasts.',
      level: 'shall',
      subject: 'device',
      needs: ['serial-peer', 'line-breaks'],
      async check(scene) {
        const { write, read, pass } = setUp(scene);
        write(chip.FCR, FCR.on);
        farEnd(scene).sendBreak(30 * CHARACTER_NS);
        await pass(35);
        expect.equal(read(chip.LSR) & LSR.break, LSR.break, 'BI');
        expect.equal(read(chip.LSR) & LSR.break, 0, 'BI after LSR was read');
        expect.equal(read(chip.RBR), 0, 'RBR');
        expect.equal(read(chip.LSR), LSR_IDLE, 'LSR afterwards');
      },
    },
    ...interrupts,
    {
      id: 'loop',
      cite: datasheet('8.8, bit 4'),
      text: 'In the loop the chip receives what it sends and sees its own outputs; nothing leaves.',
      level: 'shall',
      subject: 'device',
      needs: ['serial-peer'],
      async check(scene) {
        const { write, read, pass } = setUp(scene);
        write(chip.FCR, FCR.on);
        const outputs = [0x02, 0x01, 0x04, 0x08];
        for (const [index, output] of outputs.entries()) {
          write(chip.MCR, MCR_LOOP + output);
          const seen = read(MSR);
          expect.equal(seen - (seen % 16), 16 * 2 ** index, `MSR with MCR output ${output}`);
        }
        for (const byte of pattern(3)) write(chip.THR, byte);
        await pass(6);
        for (const byte of pattern(3)) expect.equal(read(chip.RBR), byte, 'RBR');
        expect.equal(farEnd(scene).received(), new Uint8Array(0), 'what the far end heard');
      },
    },
    {
      id: 'fifo-reset',
      cite: datasheet('8.5, bits 0 to 2'),
      text: 'The receiver is emptied by bit 1 of FCR, and by a change of bit 0.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const { write, read, pass } = setUp(scene);
        write(chip.FCR, FCR.on);
        write(chip.MCR, MCR_LOOP);
        for (const byte of pattern(4)) write(chip.THR, byte);
        await pass(6);
        expect.equal(read(chip.LSR), LSR_IDLE + LSR.data, 'LSR with four characters');
        write(chip.FCR, FCR.on + FCR.emptyReceiver);
        expect.equal(read(chip.LSR), LSR_IDLE, 'LSR with the receiver emptied');
        write(chip.THR, 0x55);
        await pass(3);
        expect.equal(read(chip.LSR), LSR_IDLE + LSR.data, 'LSR with another character');
        write(chip.FCR, 0);
        expect.equal(read(chip.LSR), LSR_IDLE, 'LSR with the FIFOs turned off');
        expect.equal(read(chip.IIR), chip.IIR_NONE, 'IIR with the FIFOs turned off');
      },
    },
    {
      id: 'fifo-reset-transmitter',
      cite: datasheet('8.5, bit 2'),
      text: 'The transmitter is emptied by bit 2 of FCR, but for its shift register.',
      level: 'shall',
      subject: 'device',
      needs: ['serial-peer', 'line-timing'],
      async check(scene) {
        const { write, read, pass } = setUp(scene);
        write(chip.FCR, FCR.on);
        for (const byte of pattern(8)) write(chip.THR, byte);
        await pass(0.5);
        write(chip.FCR, FCR.on + FCR.emptyTransmitter);
        expect.equal(read(chip.LSR), 0x20, 'LSR with the transmitter emptied');
        await pass(3);
        expect.equal(farEnd(scene).received(), pattern(1), 'what was in the shift register');
      },
    },
    property({
      id: 'divisor',
      cite: datasheet('8.3'),
      text: 'A character takes the time that the divisor latch and LCR say.',
      level: 'shall',
      subject: 'device',
      needs: ['serial-peer', 'line-timing'],
      given: fc.tuple(fc.constantFrom(1, 3, 12, 256, 300), fc.constantFrom(0, 1, 2, 3)),
      show: ([divisor, wordLength]) => [`divisor ${divisor}`, `${5 + wordLength} data bits`],
      async check(scene, [divisor, wordLength]) {
        const { write, read } = setUp(scene);
        write(chip.LCR, chip.LCR_DLAB + wordLength);
        write(chip.DLL, divisor % 256);
        write(chip.DLM, Math.floor(divisor / 256));
        write(chip.LCR, wordLength);
        write(chip.THR, 0x55);
        const bitNs = (divisor * 1e9) / 115_200;
        const bits = 1 + 5 + wordLength + 1;
        await scene.pass(Math.round((bits - 0.5) * bitNs));
        expect.equal(read(chip.LSR), 0x20, 'LSR before the end of the stop bit');
        // The transmitter begins with the next clock of its bits.
        await scene.pass(Math.round(2 * bitNs));
        expect.equal(read(chip.LSR), LSR_IDLE, 'LSR after it');
      },
    }),
    enumerated({
      id: 'formats',
      cite: datasheet('8.1'),
      text: 'In every word length and parity the far end hears what was sent, without an error.',
      level: 'shall',
      subject: 'device',
      needs: ['serial-peer'],
      every: WORD_LENGTHS.flatMap((dataBits) => PARITIES.map((parity) => ({ dataBits, parity }))),
      async check(scene, { dataBits, parity }) {
        const { write, pass } = setUp(scene);
        write(chip.LCR, dataBits - 5 + chip.PARITY_BITS[parity]);
        farEnd(scene).format = formatFor({ ...SETTINGS, dataBits, parity });
        write(chip.THR, BITS);
        await pass(3);
        const { heard } = farEnd(scene);
        const wrong = heard.filter((one) => one.parityError || one.framingError);
        expect.equal(wrong.length, 0, 'errors that the far end saw');
        const bits = heard.map(({ data }) => data);
        expect.equal(bits, [BITS % 2 ** dataBits], 'the bits that the far end heard');
      },
    }),
    {
      id: 'break-sent',
      cite: datasheet('8.1, bit 6'),
      text: 'LCR bit 6 holds the line in break, which the far end hears as such.',
      level: 'shall',
      subject: 'device',
      needs: ['serial-peer', 'line-timing'],
      async check(scene) {
        const { write, pass } = setUp(scene);
        write(chip.LCR, 0x03 + chip.LCR_BREAK);
        await pass(3);
        write(chip.LCR, 0x03);
        await pass(1);
        write(chip.THR, 0x41);
        await pass(2);
        const heard = farEnd(scene).heard.map((one) => (one.break ? 'break' : one.data));
        expect.equal(heard, ['break', 0x41], 'what the far end heard');
      },
    },
  ],
});
