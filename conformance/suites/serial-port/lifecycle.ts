/** Opening, closing, starting, stopping and losing a serial port. */
import fc from 'fast-check';
import {
  SERIAL_PORT_METHODS,
  type SerialPort,
} from '../../../drivers-under-test/host/classes/serial-port.ts';
import type { IOReturnName } from '../../../drivers-under-test/host/io-return.ts';
import { IOReturnError } from '../../../drivers-under-test/host/io-return.ts';
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../../drivers-under-test/host/io-service.ts';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { watchAccesses } from '../accesses.ts';
import {
  CHARACTER_NS,
  QUIET_NS,
  SECOND,
  SETTINGS,
  contract,
  farEnd,
  formatFor,
  opened,
  pattern,
  send,
} from './facts.ts';

/** Every call that needs an open port, with harmless arguments. */
const CALLS: Readonly<Record<string, (port: SerialPort) => unknown>> = {
  close: (port) => port.close(),
  configure: (port) => port.configure(SETTINGS),
  write: (port) => port.write(pattern(1), 0),
  read: (port) => port.read(1, 0),
  drain: (port) => port.drain(0),
  flush: (port) => port.flush('both'),
  sendBreak: (port) => port.sendBreak(0),
  setModemLines: (port) => port.setModemLines({ dtr: true }),
  modemStatus: (port) => port.modemStatus(),
  nextEvent: (port) => port.nextEvent(0),
};

/** Calls that wait for something: each must end once, and say why. */
function waitingCalls(port: SerialPort): (() => Promise<unknown>)[] {
  return [
    () => port.read(1, 100 * SECOND),
    () => port.write(pattern(200), 100 * SECOND),
    () => port.drain(100 * SECOND),
    () => port.nextEvent(100 * SECOND),
  ];
}

/** How each call ended, and how often: 'fulfilled' or the code of its failure. */
function outcomes(calls: readonly (() => Promise<unknown>)[]): string[][] {
  return calls.map((call) => {
    const ends: string[] = [];
    const note = (end: string) => void ends.push(end);
    call().then(
      () => note('fulfilled'),
      (error: unknown) => note(error instanceof IOReturnError ? error.codeName : String(error)),
    );
    return ends;
  });
}

function expectEnds(ends: readonly string[][], codes: readonly (IOReturnName | 'fulfilled')[]) {
  for (const [index, ended] of ends.entries()) {
    expect.equal(ended.length, 1, `the number of ends of call ${index}`);
    const [how = 'nothing'] = ended;
    const allowed = codes.some((code) => code === how);
    expect.that(allowed, `how call ${index} ends`, codes.join(' or '), how);
  }
}

