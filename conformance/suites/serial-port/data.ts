/** What goes in at one end comes out at the other. */
import fc from 'fast-check';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { watchAccesses } from '../accesses.ts';
import {
  CHARACTER_NS,
  MILLISECOND,
  QUIET_NS,
  SECOND,
  contract,
  datasheet,
  events,
  joined,
  opened,
  pattern,
  send,
  showBytes,
  someBytes,
} from './facts.ts';

/** More than any driver should hold for a client that does not read. */
const FLOOD = 20_000;

export const data = suite({
  id: 'serial-port/data',
  for: { class: 'SerialPort' },
  clauses: [
    property({
      id: 'write',
      cite: contract('write'),
      text: 'Every byte that is written reaches the far end once and in order.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-13', 'BC-25'],
      given: fc.array(someBytes, { minLength: 1, maxLength: 6 }),
      show: (writes) => writes.map((bytes) => `write ${showBytes(bytes)}`),
      async check(scene, writes) {
        const { port, peer } = await opened(scene);
        for (const bytes of writes) {
          const taken = await port.write(bytes, 10 * SECOND);
          expect.equal(taken, bytes.length, 'how many bytes write took');
        }
        await port.drain(SECOND);
        expect.equal(peer.received(), joined(writes), 'what the far end heard');
      },
    }),
    property({
      id: 'read',
      cite: contract('read'),
      text: 'What the far end sends is read once and in order, however the reads are cut.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-13', 'BC-25'],
      given: fc.tuple(
        someBytes,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
      ),
      show: ([bytes, lengths]) => [`sent ${showBytes(bytes)}`, `read in turn ${lengths.join(' ')}`],
      async check(scene, [bytes, lengths]) {
        const { port, peer } = await opened(scene);
        peer.send(bytes);
        const parts: Uint8Array[] = [];
        for (let left = bytes.length, turn = 0; left > 0; turn++) {
          const length = Math.min(left, lengths[turn % lengths.length] ?? 1);
          const part = await port.read(length, SECOND);
          expect.equal(part.length, length, `the length of read ${turn}`);
          parts.push(part);
          left -= length;
        }
        expect.equal(joined(parts), bytes, 'what was read');
        expect.equal(await port.read(1, QUIET_NS), new Uint8Array(0), 'what is left');
      },
    }),
    property({
      id: 'full-duplex',
      cite: contract('write, read'),
      text: 'Sending and receiving at once do not disturb each other.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-23', 'BC-24'],
      given: fc.tuple(someBytes, someBytes),
      show: ([out, back]) => [`write ${showBytes(out)}`, `sent back ${showBytes(back)}`],
      async check(scene, [out, back]) {
        const { port, peer } = await opened(scene);
        const reading = port.read(back.length, SECOND);
        peer.send(back);
        await send(port, out);
        expect.equal(await reading, back, 'what was read');
        expect.equal(peer.received(), out, 'what the far end heard');
      },
    }),
    property({
      id: 'writes-whole',
      cite: contract('write'),
      text: 'Writes of several clients at once follow each other whole, in the order of the calls.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-23', 'BC-24'],
      given: fc.array(someBytes, { minLength: 2, maxLength: 5 }),
      show: (writes) => writes.map((bytes) => `at once: write ${showBytes(bytes)}`),
      async check(scene, writes) {
        const { port, peer } = await opened(scene);
        const calls = writes.map((bytes) => port.write(bytes, 10 * SECOND));
        expect.equal(
          await Promise.all(calls),
          writes.map(({ length }) => length),
          'bytes taken',
        );
        await port.drain(SECOND);
        expect.equal(peer.received(), joined(writes), 'what the far end heard');
      },
    }),
    {
      id: 'nothing',
      cite: contract('write, read'),
      text: 'To write or read no bytes succeeds without bus traffic.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-25'],
      async check(scene) {
        const { port } = await opened(scene);
        const accesses = watchAccesses(scene);
        expect.equal(await port.write(new Uint8Array(0), SECOND), 0, 'bytes taken');
        expect.equal(await port.read(0, SECOND), new Uint8Array(0), 'bytes read');
        expect.equal(accesses.count, 0, 'accesses for nothing');
      },
    },
    property({
      id: 'read-timeout',
      cite: contract('read'),
      text: 'A read that cannot be satisfied ends at its timeout, with what has come.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-06', 'BC-24'],
      given: fc.tuple(fc.nat({ max: 20 }), fc.integer({ min: 5, max: 500 })),
      show: ([count, ms]) => [`${count} bytes of 21 sent`, `read with a timeout of ${ms} ms`],
      async check(scene, [count, ms]) {
        const { port, peer } = await opened(scene);
        peer.send(pattern(count));
        const before = scene.world.now;
        const bytes = await port.read(21, ms * MILLISECOND);
        const late = scene.world.now - before - ms * MILLISECOND;
        expect.that(late >= 0, 'a read does not end early', '0 or more', `${late} ns`);
        const most = scene.target.offers.has('virtual-time') ? MILLISECOND : 100 * MILLISECOND;
        expect.that(late < most, 'a read ends in time', `under ${most} ns`, `${late} ns late`);
        expect.equal(bytes, pattern(count), 'what was read');
      },
    }),
    {
      id: 'prompt',
      cite: datasheet('8.11'),
      text: 'A single character is passed on without a read having to time out.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-10'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        const before = scene.world.now;
        peer.send(pattern(1));
        expect.equal(await port.read(1, SECOND), pattern(1), 'what was read');
        const took = scene.world.now - before;
        const most = scene.target.offers.has('virtual-time') ? QUIET_NS : 100 * MILLISECOND;
        expect.that(took < most, 'the time it took', `under ${most} ns`, `${took} ns`);
      },
    },
    property({
      id: 'drain',
      cite: contract('drain'),
      text: 'When drain ends the last stop bit has left.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-06'],
      given: fc.integer({ min: 1, max: 70 }),
      show: (count) => [`write ${count} bytes and drain`],
      async check(scene, count) {
        const { port, peer } = await opened(scene);
        const before = scene.world.now;
        await port.write(pattern(count), SECOND);
        await port.drain(SECOND);
        expect.equal(peer.received().length, count, 'characters that have arrived');
        if (!scene.target.offers.has('line-timing')) return;
        const took = scene.world.now - before;
        const least = count * CHARACTER_NS;
        expect.that(took >= least, 'drain does not end early', `${least} ns`, `${took} ns`);
        const most = least + 4 * CHARACTER_NS;
        expect.that(took <= most, 'drain ends soon', `${most} ns at most`, `${took} ns`);
      },
    }),
    {
      id: 'flush-receive',
      cite: contract('flush'),
      text: 'What was received before a flush is never read, what comes later is.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-25'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        peer.send(pattern(50));
        await scene.pass(80 * CHARACTER_NS);
        await port.flush('receive');
        expect.equal(await port.read(1, QUIET_NS), new Uint8Array(0), 'what is left');
        peer.send(pattern(9));
        expect.equal(await port.read(9, SECOND), pattern(9), 'what came later');
      },
    },
    {
      id: 'flush-transmit',
      cite: contract('flush'),
      text: 'A flush ends a write in progress; what is written later is sent whole.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'line-timing'],
      bugClasses: ['BC-13', 'BC-23'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        const writing = port.write(pattern(400), 10 * SECOND);
        await scene.pass(100 * CHARACTER_NS);
        await port.flush('transmit');
        const taken = await writing;
        expect.that(taken < 400, 'the write ended early', 'under 400', String(taken));
        await scene.pass(3 * CHARACTER_NS);
        const heard = peer.received().length;
        const most = 105;
        expect.that(heard <= most, 'nothing follows a flush', `${most} at most`, String(heard));
        peer.forget();
        await send(port, pattern(20));
        expect.equal(peer.received(), pattern(20), 'what was written later');
      },
    },
    {
      id: 'full-speed',
      cite: datasheet('8.11'),
      text: 'At full speed no character is lost while the client reads.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-25'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        peer.send(pattern(2000));
        expect.equal(await port.read(2000, SECOND), pattern(2000), 'what was read');
        expect.equal((await port.statistics()).overruns, 0, 'overruns of the device');
      },
    },
    {
      id: 'flood',
      cite: contract('SerialEvent'),
      text: 'What nobody reads is lost from its end, and the loss is counted and told.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-01', 'BC-25'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        peer.send(pattern(FLOOD));
        await scene.pass((FLOOD + 20) * CHARACTER_NS);
        const kept = await port.read(FLOOD, QUIET_NS);
        expect.equal(kept, pattern(FLOOD).subarray(0, kept.length), 'what was kept');
        const { overruns, overflows } = await port.statistics();
        const counted = kept.length === FLOOD || overruns + overflows > 0;
        expect.that(counted, 'the loss is counted', 'overruns or overflows', 'none');
        const told = (await events(port)).some(({ kind }) => kind === 'error');
        expect.that(kept.length === FLOOD || told, 'the loss is told', 'an error event', 'none');
      },
    },
  ],
});
