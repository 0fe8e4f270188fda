/** Errors on the line, and breaks both ways. */
import fc from 'fast-check';
import type { SerialSettings } from '../../../drivers-under-test/host/classes/serial-port.ts';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import {
  CHARACTER_NS,
  QUIET_NS,
  SECOND,
  SETTINGS,
  datasheet,
  contract,
  events,
  opened,
  pattern,
  send,
} from './facts.ts';

const PARITY: SerialSettings = { ...SETTINGS, parity: 'even' };

const someCharacters = fc.array(
  fc.record({
    data: fc.nat({ max: 255 }),
    error: fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom('parity', 'framing') },
    ),
  }),
  { minLength: 1, maxLength: 40 },
);

export const errors = suite({
  id: 'serial-port/errors',
  for: { class: 'SerialPort' },
  clauses: [
    property({
      id: 'isolated',
      cite: datasheet('8.4, bits 2 and 3'),
      text: 'A character in error is counted, told and not passed on; its neighbours are.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'line-errors'],
      bugClasses: ['BC-11', 'BC-25'],
      given: someCharacters,
      show: (characters) =>
        characters.map(({ data, error }) => `sent ${data}${error ? ` with ${error} error` : ''}`),
      async check(scene, characters) {
        const { port, peer } = await opened(scene, PARITY);
        peer.send(
          characters.map(({ data }) => data),
          {
            errors: Object.fromEntries(
              characters.map(({ error }, index) => [
                index,
                { parity: error === 'parity', framing: error === 'framing' },
              ]),
            ),
            // A missing stop bit hides the start bit that follows it at once.
            gapNs: 2 * CHARACTER_NS,
          },
        );
        const good = characters.filter(({ error }) => error === undefined);
        const bytes = await port.read(
          characters.length,
          (4 * characters.length + 10) * CHARACTER_NS,
        );
        expect.equal(
          [...bytes],
          good.map(({ data }) => data),
          'what was read',
        );
        const expected = characters.flatMap(({ error }) => (error === undefined ? [] : [error]));
        const told = (await events(port)).flatMap((one) =>
          one.kind === 'error' ? [one.error] : [],
        );
        expect.equal(told, expected, 'the errors that were told');
        const { parityErrors, framingErrors } = await port.statistics();
        const count = (kind: string) => expected.filter((error) => error === kind).length;
        expect.equal(parityErrors, count('parity'), 'parity errors');
        expect.equal(framingErrors, count('framing'), 'framing errors');
      },
    }),
    {
      id: 'break-heard',
      cite: datasheet('8.4, bit 4'),
      text: 'A break is one event and no byte, and what follows it arrives.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'line-breaks'],
      ics: ['breaks'],
      bugClasses: ['BC-11', 'BC-25'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        peer.sendBreak(25 * CHARACTER_NS);
        await scene.pass(40 * CHARACTER_NS);
        peer.send(pattern(5));
        expect.equal(await port.read(5, SECOND), pattern(5), 'what was read');
        expect.equal(await port.read(1, QUIET_NS), new Uint8Array(0), 'what is left');
        expect.equal(await events(port), [{ kind: 'break' }], 'the events');
        const { breaks, framingErrors } = await port.statistics();
        expect.equal({ breaks, framingErrors }, { breaks: 1, framingErrors: 0 }, 'the counts');
      },
    },
    property({
      id: 'break-sent',
      cite: datasheet('8.1, bit 6'),
      text: 'A break begins after the last character before it and spares the first one after it.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'line-timing'],
      ics: ['breaks'],
      bugClasses: ['BC-16'],
      given: fc.tuple(fc.nat({ max: 40 }), fc.integer({ min: 2, max: 30 })),
      show: ([count, length]) => [
        `write ${count} bytes`,
        `break of ${length} character times`,
        'write 3',
      ],
      async check(scene, [count, length]) {
        const { port, peer } = await opened(scene);
        await port.write(pattern(count), SECOND);
        await port.sendBreak(length * CHARACTER_NS);
        await send(port, pattern(3));
        const heard = peer.heard.map((one) => (one.break ? 'break' : one.data));
        expect.equal(heard, [...pattern(count), 'break', ...pattern(3)], 'what the far end heard');
      },
    }),
    {
      id: 'event-waits',
      cite: contract('nextEvent'),
      text: 'A client that waits for an event is woken by it, or by its timeout.',
      level: 'shall',
      subject: 'driver',
      needs: ['serial-peer', 'line-breaks'],
      bugClasses: ['BC-10', 'BC-24'],
      async check(scene) {
        const { port, peer } = await opened(scene);
        const waiting = port.nextEvent(10 * SECOND);
        await scene.pass(CHARACTER_NS);
        peer.sendBreak(5 * CHARACTER_NS);
        expect.equal(await waiting, { kind: 'break' }, 'the event');
        expect.equal(await port.nextEvent(QUIET_NS), undefined, 'an event that never comes');
      },
    },
  ],
});
