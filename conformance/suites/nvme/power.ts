/** How a driver lets go of its controller: shutdown, sleep, wake, Stop. */
import { enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../../drivers-under-test/host/io-service.ts';
import { bugClass, places } from '../driver/attempt.ts';
import { TROUBLE, ends, expectWorks, readBlocks, running, writeBlocks } from './clients.ts';
import { Admin } from './commands.ts';
import { nvme, pattern } from './facts.ts';
import { Register } from './raw-host.ts';
import type { Traffic, Written } from './traffic.ts';

const SHUTDOWN = 'Controller Shutdown';
const notification = (value: number): number => Math.floor(value / 2 ** 14) % 4;
const status = (value: number): number => Math.floor(value / 4) % 4;

/** The write that notifies the controller of a normal shutdown. */
function notified(traffic: Traffic): Written | undefined {
  return traffic.to(Register.CC).find(({ value }) => notification(value) === 1);
}

function expectShutdown(traffic: Traffic, when: string): void {
  const shn = notified(traffic);
  expect.that(shn !== undefined, `CC.SHN ${when}`, 'normal shutdown', 'none');
  expect.equal((shn?.value ?? 0) % 2, 1, 'CC.EN with it');
  const complete = traffic.statuses.find(
    ({ order, value }) => order > (shn?.order ?? Infinity) && status(value) === 2,
  );
  expect.that(complete !== undefined, 'CSTS.SHST', 'seen complete', 'not waited for');
  const later = traffic.rings.filter(({ order }) => order > (shn?.order ?? Infinity));
  expect.equal(later.length, 0, 'doorbells after the notification');
}

/** Queues that were made are deleted again, each submission queue before its completion queue. */
function expectDeleted(traffic: Traffic): void {
  const made = traffic.admin(Admin.CreateSq).map(({ dword10, dword11 }) => ({
    sq: dword10 % 0x1_0000,
    cq: Math.floor(dword11 / 0x1_0000),
  }));
  expect.that(made.length > 0, 'I/O queues', '1 or more', '0');
  const placeOf = (opcode: number, id: number) =>
    traffic.admin(opcode).find(({ dword10 }) => dword10 % 0x1_0000 === id)?.order;
  for (const { sq, cq } of made) {
    const [first, second] = [placeOf(Admin.DeleteSq, sq), placeOf(Admin.DeleteCq, cq)];
    expect.that(first !== undefined && second !== undefined, `queues ${sq} and ${cq} are deleted`);
    expect.that((first ?? 0) < (second ?? 0), `SQ ${sq} is deleted before CQ ${cq}`);
  }
}

async function sleep(scene: Scene): Promise<void> {
  await scene.power(kIOServicePowerCapabilityOff);
}

async function wake(scene: Scene): Promise<void> {
  await scene.power(kIOServicePowerCapabilityOn);
}

export const power = suite({
  id: 'nvme/power',
  for: { class: 'BlockDevice', device: 'nvme' },
  clauses: [
    {
      id: 'stop-shuts-down',
      cite: nvme(SHUTDOWN),
      text: 'Stop notifies the controller of a normal shutdown, and waits until it is complete.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-19', 'BC-20'],
      async check(scene) {
        const { traffic, driver } = await running(scene);
        await expectWorks(scene, driver);
        await scene.stop();
        expectShutdown(traffic, 'in Stop');
      },
    },
    {
      id: 'stop-deletes-queues',
      cite: nvme(SHUTDOWN),
      text: 'Stop deletes the I/O queues before the shutdown, submission queues first.',
      level: 'should',
      subject: 'driver',
      bugClasses: ['BC-19'],
      async check(scene) {
        const { traffic } = await running(scene);
        await scene.stop();
        expectDeleted(traffic);
      },
    },
    {
      id: 'sleep-shuts-down',
      cite: nvme(SHUTDOWN),
      text: 'Before its power goes the controller is shut down, and that is waited for.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-20'],
      async check(scene) {
        const { traffic, driver } = await running(scene);
        await expectWorks(scene, driver);
        await sleep(scene);
        expectShutdown(traffic, 'before sleep');
        await wake(scene);
      },
    },
    {
      id: 'sleep-deletes-queues',
      cite: nvme(SHUTDOWN),
      text: 'Before sleep the I/O queues are deleted, submission queues first.',
      level: 'should',
      subject: 'driver',
      bugClasses: ['BC-19', 'BC-20'],
      async check(scene) {
        const { traffic } = await running(scene);
        await sleep(scene);
        expectDeleted(traffic);
        await wake(scene);
      },
    },
    enumerated({
      id: 'wake',
      cite: nvme('Controller Initialization'),
      text: 'On waking the controller is initialised as in the beginning, and the data are there.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-20', 'BC-28'],
      every: [1, 3],
      async check(scene, times) {
        const { traffic, driver } = await running(scene);
        const { blockBytes } = await driver.geometry(0);
        const bytes = pattern(blockBytes, 4);
        await writeBlocks(scene, driver, 9, bytes);
        for (let round = 0; round < times; round++) {
          await sleep(scene);
          await scene.pass(1e9);
          traffic.clear();
          await wake(scene);
          for (const offset of [Register.AQA, Register.ASQ, Register.ACQ]) {
            expect.that(
              traffic.to(offset).length > 0,
              `register 0x${offset.toString(16)} is written`,
            );
          }
          expect.that(traffic.admin(Admin.CreateSq).length > 0, 'I/O queues are made again');
          expect.equal(await readBlocks(scene, driver, 9, blockBytes), bytes, 'what was written');
        }
      },
    }),
    {
      id: 'wake-interrupts',
      cite: bugClass('BC-20'),
      text: 'After waking the driver works with interrupts again.',
      level: 'shall',
      subject: 'driver',
      ics: ['interrupts'],
      bugClasses: ['BC-10', 'BC-20'],
      async check(scene) {
        const { driver } = await running(scene);
        await sleep(scene);
        await wake(scene);
        let handled = 0;
        scene.world.journal.observe(EventKind.InterruptHandled, () => handled++);
        await expectWorks(scene, driver);
        expect.that(handled > 0, 'interrupts that are handled after waking', '1 or more', '0');
      },
    },
    {
      id: 'asleep-untouched',
      cite: nvme(SHUTDOWN),
      text: 'Between shutdown and waking no register of the controller is touched.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-20'],
      async check(scene) {
        const { traffic, driver } = await running(scene);
        const { blockBytes } = await driver.geometry(0);
        await sleep(scene);
        traffic.clear();
        const before = scene.accesses;
        await ends(() => readBlocks(scene, driver, 0, blockBytes), TROUBLE, 'a read in sleep');
        await scene.pass(60e9);
        expect.equal(scene.accesses - before, 0, 'accesses in sleep');
        await wake(scene);
        await expectWorks(scene, driver);
      },
    },
    {
      id: 'sleep-with-requests',
      cite: nvme(SHUTDOWN),
      text: 'Requests in flight end before the shutdown is notified; none gets lost in sleep.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-13', 'BC-20', 'BC-23'],
      async check(scene) {
        const { traffic, driver } = await running(scene);
        const { blockBytes } = await driver.geometry(0);
        const requests = places(16).map((at) =>
          ends(
            () => writeBlocks(scene, driver, at, pattern(blockBytes, at)),
            TROUBLE,
            `request ${at}`,
          ),
        );
        await sleep(scene);
        const shn = notified(traffic);
        expect.that(shn !== undefined, 'CC.SHN before sleep', 'normal shutdown', 'none');
        await wake(scene);
        const codes = await Promise.all(requests);
        for (const at of places(16).filter((each) => codes[each - 1] === 'success')) {
          const seen = await readBlocks(scene, driver, at, blockBytes);
          expect.equal(seen, pattern(blockBytes, at), `block ${at}`);
        }
      },
    },
    {
      id: 'stop-quiets',
      cite: nvme('Controller Level Reset'),
      text: 'After Stop the controller neither interrupts nor touches memory.',
      level: 'shall',
      subject: 'driver',
      needs: ['dma-observation'],
      bugClasses: ['BC-14', 'BC-19'],
      async check(scene) {
        const { driver } = await running(scene);
        await expectWorks(scene, driver);
        await scene.stop();
        let events = 0;
        for (const kind of [
          EventKind.DmaRead,
          EventKind.DmaWrite,
          EventKind.DmaFault,
          EventKind.Interrupt,
        ]) {
          scene.world.journal.observe(kind, () => events++);
        }
        await scene.pass(60e9);
        expect.equal(events, 0, 'transfers and interrupts after Stop');
      },
    },
    {
      id: 'restart',
      cite: nvme('Controller Shutdown'),
      text: 'A driver starts on a controller that another one shut down, and the data are there.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-19', 'BC-28'],
      async check(scene) {
        const { driver } = await running(scene);
        const { blockBytes } = await driver.geometry(0);
        const bytes = pattern(blockBytes, 8);
        await writeBlocks(scene, driver, 1, bytes);
        for (let round = 0; round < 3; round++) {
          await scene.stop();
          await scene.start();
          const seen = await readBlocks(scene, scene.client(), 1, blockBytes);
          expect.equal(seen, bytes, 'what was written before');
        }
      },
    },
  ],
});
