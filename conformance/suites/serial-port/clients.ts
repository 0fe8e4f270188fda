/** What clients of a serial port may rely on beside the data: counts, promptness, a clean slate. */
import fc from 'fast-check';
import { IOReturnError } from '../../../drivers-under-test/host/io-return.ts';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import {
  CHARACTER_NS,
  QUIET_NS,
  SECOND,
  SETTINGS,
  contract,
  opened,
  pattern,
  send,
} from './facts.ts';

/** More than a byte can count. */
const MANY = 300;
/** A call that is aborted does not wait for its own timeout. */
const PROMPT_NS = 0.5 * SECOND;

export const clients = suite({
  id: 'serial-port/clients',
  for: { class: 'SerialPort' },
  clauses: [
    {
      id: 'counts',
      cite: contract('SerialStatistics'),
      text: 'Characters are counted, beyond any round number of them.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-26'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        await send(port, pattern(MANY));
        peer.send(pattern(MANY));
        expect.equal(await port.read(MANY, SECOND), pattern(MANY), 'what was read');
        const { sent, received } = await port.statistics();
        expect.equal({ sent, received }, { sent: MANY, received: MANY }, 'the counts');
      },
    },
    {
      id: 'event-prompt',
      cite: contract('nextEvent'),
      text: 'A client that waits for an event is woken when it happens.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'modem-lines', 'line-timing'],
      ics: ['modemLines'],
      bugClasses: ['BC-10', 'BC-24'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        const waiting = port.nextEvent(10 * SECOND);
        await scene.pass(CHARACTER_NS);
        const before = scene.world.now;
        peer.setModemLines({ DCD: true });
        expect.equal(await waiting, { kind: 'modem', changed: ['dcd'] }, 'the event');
        const took = scene.world.now - before;
        expect.that(took < QUIET_NS, 'the time it took', `under ${QUIET_NS} ns`, `${took} ns`);
      },
    },
    {
      id: 'reopen-without-events',
      cite: contract('open'),
      text: 'What happened to one client is not told to the next.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'line-breaks'],
      ics: ['breaks'],
      bugClasses: ['BC-28'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        peer.sendBreak(5 * CHARACTER_NS);
        await scene.pass(10 * CHARACTER_NS);
        await port.close();
        await port.open(SETTINGS);
        expect.equal(await port.nextEvent(QUIET_NS), undefined, 'an event of the client before');
      },
    },
    property({
      id: 'flush-fresh',
      cite: contract('flush'),
      text: 'A flush discards what has just arrived, too, and the driver may not have seen yet.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'line-timing'],
      bugClasses: ['BC-25'],
      given: fc.integer({ min: 1, max: 20 }),
      show: (count) => [`${count} bytes arrive, flush`],
      async check(scene, count) {
        const { port, peer } = await opened(scene);
        peer.send(pattern(count));
        await scene.pass((count + 0.5) * CHARACTER_NS);
        await port.flush('receive');
        expect.equal(await port.read(1, QUIET_NS), new Uint8Array(0), 'what is left');
      },
    }),
    {
      id: 'stop-prompt',
      cite: contract('introduction'),
      text: 'Stop ends the calls that wait, and does not wait for them.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-13', 'BC-24'],
      async check(scene) {
        const { port } = await opened(scene);
        const reading = port.read(1, 100 * SECOND).then(
          () => 'success',
          (error: unknown) => (error instanceof IOReturnError ? error.codeName : String(error)),
        );
        await scene.pass(CHARACTER_NS);
        const before = scene.world.now;
        await scene.stop();
        const took = scene.world.now - before;
        expect.that(took < PROMPT_NS, 'the time of Stop', `under ${PROMPT_NS} ns`, `${took} ns`);
        expect.that((await reading) !== 'success', 'the read', 'a failure', 'success');
      },
    },
    property({
      id: 'handler-late',
      cite: contract('read'),
      text: 'At full speed a handler that comes six characters late loses nothing.',
      level: 'should',
      subject: 'driver',
      needs: ['serial-peer', 'faults'],
      bugClasses: ['BC-10', 'BC-25'],
      given: fc.integer({ min: 1, max: 6 }),
      show: (at) => [`interrupt ${at} comes six characters late`],
      async check(scene, at) {
        scene.inject({ kind: 'late-interrupt', at, ns: Math.round(6 * CHARACTER_NS) });
        const { port, peer } = await opened(scene);
        peer.send(pattern(100));
        expect.equal(await port.read(100, SECOND), pattern(100), 'what was read');
      },
    }),
  ],
});
