/** How a driver moves characters through a 16550, and handles its interrupts. */
import fc from 'fast-check';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import {
  CHARACTER_NS,
  SECOND,
  contract,
  datasheet,
  opened,
  pattern,
  send,
} from '../serial-port/facts.ts';
import {
  DLL,
  DLM,
  FIFO_DEPTH,
  IER,
  IER_TRANSMIT,
  IIR,
  IIR_CODE,
  IIR_NONE,
  IIR_THR_EMPTY,
  LCR,
  LCR_BREAK,
  LCR_DLAB,
  LSR,
  LSR_DATA,
  LSR_THR_EMPTY,
  RBR,
  type RegisterAccess,
  THR,
  chip,
  isRead,
  isWrite,
  watchRegisters,
} from './facts.ts';

/** The access showed that the transmitter has room. */
function showsRoom(access: RegisterAccess): boolean {
  if (isRead(access, LSR)) return (access.value & LSR_THR_EMPTY) !== 0;
  return isRead(access, IIR) && (access.value & IIR_CODE) === IIR_THR_EMPTY;
}

/** How many characters followed each access that showed room, where any did. */
function fills(accesses: readonly RegisterAccess[]): number[] {
  const counts: number[] = [0];
  for (const access of accesses) {
    if (showsRoom(access)) counts.push(0);
    if (isWrite(access, THR) && !access.dlab) counts.push((counts.pop() ?? 0) + 1);
  }
  return counts.filter((count) => count > 0);
}

