/** How a driver brings its controller up: the order of things, and what it must wait for. */
import { enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { bugClass, failure } from '../driver/attempt.ts';
import { expectWorks, running } from './clients.ts';
import { Admin } from './commands.ts';
import { Cns, Feature, nvme } from './facts.ts';
import { RawHost, Register, unseen } from './raw-host.ts';
import type { Traffic, Written } from './traffic.ts';

const INITIALISATION = 'Controller Initialization';
const HALF_SECOND_NS = 500e6;
/** After CAP.TO a driver may try once more, and then it has given up. */
const GIVES_UP_NS = 120e9;
const PCI_COMMAND = 0x04;
const MEMORY_SPACE = 0x2;
const SQ_ENTRY = 6;
const CQ_ENTRY = 4;

interface Capabilities {
  readonly entriesMax: number;
  readonly readyNs: number;
  readonly pageMin: number;
  readonly pageMax: number;
}

/** Read where no journal sees it. */
function capabilitiesOf(scene: Scene): Capabilities {
  const pci = scene.function;
  const low = pci.read(0, Register.CAP, 4);
  const high = pci.read(0, Register.CAPS, 4);
  return {
    entriesMax: (low % 0x1_0000) + 1,
    readyNs: Math.floor(low / 2 ** 24) * HALF_SECOND_NS,
    pageMin: Math.floor(high / 2 ** 16) % 16,
    pageMax: Math.floor(high / 2 ** 20) % 16,
  };
}

/** The write that enabled the controller. */
function enabling(traffic: Traffic): Written {
  const found = traffic.to(Register.CC).find(({ value }) => value % 2 === 1);
  expect.that(found !== undefined, 'CC.EN is set');
  return found as Written;
}

const field = (value: number, lsb: number, width: number): number =>
  Math.floor(value / 2 ** lsb) % 2 ** width;

export const initialisation = suite({
  id: 'nvme/initialisation',
  for: { class: 'BlockDevice', device: 'nvme' },
  clauses: [
    {
      id: 'admin-queues-first',
      cite: nvme(INITIALISATION),
      text: 'AQA, ASQ and ACQ are written while the controller is disabled, before CC.EN is set.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-16', 'BC-21'],
      async check(scene) {
        const { traffic } = await running(scene);
        const enable = enabling(traffic);
        for (const offset of [Register.AQA, Register.ASQ, Register.ACQ]) {
          const written = traffic.to(offset);
          const name = `register 0x${offset.toString(16)}`;
          expect.that(written.length > 0, `${name} is written`);
          const late = written.filter(({ order }) => order > enable.order);
          expect.equal(late.length, 0, `writes of ${name} after CC.EN`);
        }
        const [size = 0] = traffic.to(Register.AQA).map(({ value }) => value);
        expect.that(
          field(size, 0, 12) >= 1 && field(size, 16, 12) >= 1,
          'admin queues of two or more',
        );
        expect.equal(
          traffic.to(Register.ASQ).map(({ value }) => value % 4096),
          [0],
          'ASQ in its page',
        );
        expect.equal(
          traffic.to(Register.ACQ).map(({ value }) => value % 4096),
          [0],
          'ACQ in its page',
        );
      },
    },
    {
      id: 'waits-for-disabled',
      cite: nvme(INITIALISATION),
      text: 'CSTS.RDY is seen clear before the controller is enabled.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-28'],
      async check(scene) {
        const { traffic } = await running(scene);
        const enable = enabling(traffic);
        const seen = traffic.statuses.filter(({ order }) => order < enable.order).at(-1);
        expect.equal(seen === undefined ? 'not read' : seen.value % 2, 0, 'CSTS.RDY before CC.EN');
      },
    },
    {
      id: 'waits-for-ready',
      cite: nvme(INITIALISATION),
      text: 'No doorbell is written before CSTS.RDY is seen set.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-16'],
      async check(scene) {
        const { traffic } = await running(scene);
        const enable = enabling(traffic);
        const ready = traffic.statuses.find(
          ({ order, value }) => order > enable.order && value % 2 === 1,
        );
        expect.that(ready !== undefined, 'CSTS.RDY is seen set');
        const early = traffic.rings.filter(({ order }) => order < (ready?.order ?? Infinity));
        expect.equal(early.length, 0, 'doorbells before that');
      },
    },
    {
      id: 'configuration',
      cite: nvme('Controller Configuration'),
      text: 'CC asks for what CAP offers: page size, command set, arbitration, entry sizes.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-18'],
      async check(scene) {
        const { traffic } = await running(scene);
        const { pageMin, pageMax } = capabilitiesOf(scene);
        const { value } = enabling(traffic);
        const page = field(value, 7, 4);
        expect.that(
          page >= pageMin && page <= pageMax,
          'CC.MPS',
          `${pageMin} to ${pageMax}`,
          `${page}`,
        );
        expect.equal(field(value, 4, 3), 0, 'CC.CSS, the NVM command set');
        expect.that(field(value, 11, 3) <= 1, 'CC.AMS', '0 or 1', String(field(value, 11, 3)));
        expect.equal(field(value, 14, 2), 0, 'CC.SHN');
        const latest = traffic.to(Register.CC).at(-1)?.value ?? 0;
        expect.equal(
          [field(latest, 16, 4), field(latest, 20, 4)],
          [SQ_ENTRY, CQ_ENTRY],
          'entry sizes',
        );
      },
    },
    {
      id: 'identifies-first',
      cite: nvme(INITIALISATION),
      text: 'Identify Controller comes before any I/O queue, and each namespace before its first use.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-03'],
      async check(scene) {
        const { traffic, driver } = await running(scene);
        await expectWorks(scene, driver);
        const structures = traffic.admin(Admin.Identify);
        const controller = structures.find(({ dword10 }) => dword10 % 256 === Cns.Controller);
        const [queue] = traffic.admin(Admin.CreateCq);
        expect.that(
          (controller?.order ?? Infinity) < (queue?.order ?? 0),
          'Identify before queues',
        );
        const namespaces = structures.filter(({ dword10 }) => dword10 % 256 === Cns.Namespace);
        for (const { nsid, order } of traffic.commands.filter((each) => each.queue > 0)) {
          const known = namespaces.find((each) => each.nsid === nsid);
          expect.that(
            (known?.order ?? Infinity) < order,
            `Identify of namespace ${nsid} before use`,
          );
        }
      },
    },
    {
      id: 'queue-count',
      cite: nvme('Set Features command, Number of Queues'),
      text: 'The number of queues is asked for once, before the first of them, and not exceeded.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-02'],
      async check(scene) {
        const { traffic } = await running(scene);
        const asked = traffic
          .admin(Admin.SetFeatures)
          .filter(({ dword10 }) => dword10 % 256 === Feature.QueueCount);
        expect.equal(asked.length, 1, 'Set Features, Number of Queues');
        const made = traffic.admin(Admin.CreateSq);
        expect.that(made.length > 0, 'I/O submission queues', '1 or more', '0');
        const wanted = (asked[0]?.dword11 ?? 0) % 0x1_0000;
        for (const { dword10, order } of made) {
          expect.that(order > (asked[0]?.order ?? Infinity), 'queues after the feature');
          expect.that(dword10 % 0x1_0000 <= wanted + 1, 'queue identifiers within what was asked');
        }
      },
    },
    {
      id: 'queue-order',
      cite: nvme('Create I/O Submission Queue command'),
      text: 'A completion queue is made, and its answer taken, before a submission queue names it.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-16'],
      async check(scene) {
        const { traffic } = await running(scene);
        const { entriesMax } = capabilitiesOf(scene);
        const made = traffic.admin(Admin.CreateCq);
        for (const sq of traffic.admin(Admin.CreateSq)) {
          const named = Math.floor(sq.dword11 / 0x1_0000);
          const cq = made.find(({ dword10 }) => dword10 % 0x1_0000 === named);
          expect.that(cq !== undefined && cq.order < sq.order, `CQ ${named} is made before its SQ`);
          const answer = traffic.completions.find(
            ({ id, order, queue }) => queue === 0 && id === cq?.id && order > (cq?.order ?? 0),
          );
          expect.that(
            (answer?.order ?? Infinity) < sq.order,
            `the answer for CQ ${named} was taken`,
          );
        }
        for (const { dword10, dword11, prp1 } of [...made, ...traffic.admin(Admin.CreateSq)]) {
          const entries = Math.floor(dword10 / 0x1_0000) + 1;
          expect.that(
            entries >= 2 && entries <= entriesMax,
            'entries',
            `2 to ${entriesMax}`,
            `${entries}`,
          );
          expect.equal(dword11 % 2, 1, 'PC, physically contiguous');
          expect.equal(prp1 % 4096, 0, 'the place of the queue in its page');
        }
      },
    },
    {
      id: 'no-masks-with-messages',
      cite: nvme('Interrupt Mask Set'),
      text: 'With MSI-X the mask registers of INTx are left alone.',
      level: 'shall',
      subject: 'driver',
      needs: ['msix'],
      bugClasses: ['BC-18'],
      async check(scene) {
        const { traffic, driver } = await running(scene);
        await expectWorks(scene, driver);
        const masks = [...traffic.to(Register.INTMS), ...traffic.to(Register.INTMC)];
        expect.equal(masks.length, 0, 'writes of INTMS and INTMC');
      },
    },
    enumerated({
      id: 'takes-over',
      cite: bugClass('BC-28'),
      text: 'A controller that another driver left enabled, fed or shut down is brought up all the same.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-28'],
      every: ['enabled', 'with queues', 'shut down', 'with a command in flight'],
      async check(scene, how) {
        const host = new RawHost(unseen(scene));
        expect.that(host.enable(), 'CSTS.RDY');
        if (how === 'with queues') host.createPair(1);
        if (how === 'with a command in flight')
          host.submit(host.createPair(1), { opcode: 0, nsid: 1 });
        if (how === 'shut down') host.shutdown();
        // The dead driver's memory is nobody's: the system has taken it back.
        scene.crash();
        const { driver } = await running(scene);
        await expectWorks(scene, driver);
      },
    }),
    enumerated({
      id: 'slow-ready',
      cite: nvme('Controller Capabilities, Timeout'),
      text: 'A controller that takes almost all of CAP.TO to become ready is waited for.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-06'],
      every: [1, 2],
      async check(scene, at) {
        const ns = capabilitiesBefore(scene).readyNs * 0.9;
        scene.misbehave({ kind: 'late-ready', at, ns });
        const { driver } = await running(scene);
        await expectWorks(scene, driver);
      },
    }),
    {
      id: 'never-ready',
      cite: nvme('Controller Capabilities, Timeout'),
      text: 'A controller that never becomes ready is given up, but not before CAP.TO has passed.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-05', 'BC-06', 'BC-21'],
      async check(scene) {
        const { readyNs } = capabilitiesBefore(scene);
        scene.misbehave(
          ...[1, 2, 3, 4, 5, 6].map((at) => ({ kind: 'late-ready', at, ns: 0 }) as const),
        );
        const began = scene.world.now;
        const code = await failure(() => scene.start());
        const took = scene.world.now - began;
        expect.that(code !== undefined, 'Start', 'a failure', 'success');
        const inTime = took >= readyNs && took <= GIVES_UP_NS;
        expect.that(inTime, 'the wait', `${readyNs / 1e9} s to 120 s`, `${took / 1e9} s`);
      },
    },
    {
      id: 'fatal-at-start',
      cite: nvme('Controller Status, Controller Fatal Status'),
      text: 'A controller with CSTS.CFS set is not waited for until the end of time, nor used.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'virtual-time'],
      bugClasses: ['BC-05', 'BC-21'],
      async check(scene) {
        const place = { bar: 0, offset: Register.CSTS, at: 1 };
        scene.inject({ kind: 'stuck-bits', ...place, mask: 0x2, value: 0x2 });
        const began = scene.world.now;
        const code = await failure(() => scene.start());
        expect.that(code !== undefined, 'Start', 'a failure', 'success');
        expect.that(scene.world.now - began <= GIVES_UP_NS, 'Start ends within 120 s');
      },
    },
    enumerated({
      id: 'odd-capabilities',
      cite: nvme('Controller Capabilities'),
      text: 'A controller whose CAP a driver cannot do with is refused, and left alone.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'virtual-time'],
      bugClasses: ['BC-02', 'BC-03', 'BC-21'],
      every: [
        { what: 'queues of one entry', offset: 0, mask: 0xffff, value: 0 },
        { what: 'no NVM command set', offset: 4, mask: 0x1fe0, value: 0 },
        { what: 'pages of 2^27 bytes at the least', offset: 4, mask: 0xff_0000, value: 0xff_0000 },
        { what: 'doorbells beyond the BAR', offset: 4, mask: 0xf, value: 0xf },
        { what: 'all ones', offset: 0, mask: 0xffff_ffff, value: 0xffff_ffff },
      ],
      async check(scene, { what, offset, mask, value }) {
        const place = { bar: 0, offset: Register.CAP + offset, at: 1 };
        scene.inject({ kind: 'stuck-bits', ...place, mask, value });
        if (what === 'all ones') {
          scene.inject({ kind: 'stuck-bits', bar: 0, offset: Register.CAPS, at: 1, mask, value });
        }
        const code = await failure(() => scene.start());
        if (code !== undefined) return;
        // Who does without: it must really work.
        await scene.stop();
        expect.equal(what, 'doorbells beyond the BAR', 'a CAP that Start takes');
      },
    }),
  ],
});

/** Of the device itself: faults may still be planned. */
function capabilitiesBefore(scene: Scene): Capabilities {
  const pci = scene.hardware.function;
  pci.configWrite(PCI_COMMAND, 2, MEMORY_SPACE);
  const low = pci.read(0, Register.CAP, 4);
  pci.configWrite(PCI_COMMAND, 2, 0);
  return { ...NO_CAPABILITIES, readyNs: Math.floor(low / 2 ** 24) * HALF_SECOND_NS };
}
const NO_CAPABILITIES = { entriesMax: 0, readyNs: 0, pageMin: 0, pageMax: 0 };
