/** How a driver brings a 16550 up, sets it, and leaves it. */
import fc from 'fast-check';
import type { SerialPort } from '../../../drivers-under-test/host/classes/serial-port.ts';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import {
  CHARACTER_NS,
  SETTINGS,
  contract,
  datasheet,
  farEnd,
  formatFor,
  opened,
  pattern,
  send,
  SECOND,
} from '../serial-port/facts.ts';
import { showSettings, someSettings } from '../serial-port/settings.ts';
import {
  DIVISORS,
  DLL,
  DLM,
  FCR,
  FCR_ENABLE,
  FCR_RESERVED,
  FCR_RESETS,
  IER,
  IER_LINE_STATUS,
  IER_RECEIVE,
  IIR,
  IIR_FIFOS,
  LCR,
  LCR_BREAK,
  LCR_DLAB,
  MCR,
  MCR_DTR_RTS,
  MCR_OUT2,
  PARITY_BITS,
  RBR,
  SCR,
  THR,
  chip,
  isWrite,
  watchRegisters,
  writesOf,
} from './facts.ts';

const byte = fc.nat({ max: 255 });

export const setup = suite({
  id: 'uart-16550/setup',
  for: { class: 'SerialPort', device: 'uart-16550' },
  clauses: [
    property({
      id: 'stale-state',
      cite: datasheet('Table I'),
      text: 'The driver works whatever an earlier one left in the registers.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-10', 'BC-28'],
      given: fc.record({
        lcr: byte,
        ier: byte,
        mcr: byte,
        fcr: byte,
        scr: byte,
        dll: byte,
        dlm: byte,
      }),
      show: (stale) => Object.entries(stale).map(([name, value]) => `${name} left at ${value}`),
      async check(scene, { lcr, ier, mcr, fcr, scr, dll, dlm }) {
        const { read, write } = chip(scene);
        const peer = farEnd(scene);
        peer.format = formatFor(SETTINGS);
        write(LCR, LCR_DLAB);
        write(DLL, dll);
        write(DLM, dlm);
        write(LCR, 0);
        write(IER, ier);
        write(FCR, fcr);
        write(MCR, mcr);
        write(SCR, scr);
        write(LCR, lcr);
        const port = await scene.start<SerialPort>();
        expect.equal(read(IER), 0, 'IER of a driver that nobody has opened');
        await port.open(SETTINGS);
        // A break that was left on ends as a character of its own.
        await scene.pass(2 * CHARACTER_NS);
        peer.forget();
        await send(port, pattern(20));
        expect.equal(peer.received(), pattern(20), 'what the far end heard');
        peer.send(pattern(20));
        expect.equal(await port.read(20, SECOND), pattern(20), 'what was read');
      },
    }),
    {
      id: 'stale-before-open',
      cite: datasheet('8.1, 8.7'),
      text: 'Once started, the driver has ended what an earlier one left on: break, interrupts, lines.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-10', 'BC-28'],
      async check(scene) {
        const { read, write } = chip(scene);
        write(IER, 0x0f);
        write(MCR, MCR_DTR_RTS);
        write(LCR, LCR_DLAB | LCR_BREAK);
        await scene.start();
        expect.equal(read(LCR) & (LCR_DLAB | LCR_BREAK), 0, 'LCR bits 6 and 7');
        expect.equal(read(IER), 0, 'IER');
        expect.equal(read(MCR), 0, 'MCR');
      },
    },
    {
      id: 'absent',
      cite: contract('introduction'),
      text: 'Where no chip answers Start fails with kIOReturnNoDevice, and gives back what it took.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-12', 'BC-21'],
      async check(scene) {
        for (let offset = RBR; offset <= SCR; offset++) {
          const place = { bar: 0, offset, at: 1 };
          scene.inject({ kind: 'stuck-bits', ...place, mask: 0xff, value: 0xff });
        }
        await expect.fails(() => scene.start(), ['kIOReturnNoDevice'], 'Start without a chip');
      },
    },
    {
      id: 'stale-data',
      cite: datasheet('8.5, bits 1 and 2'),
      text: 'What waits in the chip from before is neither read nor sent.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-28'],
      async check(scene) {
        const { write } = chip(scene);
        // In the loop, so that it is the same wherever the line ends.
        write(FCR, FCR_ENABLE);
        write(MCR, 0x10);
        for (const stale of pattern(5)) write(THR, stale);
        await scene.pass(0.1 * SECOND);
        const { port, peer } = await opened(scene);
        peer.send(pattern(3));
        expect.equal(await port.read(3, SECOND), pattern(3), 'what was read');
        expect.equal(peer.received(), new Uint8Array(0), 'what the far end heard');
      },
    },
    property({
      id: 'divisor',
      cite: datasheet('8.3, Table III'),
      text: 'The divisor latch gets the divisor of the speed that was asked for.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-06', 'BC-17'],
      given: fc.constantFrom(...Object.keys(DIVISORS).map(Number)),
      show: (baud) => [`open at ${baud} baud`],
      async check(scene, baud) {
        const port = await scene.start<SerialPort>();
        const accesses = watchRegisters(scene);
        await port.open({ ...SETTINGS, baud });
        const latched = accesses().filter(({ dlab }) => dlab);
        const low = latched.findLast((access) => isWrite(access, DLL))?.value ?? 0;
        const high = latched.findLast((access) => isWrite(access, DLM))?.value ?? 0;
        expect.equal(high * 256 + low, DIVISORS[baud], `the divisor for ${baud} baud`);
      },
    }),
    {
      id: 'latch-closed',
      cite: datasheet('8.1, bit 7'),
      text: 'While LCR.DLAB is set the driver touches the divisor latch alone, and then clears it.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-16', 'BC-18', 'BC-23'],
      async check(scene) {
        const accesses = watchRegisters(scene);
        const { port, peer } = await opened(scene);
        peer.send(pattern(30));
        await port.configure({ ...SETTINGS, dataBits: 7 });
        const strays = accesses().filter(
          ({ dlab, offset }) => dlab && ![DLL, DLM, LCR].includes(offset),
        );
        expect.equal(strays.length, 0, 'accesses to other registers under DLAB');
        const last = accesses().findLast((access) => isWrite(access, LCR));
        expect.equal((last?.value ?? LCR_DLAB) & LCR_DLAB, 0, 'DLAB in the end');
        expect.that(
          accesses().some(({ dlab }) => dlab),
          'the divisor latch was used',
        );
      },
    },
    property({
      id: 'line-control',
      cite: datasheet('8.1'),
      text: 'LCR gets the word length, the stop bits and the parity that were asked for.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-17'],
      given: someSettings,
      show: (settings) => [showSettings(settings)],
      async check(scene, settings) {
        const port = await scene.start<SerialPort>();
        await port.open(settings);
        const { dataBits, stopBits, parity } = settings;
        const expected = dataBits - 5 + (stopBits === 1 ? 0 : 4) + PARITY_BITS[parity];
        expect.equal(chip(scene).read(LCR), expected, 'LCR');
      },
    }),
    {
      id: 'fifos',
      cite: datasheet('8.5'),
      text: 'open turns the FIFOs on and empties both; reserved bits of FCR stay zero.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-18', 'BC-28'],
      async check(scene) {
        const port = await scene.start<SerialPort>();
        const accesses = watchRegisters(scene);
        await port.open(SETTINGS);
        const written = writesOf(accesses(), FCR);
        const emptied = written.some((value) => (value & FCR_RESETS) === FCR_RESETS);
        expect.that(emptied, 'both FIFOs are emptied');
        expect.equal(
          written.filter((value) => (value & FCR_RESERVED) !== 0),
          [],
          'reserved bits',
        );
        expect.equal(chip(scene).read(IIR) & IIR_FIFOS, IIR_FIFOS, 'IIR bits 6 and 7');
      },
    },
    {
      id: 'interrupts-on',
      cite: datasheet('8.7'),
      text: 'While the port is open the receiver and its errors interrupt.',
      level: 'should',
      subject: 'driver',
      bugClasses: ['BC-10'],
      async check(scene) {
        const port = await scene.start<SerialPort>();
        expect.equal(chip(scene).read(IER), 0, 'IER before open');
        await port.open(SETTINGS);
        const wanted = IER_RECEIVE | IER_LINE_STATUS;
        expect.equal(chip(scene).read(IER) & wanted, wanted, 'IER of an open port');
      },
    },
    {
      id: 'modem-control',
      cite: datasheet('8.8'),
      text: 'MCR carries DTR and RTS as the client wants them, OUT2 while the port is open, no loop.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-18', 'BC-19'],
      async check(scene) {
        const port = await scene.start<SerialPort>();
        const { read } = chip(scene);
        expect.equal(read(MCR), 0, 'MCR before open');
        await port.open(SETTINGS);
        expect.equal(read(MCR), MCR_DTR_RTS | MCR_OUT2, 'MCR of an open port');
        await port.setModemLines({ rts: false });
        expect.equal(read(MCR), 0x01 | MCR_OUT2, 'MCR without RTS');
        await port.setModemLines({ dtr: false, rts: true });
        expect.equal(read(MCR), 0x02 | MCR_OUT2, 'MCR without DTR');
      },
    },
    property({
      id: 'quiet',
      cite: datasheet('8.7, 8.8'),
      text: 'After close and after Stop nothing interrupts, no line is raised and no break is sent.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-10', 'BC-19', 'BC-21'],
      given: fc.constantFrom('close', 'stop', 'break'),
      show: (how) => [how === 'break' ? 'stop in the middle of a break' : how],
      async check(scene, how) {
        const { port } = await opened(scene);
        await send(port, pattern(5));
        const breaking = how === 'break' ? port.sendBreak(SECOND).catch(() => {}) : undefined;
        await scene.pass(0.01 * SECOND);
        if (how === 'close') await port.close();
        else await scene.stop();
        await breaking;
        const { read } = chip(scene);
        expect.equal(read(IER), 0, 'IER');
        expect.equal(read(MCR), 0, 'MCR');
        expect.equal(read(LCR) & 0xc0, 0, 'LCR bits 6 and 7');
      },
    }),
  ],
});