export const transfer = suite({
  id: 'uart-16550/transfer',
  for: { class: 'SerialPort', device: 'uart-16550' },
  clauses: [
    property({
      id: 'room',
      cite: datasheet('8.4, bit 5'),
      text: 'Once THRE was seen 16 characters follow at most, and none before.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-02', 'BC-25'],
      given: fc.integer({ min: 1, max: 100 }),
      show: (count) => [`write ${count} bytes`],
      async check(scene, count) {
        const { port } = await opened(scene);
        const accesses = watchRegisters(scene);
        await send(port, pattern(count));
        const seen = accesses();
        const first = seen.findIndex(showsRoom);
        const early = seen.findIndex((access) => isWrite(access, THR));
        expect.that(first >= 0 && first < early, 'THRE is seen before the first character');
        const most = Math.max(...fills(seen));
        expect.that(most <= FIFO_DEPTH, 'characters for one THRE', '16 at most', String(most));
      },
    }),
    {
      id: 'fifo-used',
      cite: datasheet('8.11'),
      text: 'A long write fills at least half of the FIFO each time.',
      level: 'should',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-24'],
      async check(scene) {
        const { port } = await opened(scene);
        const accesses = watchRegisters(scene);
        await send(port, pattern(160));
        const times = fills(accesses()).length;
        expect.that(times <= 20, 'fills of the FIFO for 160 bytes', '20 at most', String(times));
      },
    },
    {
      id: 'transmit-interrupt-off',
      cite: datasheet('8.7, bit 1'),
      text: 'With nothing to send the interrupt of an empty transmitter is off.',
      level: 'should',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-08'],
      async check(scene) {
        const { port } = await opened(scene);
        const { read } = chip(scene);
        expect.equal(read(IER) & IER_TRANSMIT, 0, 'IER bit 1 before a write');
        await send(port, pattern(40));
        await scene.pass(20 * CHARACTER_NS);
        expect.equal(read(IER) & IER_TRANSMIT, 0, 'IER bit 1 after a write');
      },
    },
    property({
      id: 'status-first',
      cite: datasheet('8.4, bits 2 to 4'),
      text: 'LSR is read before each character, so that each error is known with its own.',
      level: 'should',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-11', 'BC-25'],
      given: fc.integer({ min: 1, max: 40 }),
      show: (count) => [`${count} bytes received`],
      async check(scene, count) {
        const { port, peer } = await opened(scene);
        const accesses = watchRegisters(scene);
        peer.send(pattern(count));
        await port.read(count, SECOND);
        let status = 0;
        let taken = 0;
        for (const access of accesses()) {
          if (isRead(access, LSR)) status = access.value;
          if (!isRead(access, RBR) || access.dlab) continue;
          expect.equal(status & LSR_DATA, LSR_DATA, `LSR.DR before character ${taken}`);
          status = 0;
          taken++;
        }
        expect.equal(taken, count, 'characters taken from RBR');
      },
    }),
    property({
      id: 'break-length',
      cite: datasheet('8.1, bit 6'),
      text: 'LCR.SBRK stays set for as long as the break was asked to last, and no longer.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      ics: ['breaks'],
      bugClasses: ['BC-06'],
      given: fc.integer({ min: 1, max: 50 }),
      show: (ms) => [`a break of ${ms} ms`],
      async check(scene, ms) {
        const { port } = await opened(scene);
        const accesses = watchRegisters(scene);
        await port.sendBreak(ms * 1e6);
        const writes = accesses().filter((access) => isWrite(access, LCR));
        const [on, off] = writes;
        expect.equal(writes.length, 2, 'writes to LCR');
        expect.equal((on?.value ?? 0) & LCR_BREAK, LCR_BREAK, 'LCR.SBRK in the first');
        expect.equal((off?.value ?? LCR_BREAK) & LCR_BREAK, 0, 'LCR.SBRK in the second');
        expect.equal((on?.value ?? 0) & 0x3f, (off?.value ?? 1) & 0x3f, 'the other bits of LCR');
        const lasted = (off?.timeNs ?? 0) - (on?.timeNs ?? 0);
        expect.that(lasted >= ms * 1e6, 'the break lasts', `${ms} ms`, `${lasted} ns`);
        const most = ms * 1e6 + (scene.target.offers.has('virtual-time') ? 1e6 : 0.1 * SECOND);
        expect.that(lasted <= most, 'the break ends', `${most} ns at most`, `${lasted} ns`);
      },
    }),
    {
      id: 'shared-interrupt',
      cite: datasheet('8.6, bit 0'),
      text: 'An interrupt with nothing pending, as on a shared line, changes nothing.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-09'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        const accesses = watchRegisters(scene);
        scene.provider.interrupts.level(true);
        await scene.pass(1000);
        scene.provider.interrupts.level(false);
        await scene.pass(1000);
        const seen = accesses();
        const asked = seen.some((access) => isRead(access, IIR) && (access.value & IIR_NONE) === 1);
        expect.that(asked, 'IIR says that nothing is pending');
        const others = seen.filter(({ kind, offset }) => kind === 'write' || offset === RBR);
        expect.equal(others.length, 0, 'writes, and reads of RBR');
        peer.send(pattern(5));
        expect.equal(await port.read(5, SECOND), pattern(5), 'what was read afterwards');
      },
    },
    {
      id: 'handler-short',
      cite: datasheet('8.6'),
      text: 'A handler leaves its queue to others: it takes no more than some hundred accesses.',
      level: 'should',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-08', 'BC-24'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        const { journal } = scene.world;
        let since = 0;
        let most = 0;
        journal.observe(EventKind.InterruptHandled, () => (since = 0));
        journal.observe(EventKind.Read, () => (most = Math.max(most, ++since)));
        peer.send(pattern(200));
        await port.read(200, SECOND);
        expect.that(most > 0, 'interrupts came');
        expect.that(most <= 600, 'reads by one handler', '600 at most', String(most));
      },
    },
    {
      id: 'interrupts-lost',
      cite: contract('introduction'),
      text: 'When interrupts are lost each call still ends by its timeout, with what is there.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'faults'],
      bugClasses: ['BC-10', 'BC-24'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        scene.function.listen({ level: () => {}, message: () => {} });
        const before = scene.world.now;
        const taken = await port.write(pattern(20), SECOND).catch(() => -1);
        peer.send(pattern(5));
        const got = await port.read(5, 0.1 * SECOND);
        const took = scene.world.now - before;
        expect.that(took <= 1.2 * SECOND, 'the time of both calls', '1.2 s', `${took} ns`);
        expect.equal(got, pattern(5), 'what was there to be read');
        expect.that(taken === -1 || taken === 20, 'the write', 'all or a failure', String(taken));
        scene.function.listen(scene.provider.interrupts);
        peer.send(pattern(9));
        expect.equal(await port.read(9, SECOND), pattern(9), 'what was read afterwards');
      },
    },
    {
      id: 'stuck',
      cite: contract('introduction'),
      text: 'When the transmitter stands still drain and write end by their timeouts, and say so.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'line-timing'],
      bugClasses: ['BC-05', 'BC-07', 'BC-24'],
      async check(scene) {
        const { port } = await opened(scene);
        const { read, write } = chip(scene);
        const lcr = read(LCR);
        write(LCR, lcr | LCR_DLAB);
        write(DLL, 0);
        write(DLM, 0);
        write(LCR, lcr);
        const before = scene.world.now;
        const taken = await port.write(pattern(100), SECOND).catch(() => -1);
        expect.that(taken < 100, 'what a standing transmitter takes', 'not all', String(taken));
        await expect.fails(() => port.drain(0.1 * SECOND), ['kIOReturnTimeout'], 'drain');
        const took = scene.world.now - before;
        expect.that(took <= 1.2 * SECOND, 'the time of both calls', '1.2 s', `${took} ns`);
      },
    },
  ],
});
