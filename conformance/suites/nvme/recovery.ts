/** What a driver does when its controller answers late, wrongly, or not at all. */
import type { BlockDevice } from '../../../drivers-under-test/host/classes/block-device.ts';
import type { NvmeFault, NvmeFaultPlan } from '../../../sim/faults/nvme-plan.ts';
import { END, enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { bugClass, failure, places } from '../driver/attempt.ts';
import { TROUBLE, ends, expectWorks, readBlocks, running, writeBlocks } from './clients.ts';
import { Admin } from './commands.ts';
import { nvme, pattern } from './facts.ts';
import { Register } from './raw-host.ts';
import type { Traffic } from './traffic.ts';

/** Whichever queue a request goes to. */
const QUEUES = places(16);
/** I/O completions of a queue in these clauses, generously. */
const COMPLETIONS = 24;
/** Every request has ended by then, recovery and all. */
const ENDED_NS = 400e9;
const AT_ONCE = 24;
const SECOND = 1e9;

/** The same fault at the n-th completion of each I/O queue. */
function inEachQueue(fault: (queue: number) => NvmeFault): NvmeFaultPlan {
  return QUEUES.map(fault);
}

/** Requests at once, of blocks of their own; each ends once, as it may in trouble. */
async function several(scene: Scene, driver: BlockDevice, count = AT_ONCE): Promise<string[]> {
  const { blockBytes } = await driver.geometry(0);
  const began = scene.world.now;
  const codes = await Promise.all(
    places(count).map((at) =>
      ends(
        () =>
          at % 2 === 0
            ? readBlocks(scene, driver, at, blockBytes)
            : writeBlocks(scene, driver, at, pattern(blockBytes, at)),
        TROUBLE,
        `request ${at}`,
      ),
    ),
  );
  const took = scene.world.now - began;
  expect.that(
    took <= ENDED_NS,
    'the last request',
    `within ${ENDED_NS / 1e9} s`,
    `${took / 1e9} s`,
  );
  for (const at of places(count).filter(
    (each) => each % 2 === 1 && codes[each - 1] === 'success',
  )) {
    const seen = await readBlocks(scene, driver, at, blockBytes);
    expect.equal(seen, pattern(blockBytes, at), `block ${at}, whose write succeeded`);
  }
  return codes;
}

/** Resets of the controller that the driver did: CC.EN cleared while it was set. */
function resets(traffic: Traffic): number {
  let count = 0;
  let isEnabled = false;
  for (const { value } of traffic.to(Register.CC)) {
    const now = value % 2 === 1;
    if (isEnabled && !now) count++;
    isEnabled = now;
  }
  return count;
}

/** A fault at each completion of any I/O queue, until none is left. */
function atEach(
  id: string,
  text: string,
  fault: (queue: number, at: number) => NvmeFault,
  bugClasses: readonly string[],
  /** Answers that make no sense, which the driver counts. */
  strays = 0,
) {
  return enumerated({
    id,
    cite: nvme('Completion Queue Entry'),
    text,
    level: 'shall',
    subject: 'driver',
    needs: ['nvme-faults', 'virtual-time'],
    bugClasses,
    every: places(COMPLETIONS),
    async check(scene, at) {
      scene.misbehave(...inEachQueue((queue) => fault(queue, at)));
      const { driver } = await running(scene);
      await several(scene, driver);
      if (!scene.struck) return END;
      await expectWorks(scene, driver);
      if (strays === 0) return;
      const { strays: counted } = await driver.statistics();
      expect.that(counted >= strays, 'strays that are counted', `${strays} or more`, `${counted}`);
    },
  });
}

export const recovery = suite({
  id: 'nvme/recovery',
  for: { class: 'BlockDevice', device: 'nvme' },
  clauses: [
    {
      id: 'patient',
      cite: bugClass('BC-06'),
      text: 'A command that takes less than the driver says that it waits is neither aborted nor reset.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      ics: ['commandTimeoutNs'],
      bugClasses: ['BC-06'],
      async check(scene) {
        const ns = Number(scene.driver.ics['commandTimeoutNs']) * 0.9;
        scene.misbehave(...inEachQueue((queue) => ({ kind: 'late-completion', at: 1, queue, ns })));
        const { driver, traffic } = await running(scene);
        await expectWorks(scene, driver);
        expect.equal(traffic.admin(Admin.Abort).length, 0, 'Abort commands');
        expect.equal(resets(traffic), 0, 'resets');
        expect.equal((await driver.statistics()).timeouts, 0, 'timeouts that are counted');
      },
    },
    {
      id: 'gives-up',
      cite: bugClass('BC-05'),
      text: 'A command that is never answered is noticed soon after the time that the driver says.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      ics: ['commandTimeoutNs'],
      bugClasses: ['BC-05', 'BC-06'],
      async check(scene) {
        const timeoutNs = Number(scene.driver.ics['commandTimeoutNs']);
        scene.misbehave(...inEachQueue((queue) => ({ kind: 'hang', at: 1, queue })));
        const { driver, traffic } = await running(scene);
        const { blockBytes } = await driver.geometry(0);
        const began = scene.world.now;
        await failure(() => readBlocks(scene, driver, 3, blockBytes));
        const [abort] = traffic.admin(Admin.Abort);
        const cleared = traffic
          .to(Register.CC)
          .find(({ timeNs, value }) => timeNs > began && value % 2 === 0);
        const acted = Math.min(abort?.timeNs ?? Infinity, cleared?.timeNs ?? Infinity) - began;
        const inTime = acted >= timeoutNs * 0.9 && acted <= timeoutNs * 2 + SECOND;
        expect.that(inTime, 'the driver acts', `about ${timeoutNs / 1e9} s`, `${acted / 1e9} s`);
      },
    },
    {
      id: 'abort-names-its-command',
      cite: nvme('Abort command'),
      text: 'An Abort names queue and identifier of a command that waits, and not more than ACL + 1.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-02', 'BC-23'],
      async check(scene) {
        scene.misbehave(...inEachQueue((queue) => ({ kind: 'lost-completion', at: 1, queue })));
        const { driver, traffic } = await running(scene);
        await several(scene, driver, 8);
        for (const { dword10, order } of traffic.admin(Admin.Abort)) {
          const queue = dword10 % 0x1_0000;
          const id = Math.floor(dword10 / 0x1_0000);
          const isIt = (each: { readonly queue: number; readonly id: number }) =>
            each.queue === queue && each.id === id;
          const sent = traffic.commands.filter((each) => isIt(each) && each.order < order);
          const taken = traffic.completions.filter((each) => isIt(each) && each.order < order);
          expect.that(sent.length > taken.length, `command ${id} of queue ${queue} waits`);
        }
        await expectWorks(scene, driver);
      },
    },
    enumerated({
      id: 'changed-under-hand',
      cite: bugClass('BC-04'),
      text: 'What the controller wrote is taken from memory once.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-04'],
      every: places(COMPLETIONS),
      async check(scene, at) {
        scene.inject({ kind: 'changed-buffer', at, bits: 0x40 });
        const { driver } = await running(scene);
        await expectWorks(scene, driver);
        if (!scene.struck) return END;
      },
    }),
    enumerated({
      id: 'late',
      cite: bugClass('BC-13'),
      text: 'However late an answer comes, its request ends once, and no other one by it.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-06', 'BC-13', 'BC-14', 'BC-23'],
      every: [0.001, 0.1, 1, 4, 5, 6, 10, 11, 20, 29, 30, 31, 32, 59, 61, 90, 200],
      async check(scene, seconds) {
        const ns = seconds * SECOND;
        scene.misbehave(...inEachQueue((queue) => ({ kind: 'late-completion', at: 1, queue, ns })));
        const { driver } = await running(scene);
        await several(scene, driver);
        await scene.pass(ns);
        await several(scene, driver);
      },
    }),
    atEach(
      'lost',
      'Whichever answer is lost, every request ends once, and the driver goes on.',
      (queue, at) => ({ kind: 'lost-completion', at, queue }),
      ['BC-05', 'BC-13', 'BC-22'],
    ),
    atEach(
      'duplicate',
      'Whichever answer comes twice, every request ends once, and the driver goes on.',
      (queue, at) => ({ kind: 'duplicate-completion', at, queue }),
      ['BC-02', 'BC-13'],
    ),
    atEach(
      'unknown-identifier',
      'Whichever answer names no command, every request ends once, and the driver goes on.',
      (queue, at) => ({ kind: 'false-command-id', at, queue, id: 0xfffe }),
      ['BC-02', 'BC-13'],
      1,
    ),
    atEach(
      'false-identifier',
      'Whichever answer names another command, every request ends, and the driver goes on.',
      (queue, at) => ({ kind: 'false-command-id', at, queue, id: 0 }),
      ['BC-02', 'BC-13'],
    ),
    atEach(
      'false-head',
      'Whichever answer tells a submission queue head that cannot be, the driver goes on.',
      (queue, at) => ({ kind: 'false-queue-head', at, queue, head: 0xffff }),
      ['BC-02', 'BC-24'],
    ),
    atEach(
      'wrong-phase',
      'Whichever answer has the old phase tag, every request ends once, and the driver goes on.',
      (queue, at) => ({ kind: 'wrong-phase', at, queue }),
      ['BC-10', 'BC-13'],
    ),
    atEach(
      'reordered',
      'Whichever answers change places, every request ends once, with its own data.',
      (queue, at) => ({ kind: 'reordered-completion', at, queue, ns: 1e6 }),
      ['BC-13', 'BC-23'],
    ),
    atEach(
      'fatal',
      'Whenever the controller raises CSTS.CFS, it is reset, and every request ends once.',
      (queue, at) => ({ kind: 'fatal-status', at, queue }),
      ['BC-13', 'BC-22'],
    ),
    atEach(
      'hang',
      'Whenever the controller stops to answer, it is reset, and every request ends once.',
      (queue, at) => ({ kind: 'hang', at, queue }),
      ['BC-05', 'BC-13', 'BC-22', 'BC-24'],
    ),
    {
      id: 'reset-and-tell',
      cite: nvme('Controller Level Reset'),
      text: 'To recover, the driver clears CC.EN, waits for RDY, makes its queues again, and tells.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-22'],
      async check(scene) {
        scene.misbehave(...inEachQueue((queue) => ({ kind: 'fatal-status', at: 1, queue })));
        const { driver, traffic } = await running(scene);
        const queues = traffic.admin(Admin.CreateSq).length;
        const [event] = await Promise.all([driver.nextEvent(ENDED_NS), several(scene, driver)]);
        expect.equal(event?.kind, 'recovered', 'the event');
        expect.that(resets(traffic) >= 1, 'resets', '1 or more', '0');
        const again = traffic.admin(Admin.CreateSq).length;
        expect.that(again >= queues * 2, 'queues made again', `${queues * 2} or more`, `${again}`);
        expect.that(
          (await driver.statistics()).resets >= 1,
          'resets that are counted',
          '1 or more',
          '0',
        );
      },
    },
    {
      id: 'nothing-helps',
      cite: bugClass('BC-22'),
      text: 'When the reset does not help either, every request ends with an error, and Stop works.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-05', 'BC-13', 'BC-21', 'BC-24'],
      async check(scene) {
        const never = places(12).map((at) => ({ kind: 'late-ready', at: at + 1, ns: 0 }) as const);
        scene.misbehave(...inEachQueue((queue) => ({ kind: 'hang', at: 3, queue })), ...never);
        const { driver } = await running(scene);
        const { blockBytes } = await driver.geometry(0);
        const codes = await Promise.all(
          places(60).map((at) => failure(() => readBlocks(scene, driver, at, blockBytes))),
        );
        expect.that(
          codes.some((code) => code !== undefined),
          'requests that fail',
          'some',
          'none',
        );
        const late = await failure(() => readBlocks(scene, driver, 0, blockBytes));
        expect.that(late !== undefined, 'a later request', 'a failure', 'success');
        await scene.stop();
      },
    },
    {
      id: 'transient-then-well',
      cite: bugClass('BC-22'),
      text: 'After several recoveries one after the other the driver works as before.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-15', 'BC-22'],
      async check(scene) {
        const plan = QUEUES.flatMap((queue) =>
          [2, 9, 16].map((at) => ({ kind: 'fatal-status', at, queue }) as const),
        );
        scene.misbehave(...plan);
        const { driver } = await running(scene);
        for (let round = 0; round < 8; round++) await several(scene, driver);
        await expectWorks(scene, driver);
      },
    },
    {
      id: 'stop-while-hung',
      cite: bugClass('BC-19'),
      text: 'Stop with a controller that does not answer ends, and every request with it.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-05', 'BC-13', 'BC-19'],
      async check(scene) {
        scene.misbehave(...inEachQueue((queue) => ({ kind: 'hang', at: 1, queue })));
        const { driver } = await running(scene);
        const requests = several(scene, driver, 12).catch(() => []);
        await scene.pass(SECOND);
        const began = scene.world.now;
        await scene.stop();
        const took = scene.world.now - began;
        expect.that(took <= ENDED_NS, 'Stop', `within ${ENDED_NS / 1e9} s`, `${took / 1e9} s`);
        await requests;
      },
    },
  ],
});
