/** What every driver owes the system: start, stop, restart, sleep, and what happens around them. */
import fc from 'fast-check';
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../../drivers-under-test/host/io-service.ts';
import { enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { DRIVERKIT, HLK, bugClass, failure, places } from './attempt.ts';

const RESTARTS = 25;
const CLIENTS_MAX = 6;
/** Rounds of simple I/O in which a planned failure has time to strike. */
const ROUNDS = 6;

export const lifecycle = suite({
  id: 'driver/lifecycle',
  for: {},
  clauses: [
    {
      id: 'start-stop',
      cite: DRIVERKIT('IOService.iig, Start and Stop'),
      text: 'A driver that was started and stopped leaves nothing behind.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-15', 'BC-19', 'BC-21'],
      async check(scene) {
        await scene.start();
        await scene.stop();
        expect.equal(scene.host.outstanding(), [], 'resources after Stop');
      },
    },
    {
      id: 'simple-io',
      cite: HLK,
      text: 'A started driver does simple I/O.',
      level: 'shall',
      subject: 'driver',
      async check(scene) {
        await scene.start();
        await scene.simpleIO();
      },
    },
    {
      id: 'restart',
      cite: HLK,
      text: `A driver starts, works and stops ${RESTARTS} times with nothing left each time.`,
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-15', 'BC-19', 'BC-21'],
      async check(scene) {
        for (let round = 0; round < RESTARTS; round++) {
          await scene.start();
          await scene.simpleIO();
          await scene.stop();
          expect.equal(scene.host.outstanding(), [], `resources after Stop ${round + 1}`);
        }
      },
    },
    {
      id: 'stop-in-flight',
      cite: HLK,
      text: 'Stop during I/O ends the I/O exactly once, and then the driver touches nothing.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-13', 'BC-14', 'BC-19', 'BC-24'],
      async check(scene) {
        await scene.start();
        const inFlight = failure(() => scene.simpleIO());
        await scene.pass(50_000);
        await scene.stop();
        await inFlight;
        await scene.pass(1_000_000_000);
      },
    },
    {
      id: 'after-crash',
      cite: bugClass('BC-28'),
      text: 'A driver works on a device that another one left in mid-operation.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-10', 'BC-28'],
      async check(scene) {
        await scene.start();
        const lost = failure(() => scene.simpleIO());
        void lost.catch(() => {});
        await scene.pass(50_000);
        scene.crash();
        await scene.start();
        await scene.simpleIO();
      },
    },
    property({
      id: 'concurrent',
      cite: bugClass('BC-23'),
      text: 'Clients that work at the same time, in any order, get right results and all come back.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-13', 'BC-23', 'BC-24'],
      given: fc.integer({ min: 2, max: CLIENTS_MAX }),
      show: (clients) => [`${clients} clients at once`],
      async check(scene, clients) {
        await scene.start();
        await scene.simpleIO();
        await Promise.all(places(clients).map(() => scene.simpleIO()));
      },
    }),
    {
      id: 'sleep',
      cite: DRIVERKIT('IOService.iig, SetPowerState'),
      text: 'A driver works after system sleep as before it.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-20'],
      async check(scene) {
        await scene.start();
        await scene.simpleIO();
        await scene.power(kIOServicePowerCapabilityOff);
        await scene.pass(1_000_000_000);
        await scene.power(kIOServicePowerCapabilityOn);
        await scene.simpleIO();
      },
    },
    {
      id: 'sleep-loses-state',
      cite: HLK,
      text: 'A driver works after a sleep in which the device lost its state.',
      level: 'shall',
      subject: 'driver',
      needs: ['device-reset'],
      bugClasses: ['BC-20', 'BC-28'],
      async check(scene) {
        await scene.start();
        await scene.power(kIOServicePowerCapabilityOff);
        scene.resetDevice();
        await scene.power(kIOServicePowerCapabilityOn);
        await scene.simpleIO();
      },
    },
    {
      id: 'sleep-in-flight',
      cite: HLK,
      text: 'I/O during which the system goes to sleep ends; after waking the driver works.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-13', 'BC-20'],
      async check(scene) {
        await scene.start();
        const inFlight = failure(() => scene.simpleIO());
        await scene.pass(50_000);
        await scene.power(kIOServicePowerCapabilityOff);
        await inFlight;
        await scene.power(kIOServicePowerCapabilityOn);
        await scene.simpleIO();
      },
    },
    {
      id: 'asleep',
      cite: bugClass('BC-20'),
      text: 'While it sleeps a driver fails I/O at once and leaves the device alone.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-20'],
      async check(scene) {
        await scene.start();
        await scene.power(kIOServicePowerCapabilityOff);
        const before = scene.accesses;
        const code = await failure(() => scene.simpleIO());
        expect.that(code !== undefined, 'I/O while asleep', 'a failure', 'success');
        expect.equal(scene.accesses - before, 0, 'accesses while asleep');
        await scene.power(kIOServicePowerCapabilityOn);
      },
    },
    enumerated({
      id: 'failed-allocation',
      cite: bugClass('BC-21'),
      text: 'Wherever memory runs out, the driver gives back what it took, and works afterwards.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-15', 'BC-21'],
      every: places(12).flatMap((at) => [
        { kind: 'failed-allocation', at } as const,
        { kind: 'failed-mapping', at } as const,
      ]),
      async check(scene, fault) {
        scene.inject(fault);
        if ((await failure(() => scene.start())) === undefined) {
          for (let round = 0; round < ROUNDS && !scene.struck; round++) {
            await failure(() => scene.simpleIO());
          }
          await scene.simpleIO();
        }
        await scene.stop();
        expect.equal(scene.host.outstanding(), [], 'resources after Stop');
      },
    }),
  ],
});
