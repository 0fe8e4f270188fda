/** Asynchronous events of a controller, and aborts of commands that wait. */
import { suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { Admin } from './commands.ts';
import {
  Ctrl,
  Feature,
  Log,
  Status,
  controllerOf,
  enabled,
  expectStatus,
  logPage,
  nvme,
  setFeature,
} from './facts.ts';
import type { RawHost } from './raw-host.ts';
import type { Completion } from './raw-queue.ts';

const EVENTS = 'Asynchronous Event Request command';
const SOON_NS = 5e6;
const EVENT_NS = 1e9;
const KELVIN_MAX = 0xffff;
/** Of a health event: type 1; information 1 is the temperature. */
const TEMPERATURE = 0x0101;

/** A temperature event: the threshold falls from above the temperature to below it. */
function provoke(host: RawHost): void {
  setFeature(host, Feature.AsyncEvents, 0x02);
  setFeature(host, Feature.TemperatureThreshold, KELVIN_MAX);
  const done = setFeature(host, Feature.TemperatureThreshold, 0);
  expectStatus(done, Status.Success, 'Set Features, Temperature Threshold');
}

/** The completion of any request for events. */
function nextEvent(host: RawHost, ns = EVENT_NS): Completion | undefined {
  const { completions } = host.adminQueue;
  host.waitFor(() => host.strays.push(...host.take(completions)) > 0, ns);
  return host.strays.shift();
}

export const deviceEvents = suite({
  id: 'nvme/device-events',
  for: { device: 'nvme' },
  clauses: [
    {
      id: 'abort-nothing',
      cite: nvme('Abort command'),
      text: 'An abort of a command that is not there succeeds and says that nothing was aborted.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        host.createPair(1);
        const done = host.admin({ opcode: Admin.Abort, dword10: 1 + 0x1234 * 0x1_0000 });
        expectStatus(done, Status.Success, 'the abort');
        expect.equal(done.result % 2, 1, 'dword 0, not aborted');
      },
    },
    {
      id: 'abort-event-request',
      cite: nvme('Abort command'),
      text: 'An abort that says that it aborted ends the command with Command Abort Requested.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const waiting = host.submit(host.adminQueue, { opcode: Admin.AsyncEvent });
        const done = host.admin({ opcode: Admin.Abort, dword10: waiting * 0x1_0000 });
        expectStatus(done, Status.Success, 'the abort');
        const ended = host.completionOf(host.adminQueue, waiting, SOON_NS);
        if (done.result % 2 === 1) {
          expect.that(ended === undefined, 'a request that was not aborted still waits');
        } else {
          expect.equal(ended?.status, Status.AbortRequested, 'the status of the aborted request');
        }
      },
    },
    {
      id: 'event-limit',
      cite: nvme(EVENTS),
      text: 'AERL + 1 event requests wait; one more is refused, and those go on waiting.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const limit = controllerOf(host).getUint8(Ctrl.AsyncEventLimit) + 1;
        for (let n = 0; n < limit; n++) host.submit(host.adminQueue, { opcode: Admin.AsyncEvent });
        const refused = host.admin({ opcode: Admin.AsyncEvent });
        expectStatus(refused, Status.AsyncEventLimit, 'one request too many');
        expect.equal(host.strays.length, 0, 'requests that were answered');
      },
    },
    {
      id: 'temperature-event',
      cite: nvme(`${EVENTS}; Set Features command, Temperature Threshold`),
      text: 'A temperature above the threshold is an event of its kind that names its log page.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const request = host.submit(host.adminQueue, { opcode: Admin.AsyncEvent });
        provoke(host);
        const event = host.completionOf(host.adminQueue, request);
        expect.that(event !== undefined, 'an event', 'a completion', 'none');
        expect.equal((event?.result ?? 0) % 0x1_0000, TEMPERATURE, 'type and information');
        expect.equal(Math.floor((event?.result ?? 0) / 0x1_0000), Log.Health, 'the log page');
        const { view } = logPage(host, Log.Health, 512);
        expect.equal(Math.floor(view.getUint8(0) / 2) % 2, 1, 'critical warning, temperature');
      },
    },
    {
      id: 'event-mask',
      cite: nvme(`${EVENTS}; Get Log Page command, Retain Asynchronous Event`),
      text: 'An event comes once until its log page is read with RAE clear, and then again.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        for (let n = 0; n < 2; n++) host.submit(host.adminQueue, { opcode: Admin.AsyncEvent });
        provoke(host);
        expect.that(nextEvent(host) !== undefined, 'the first event', 'a completion', 'none');
        provoke(host);
        expect.equal(nextEvent(host, SOON_NS), undefined, 'an event that is masked');
        logPage(host, Log.Health, 512);
        provoke(host);
        expect.that(nextEvent(host) !== undefined, 'the event, cleared', 'a completion', 'none');
      },
    },
    {
      id: 'event-configuration',
      cite: nvme('Set Features command, Asynchronous Event Configuration'),
      text: 'An event whose notice is off does not come.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const request = host.submit(host.adminQueue, { opcode: Admin.AsyncEvent });
        expectStatus(setFeature(host, Feature.AsyncEvents, 0), Status.Success, 'Set Features');
        expectStatus(
          setFeature(host, Feature.TemperatureThreshold, 0),
          Status.Success,
          'threshold',
        );
        expect.equal(host.completionOf(host.adminQueue, request, SOON_NS), undefined, 'an event');
        const high = setFeature(host, Feature.TemperatureThreshold, KELVIN_MAX);
        expectStatus(high, Status.Success, 'the threshold as high as it goes');
      },
    },
  ],
});
