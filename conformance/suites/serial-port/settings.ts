/** Speeds and formats. */
import fc from 'fast-check';
import type {
  SerialPort,
  SerialSettings,
} from '../../../drivers-under-test/host/classes/serial-port.ts';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { watchAccesses } from '../accesses.ts';
import { SECOND, SETTINGS, contract, datasheet, formatFor, opened, pattern } from './facts.ts';

const BAUDS = [300, 1200, 2400, 9600, 19_200, 38_400, 57_600, 115_200];

export const someSettings = fc
  .record({
    baud: fc.constantFrom(...BAUDS),
    dataBits: fc.constantFrom(5, 6, 7, 8),
    parity: fc.constantFrom('none', 'odd', 'even', 'mark', 'space'),
    long: fc.boolean(),
  })
  .map(({ long, ...rest }): SerialSettings => {
    const longStop = rest.dataBits === 5 ? 1.5 : 2;
    return { ...SETTINGS, ...rest, stopBits: long ? longStop : 1 };
  });

export const showSettings = ({ baud, dataBits, parity, stopBits }: SerialSettings) =>
  `${baud} baud, ${dataBits} data bits, parity ${parity}, ${stopBits} stop bits`;

/** Settings that no port has, or that contradict themselves. */
const impossible: readonly Record<string, unknown>[] = [
  { baud: 0 },
  { baud: -9600 },
  { baud: Number.NaN },
  { baud: Infinity },
  { baud: 1e12 },
  { baud: 100_000 },
  { baud: 1e-6 },
  { dataBits: 4 },
  { dataBits: 9 },
  { dataBits: 7.5 },
  { parity: 'some' },
  { stopBits: 0 },
  { stopBits: 1.5 },
  { dataBits: 5, stopBits: 2 },
  { flowControl: 'polite' },
];

export const settings = suite({
  id: 'serial-port/settings',
  for: { class: 'SerialPort' },
  clauses: [
    property({
      id: 'formats',
      cite: datasheet('8.1, 8.3'),
      text: 'In every format both ends understand each other, without an error.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-06', 'BC-17'],
      given: fc.tuple(someSettings, fc.uint8Array({ minLength: 1, maxLength: 20 })),
      show: ([wanted, bytes]) => [showSettings(wanted), `bytes ${[...bytes].join(' ')}`],
      async check(scene, [wanted, bytes]) {
        const { port, peer } = await opened(scene, wanted);
        const sent = bytes.map((byte) => byte % 2 ** wanted.dataBits);
        await port.write(sent, 10 * SECOND);
        await port.drain(10 * SECOND);
        expect.equal(peer.received(), sent, 'what the far end heard');
        const wrong = peer.heard.filter((one) => one.parityError || one.framingError);
        expect.equal(wrong.length, 0, 'errors that the far end saw');
        peer.send(sent);
        expect.equal(await port.read(sent.length, 10 * SECOND), sent, 'what was read');
        const { parityErrors, framingErrors } = await port.statistics();
        expect.equal([parityErrors, framingErrors], [0, 0], 'parity and framing errors');
      },
    }),
    property({
      id: 'reconfigure',
      cite: contract('configure'),
      text: 'Each new setting holds for what is written after it, and for nothing before.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer'],
      bugClasses: ['BC-16', 'BC-22'],
      given: fc.array(someSettings, { minLength: 1, maxLength: 4 }),
      show: (wanted) => wanted.map(showSettings),
      async check(scene, wanted) {
        const { port, peer } = await opened(scene);
        const text = Uint8Array.from({ length: 20 }, (_, index) => index);
        await port.write(text, SECOND);
        for (const next of wanted) {
          await port.configure(next);
          expect.equal(peer.received(), text, 'what was heard in the format of before');
          expect.that(
            peer.heard.every((one) => !one.parityError && !one.framingError),
            'no error in the format of before',
          );
          peer.forget();
          peer.format = formatFor(next);
          await port.write(text, 10 * SECOND);
        }
        await port.drain(10 * SECOND);
        expect.equal(peer.received(), text, 'what was heard in the last format');
      },
    }),
    property({
      id: 'impossible',
      cite: contract('open, configure'),
      text: 'Settings that do not exist are refused with kIOReturnBadArgument, untouched.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-27'],
      given: fc.constantFrom(...impossible),
      show: (wrong) => [`open and configure with ${Object.entries(wrong).join(' ')}`],
      async check(scene, wrong) {
        const bad = { ...SETTINGS, ...wrong } as SerialSettings;
        const port = await scene.start<SerialPort>();
        const accesses = watchAccesses(scene);
        await expect.fails(() => port.open(bad), ['kIOReturnBadArgument'], 'open');
        expect.equal(accesses.count, 0, 'accesses by the refused open');
        await port.open(SETTINGS);
        const after = accesses.count;
        await expect.fails(() => port.configure(bad), ['kIOReturnBadArgument'], 'configure');
        expect.equal(accesses.count, after, 'accesses by the refused configure');
      },
    }),
    property({
      id: 'bad-calls',
      cite: contract('introduction'),
      text: 'Arguments that make no sense are refused with kIOReturnBadArgument, untouched.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-27'],
      given: fc.constantFrom<readonly [string, (port: SerialPort) => unknown]>(
        ['read(-1)', (port) => port.read(-1, 0)],
        ['read(1.5)', (port) => port.read(1.5, 0)],
        ['read(2 ** 40)', (port) => port.read(2 ** 40, 0)],
        ['read with a timeout of -1', (port) => port.read(1, -1)],
        ['read with no timeout', (port) => port.read(1, Number.NaN)],
        ['write of a text', (port) => port.write('text' as unknown as Uint8Array, 0)],
        ['write with an endless timeout', (port) => port.write(pattern(1), Infinity)],
        ['drain with a timeout of -1', (port) => port.drain(-1)],
        ['flush of something else', (port) => port.flush('all' as 'both')],
        ['a break of -1 ns', (port) => port.sendBreak(-1)],
        ['an event at no time', (port) => port.nextEvent(Number.NaN)],
      ),
      show: ([name]) => [name],
      async check(scene, [name, call]) {
        const port = await scene.start<SerialPort>();
        await port.open(SETTINGS);
        const accesses = watchAccesses(scene);
        await expect.fails(() => call(port), ['kIOReturnBadArgument'], name);
        expect.equal(accesses.count, 0, 'accesses by a refused call');
      },
    }),
  ],
});