export const lifecycle = suite({
  id: 'serial-port/lifecycle',
  for: { class: 'SerialPort' },
  clauses: [
    {
      id: 'not-open',
      cite: contract('introduction'),
      text: 'While the port is closed every call fails with kIOReturnNotOpen, without bus traffic.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-19', 'BC-27'],
      async check(scene) {
        const port = await scene.start<SerialPort>();
        const untested = SERIAL_PORT_METHODS.filter((name) => !(name in CALLS));
        expect.equal(untested, ['open', 'statistics'], 'the calls that a closed port allows');
        const accesses = watchAccesses(scene);
        for (const [name, call] of Object.entries(CALLS)) {
          await expect.fails(() => call(port), ['kIOReturnNotOpen'], `${name} on a closed port`);
        }
        expect.equal(accesses.count, 0, 'accesses by refused calls');
      },
    },
    {
      id: 'open-exclusive',
      cite: contract('open'),
      text: 'A second open fails and leaves the first client undisturbed.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-19'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        const accesses = watchAccesses(scene);
        const again = () => port.open({ ...SETTINGS, baud: 300 });
        await expect.fails(again, ['kIOReturnExclusiveAccess'], 'a second open');
        expect.equal(accesses.count, 0, 'accesses by the refused open');
        await send(port, pattern(20));
        expect.equal(peer.received(), pattern(20), 'what the far end heard');
      },
    },
    property({
      id: 'close-aborts',
      cite: contract('close'),
      text: 'close ends each call in progress exactly once, with kIOReturnAborted.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-13', 'BC-23'],
      given: fc.nat({ max: 20 }),
      show: (characters) => [`four calls, and close after ${characters} character times`],
      async check(scene, characters) {
        const { port } = await opened(scene);
        const ends = outcomes(waitingCalls(port));
        await scene.pass(characters * CHARACTER_NS);
        await port.close();
        await scene.pass(QUIET_NS);
        // A write or a drain that was over before is over; a read of nothing is not.
        expectEnds([ends[0] ?? [], ends[3] ?? []], ['kIOReturnAborted']);
        expectEnds(ends, ['kIOReturnAborted', 'fulfilled']);
      },
    }),
    {
      id: 'reopen-empty',
      cite: contract('open'),
      text: 'What one client left unread is not shown to the next.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-28'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        peer.send(pattern(10));
        await scene.pass(30 * CHARACTER_NS);
        await port.close();
        peer.send(pattern(3));
        await scene.pass(30 * CHARACTER_NS);
        await port.open(SETTINGS);
        expect.equal(await port.read(1, QUIET_NS), new Uint8Array(0), 'what the next client reads');
        peer.send(pattern(5));
        expect.equal(await port.read(5, SECOND), pattern(5), 'what was sent to the next client');
      },
    },
    property({
      id: 'stop-pending',
      cite: contract('introduction'),
      text: 'Stop ends each call in progress exactly once, and each later call fails.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-13', 'BC-19', 'BC-23'],
      given: fc.nat({ max: 20 }),
      show: (characters) => [`four calls, and Stop after ${characters} character times`],
      async check(scene, characters) {
        const { port } = await opened(scene);
        const ends = outcomes(waitingCalls(port));
        await scene.pass(characters * CHARACTER_NS);
        await scene.stop();
        await scene.pass(QUIET_NS);
        expectEnds([ends[0] ?? [], ends[3] ?? []], ['kIOReturnAborted', 'kIOReturnOffline']);
        expectEnds(ends, ['kIOReturnAborted', 'kIOReturnOffline', 'fulfilled']);
        await expect.fails(() => port.read(1, 0), ['kIOReturnOffline'], 'a read after Stop');
      },
    }),
    {
      id: 'restart',
      cite: contract('introduction'),
      text: 'A driver that was stopped can be started again and works as before.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-19', 'BC-28'],
      async check(scene) {
        for (let round = 0; round < 3; round++) {
          const { port, peer } = await opened(scene);
          peer.forget();
          await send(port, pattern(40));
          expect.equal(peer.received(), pattern(40), `what the far end heard in round ${round}`);
          await scene.stop();
        }
      },
    },
    property({
      id: 'removal',
      cite: contract('introduction'),
      text: 'When the device is pulled out each call ends exactly once, and the driver stops.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'removal'],
      bugClasses: ['BC-12', 'BC-13', 'BC-23'],
      given: fc.nat({ max: 300 }),
      show: (tenths) => [`four calls, and removal after ${tenths / 10} character times`],
      async check(scene, tenths) {
        const { port } = await opened(scene);
        const ends = outcomes(waitingCalls(port));
        await scene.pass((tenths * CHARACTER_NS) / 10);
        scene.hardware.remove?.();
        await expect.fails(() => port.modemStatus(), ['kIOReturnOffline'], 'a call afterwards');
        await scene.pass(SECOND);
        await scene.stop();
        expectEnds([ends[0] ?? [], ends[3] ?? []], ['kIOReturnOffline', 'kIOReturnAborted']);
        expectEnds(ends, ['kIOReturnOffline', 'kIOReturnAborted', 'fulfilled']);
      },
    }),
    {
      id: 'sleep',
      cite: contract('introduction'),
      text: 'After a sleep in which the device lost everything the open port works as before.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'device-reset'],
      bugClasses: ['BC-20'],
      async check(scene) {
        const settings = { ...SETTINGS, baud: 19_200, parity: 'even' } as const;
        const { port, peer } = await opened(scene, settings);
        await scene.power(kIOServicePowerCapabilityOff);
        await expect.fails(() => port.read(1, 0), ['kIOReturnOffline'], 'a read while asleep');
        scene.function.reset('hot');
        await scene.power(kIOServicePowerCapabilityOn);
        await send(port, pattern(20));
        expect.equal(peer.received(), pattern(20), 'what the far end heard');
        peer.send(pattern(20));
        expect.equal(await port.read(20, SECOND), pattern(20), 'what was received');
      },
    },
    {
      id: 'closed-is-deaf',
      cite: contract('close'),
      text: 'A closed port takes no notice of its line, and does not keep the processor busy.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-08', 'BC-10'],
      async check(scene) {
        const peer = farEnd(scene);
        peer.format = formatFor(SETTINGS);
        const port = await scene.start<SerialPort>();
        peer.send(pattern(40));
        await scene.pass(60 * CHARACTER_NS);
        const { interrupts } = await port.statistics();
        expect.equal(interrupts, 0, 'interrupts of a port that nobody opened');
      },
    },
  ],
});
