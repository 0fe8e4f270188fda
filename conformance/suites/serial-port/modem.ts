/** Modem lines and flow control. */
import fc from 'fast-check';
import type { ModemStatus } from '../../../drivers-under-test/host/classes/serial-port.ts';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import {
  CHARACTER_NS,
  QUIET_NS,
  SECOND,
  SETTINGS,
  contract,
  datasheet,
  events,
  opened,
  pattern,
  send,
} from './facts.ts';

const XON = 0x11;
const XOFF = 0x13;
/** Text without XON and XOFF. */
const text = (length: number) => Uint8Array.from({ length }, (_, index) => 0x20 + (index % 0x5f));
/** More than the driver's buffer, so that it must ask for a pause. */
const FLOOD = 6000;
const PIECE = 500;

type Change = readonly [line: 'CTS' | 'DSR' | 'RI' | 'DCD', level: boolean];
const someChange: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom('CTS', 'DSR', 'RI', 'DCD'),
  fc.boolean(),
);

export const modem = suite({
  id: 'serial-port/modem',
  for: { class: 'SerialPort' },
  clauses: [
    {
      id: 'dtr-rts',
      cite: datasheet('8.8, bits 0 and 1'),
      text: 'DTR and RTS rise when the port is opened, obey the client, and fall when it is closed.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'modem-lines'],
      ics: ['modemLines'],
      bugClasses: ['BC-19'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        const lines = (DTR: boolean, RTS: boolean, when: string) =>
          expect.equal(peer.modemLines(), { DTR, RTS }, `the lines ${when}`);
        lines(true, true, 'of an open port');
        await port.setModemLines({ dtr: false });
        lines(false, true, 'after DTR was lowered');
        await port.setModemLines({ rts: false });
        lines(false, false, 'after RTS was lowered');
        await port.setModemLines({ dtr: true, rts: true });
        lines(true, true, 'after both were raised');
        await port.close();
        lines(false, false, 'of a closed port');
      },
    },
    property({
      id: 'inputs',
      cite: datasheet('8.9'),
      text: 'Every change of an input is told once, a ring as it ends, and the status follows.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'modem-lines'],
      ics: ['modemLines'],
      bugClasses: ['BC-11'],
      given: fc.array(someChange, { minLength: 1, maxLength: 12 }),
      show: (changes) => changes.map(([line, level]) => `${line} ${level ? 'on' : 'off'}`),
      async check(scene, changes) {
        const { port, peer } = await opened(scene);
        const now: Record<keyof ModemStatus, boolean> = {
          cts: false,
          dsr: false,
          ri: false,
          dcd: false,
        };
        for (const [line, level] of changes) {
          const name = line.toLowerCase() as keyof ModemStatus;
          const isTold = now[name] !== level && (name !== 'ri' || !level);
          now[name] = level;
          peer.setModemLines({ [line]: level });
          await scene.pass(CHARACTER_NS);
          const expected = isTold ? [{ kind: 'modem', changed: [name] }] : [];
          expect.equal(await events(port), expected, `the events of ${line}`);
          expect.equal(await port.modemStatus(), now, 'the status');
        }
      },
    }),
    {
      id: 'cts-stops',
      cite: contract('SerialSettings.flowControl'),
      text: 'With rts-cts nothing new is sent while CTS is off, and everything once it is on.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'modem-lines', 'line-timing'],
      ics: ['flowControl'],
      bugClasses: ['BC-23', 'BC-24'],
      async check(scene) {
        const { port, peer } = await opened(scene, { ...SETTINGS, flowControl: 'rts-cts' });
        expect.equal(await port.write(pattern(5), 50 * CHARACTER_NS), 0, 'bytes taken without CTS');
        peer.setModemLines({ CTS: true });
        const writing = port.write(pattern(300), 10 * SECOND);
        await scene.pass(50 * CHARACTER_NS);
        peer.setModemLines({ CTS: false });
        await scene.pass(100 * CHARACTER_NS);
        const heard = peer.received().length;
        // What is in the FIFO and the shift register goes out all the same.
        expect.that(heard <= 50 + 17, 'characters after CTS went off', '67', String(heard));
        peer.setModemLines({ CTS: true });
        expect.equal(await writing, 300, 'bytes taken in the end');
        await port.drain(SECOND);
        expect.equal(peer.received(), pattern(300), 'what the far end heard');
      },
    },
    {
      id: 'rts-pauses',
      cite: contract('SerialSettings.flowControl'),
      text: 'With rts-cts a far end that obeys RTS loses nothing, however late the client reads.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'modem-lines', 'line-timing'],
      ics: ['flowControl'],
      bugClasses: ['BC-24', 'BC-25'],
      async check(scene) {
        const { port, peer } = await opened(scene, { ...SETTINGS, flowControl: 'rts-cts' });
        peer.flowControl = 'rts-cts';
        await readLate(scene, port, peer);
      },
    },
    {
      id: 'xoff-stops',
      cite: contract('SerialSettings.flowControl'),
      text: 'With xon-xoff XOFF stops and XON resumes sending, and neither is passed on as data.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      ics: ['flowControl'],
      bugClasses: ['BC-23', 'BC-24'],
      async check(scene) {
        const { port, peer } = await opened(scene, { ...SETTINGS, flowControl: 'xon-xoff' });
        peer.send([0x41, XOFF, 0x42]);
        expect.equal(await port.read(2, SECOND), Uint8Array.of(0x41, 0x42), 'what was read');
        expect.equal(await port.write(text(5), 50 * CHARACTER_NS), 0, 'bytes taken after XOFF');
        expect.equal(peer.received(), new Uint8Array(0), 'what was heard after XOFF');
        const writing = port.write(text(40), 10 * SECOND);
        peer.send([XON]);
        expect.equal(await writing, 40, 'bytes taken after XON');
        await port.drain(SECOND);
        expect.equal(peer.received(), text(40), 'what was heard after XON');
        expect.equal(await port.read(1, QUIET_NS), new Uint8Array(0), 'what is left');
      },
    },
    {
      id: 'xoff-pauses',
      cite: contract('SerialSettings.flowControl'),
      text: 'With xon-xoff a far end that obeys XOFF loses nothing, however late the client reads.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      ics: ['flowControl'],
      bugClasses: ['BC-24', 'BC-25'],
      async check(scene) {
        const { port, peer } = await opened(scene, { ...SETTINGS, flowControl: 'xon-xoff' });
        peer.flowControl = 'xon-xoff';
        await readLate(scene, port, peer);
      },
    },
    {
      id: 'transparent',
      cite: contract('SerialSettings.flowControl'),
      text: 'Without flow control XON and XOFF are bytes like any others.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-25'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        peer.send([XOFF, XON, XOFF]);
        expect.equal(await port.read(3, SECOND), Uint8Array.of(XOFF, XON, XOFF), 'what was read');
        await send(port, Uint8Array.of(XOFF, 1, XON));
        expect.equal(peer.received(), Uint8Array.of(XOFF, 1, XON), 'what the far end heard');
      },
    },
  ],
});

type Opened = Awaited<ReturnType<typeof opened>>;

/** The far end sends more than the driver can hold; the client reads long after. */
async function readLate(
  scene: Parameters<typeof opened>[0],
  port: Opened['port'],
  peer: Opened['peer'],
): Promise<void> {
  peer.send(text(FLOOD));
  await scene.pass(2 * FLOOD * CHARACTER_NS);
  expect.that(peer.waiting > 0, 'the far end was asked to pause', 'some wait', 'all were sent');
  const got: number[] = [];
  for (let reads = 0; got.length < FLOOD && reads < FLOOD / PIECE + 1; reads++) {
    got.push(...(await port.read(Math.min(PIECE, FLOOD - got.length), SECOND)));
  }
  expect.equal(Uint8Array.from(got), text(FLOOD), 'what was read');
  const { overruns, overflows } = await port.statistics();
  expect.equal([overruns, overflows], [0, 0], 'overruns and overflows');
}
