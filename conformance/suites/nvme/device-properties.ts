/** Registers of a controller, and what enabling it takes, without a driver. */
import fc from 'fast-check';
import { enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { createCq, createSq } from './commands.ts';
import { enabled, nvme } from './facts.ts';
import { CC_ENABLE, CSTS_READY, RawHost, Register } from './raw-host.ts';

const REGISTERS = 'Controller Registers';
/** What does not become ready soon is not waited for any longer. */
const NOT_READY_NS = 50e6;
const PAGE = 4096;
const page = fc.bigInt({ min: 0n, max: 2n ** 52n - 1n }).map((number) => number * 4096n);

export const deviceProperties = suite({
  id: 'nvme/device-properties',
  for: { device: 'nvme' },
  clauses: [
    {
      id: 'capabilities',
      cite: nvme('Controller Capabilities'),
      text: 'CAP promises two entries or more per queue, a page size range, and the NVM command set.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = new RawHost(scene.port);
        const low = host.read(Register.CAP);
        const high = host.read(Register.CAP + 4);
        expect.that(low % 0x1_0000 >= 1, 'CAP.MQES', '1 or more', '0');
        expect.that(Math.floor(low / 2 ** 24) >= 1, 'CAP.TO', '1 or more', '0');
        const smallest = Math.floor(high / 2 ** 16) % 16;
        const largest = Math.floor(high / 2 ** 20) % 16;
        expect.that(smallest <= largest, 'CAP.MPSMIN', `${largest} or less`, String(smallest));
        expect.equal(Math.floor(high / 32) % 2, 1, 'CAP.CSS, the NVM command set');
        expect.equal(Math.floor(low / 2 ** 19) % 32, 0, 'reserved bits 23:19 of CAP');
        expect.equal(Math.floor(high / 2 ** 27), 0, 'reserved bits 63:59 of CAP');
      },
    },
    {
      id: 'version',
      cite: nvme('Version'),
      text: 'VS names a version of NVM Express from 1.0 to 1.4, and no reserved byte.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const version = new RawHost(scene.port).read(Register.VS);
        expect.equal(Math.floor(version / 2 ** 16), 1, 'VS.MJR');
        expect.that(Math.floor(version / 256) % 256 <= 4, 'VS.MNR is 4 or less');
      },
    },
    {
      id: 'read-only',
      cite: nvme(REGISTERS),
      text: 'CAP, VS and CSTS take no writes.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = new RawHost(scene.port);
        for (const at of [Register.CAP, Register.CAP + 4, Register.VS, Register.CSTS]) {
          const before = host.read(at);
          // NSSRO is cleared by a one: only zeros are written to it.
          const value = at === Register.CSTS ? 0x0000_002f : 0xffff_ffff - before;
          host.write(at, value);
          expect.equal(host.read(at), before, `register 0x${at.toString(16)} after a write`);
        }
      },
    },
    {
      id: 'first-state',
      cite: nvme('Controller Configuration'),
      text: 'After power-on the controller is disabled, not ready, and its admin queues are unset.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = new RawHost(scene.port);
        for (const at of [Register.CC, Register.CSTS, Register.AQA, Register.INTMS]) {
          expect.equal(host.read(at), 0, `register 0x${at.toString(16)}`);
        }
        expect.equal(host.read64(Register.ASQ), 0n, 'ASQ');
        expect.equal(host.read64(Register.ACQ), 0n, 'ACQ');
      },
    },
    property({
      id: 'admin-queue-registers',
      cite: nvme('Admin Queue Attributes'),
      text: 'AQA, ASQ and ACQ keep sizes and addresses of pages.',
      level: 'shall',
      subject: 'device',
      given: fc.record({
        sizes: fc.tuple(fc.nat({ max: 0xfff }), fc.nat({ max: 0xfff })),
        submission: page,
        completion: page,
      }),
      check(scene, { sizes, submission, completion }) {
        const host = new RawHost(scene.port);
        const attributes = sizes[0] + sizes[1] * 0x1_0000;
        host.write(Register.AQA, attributes);
        host.write64(Register.ASQ, submission);
        host.write64(Register.ACQ, completion);
        expect.equal(host.read(Register.AQA), attributes, 'AQA');
        expect.equal(host.read64(Register.ASQ), submission, 'ASQ');
        expect.equal(host.read64(Register.ACQ), completion, 'ACQ');
      },
    }),
    property({
      id: 'interrupt-masks',
      cite: nvme('Interrupt Mask Set'),
      text: 'INTMS sets mask bits, INTMC clears them, zeros change nothing, and both read the mask.',
      level: 'shall',
      subject: 'device',
      given: fc.array(fc.record({ set: fc.boolean(), bits: fc.nat({ max: 0xffff_ffff }) }), {
        minLength: 1,
        maxLength: 6,
      }),
      check(scene, writes) {
        const host = new RawHost(scene.port);
        let mask = 0n;
        for (const { set, bits } of writes) {
          const wide = BigInt(bits);
          host.write(set ? Register.INTMS : Register.INTMC, bits);
          mask = set ? mask | wide : mask & ~wide;
          expect.equal(host.read(Register.INTMS), Number(mask), 'INTMS');
          expect.equal(host.read(Register.INTMC), Number(mask), 'INTMC');
        }
      },
    }),
    {
      id: 'enable',
      cite: nvme('Controller Status'),
      text: 'CSTS.RDY follows CC.EN within CAP.TO, both ways, and again.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = new RawHost(scene.port);
        for (let round = 0; round < 3; round++) {
          expect.that(host.enable(), 'CSTS.RDY within CAP.TO of CC.EN', '1', '0');
          expect.equal(host.isFatal, false, 'CSTS.CFS');
          expect.that(host.disable(), 'CSTS.RDY within CAP.TO of clearing CC.EN', '0', '1');
        }
      },
    },
    {
      id: 'ready-takes-time',
      cite: nvme('Controller Status'),
      text: 'CC reads back as written, and RDY is never set while EN is clear.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = new RawHost(scene.port);
        host.prepare();
        const configuration = host.configuration();
        host.write(Register.CC, configuration - CC_ENABLE);
        expect.equal(host.read(Register.CC), configuration - CC_ENABLE, 'CC, not enabled');
        host.pass(NOT_READY_NS);
        expect.equal(host.read(Register.CSTS) % 2, 0, 'CSTS.RDY without CC.EN');
        host.write(Register.CC, configuration);
        expect.equal(host.read(Register.CC), configuration, 'CC, enabled');
        expect.that(
          host.waitFor(() => host.read(Register.CSTS) % 2 === CSTS_READY, host.readyNs),
          'CSTS.RDY',
          '1',
          '0',
        );
      },
    },
    enumerated({
      id: 'bad-configuration',
      cite: nvme('Controller Configuration'),
      text: 'A configuration that CAP does not allow does not make the controller ready.',
      level: 'should',
      subject: 'device',
      every: ['page size', 'command set', 'admin queues of one entry'],
      async check(scene, what) {
        const host = new RawHost(scene.port);
        host.prepare(what === 'admin queues of one entry' ? { adminEntries: 1 } : {});
        const more = { 'page size': 8 * 2 ** 7, 'command set': 4 * 2 ** 4 }[what] ?? 0;
        host.write(Register.CC, host.configuration({ more }));
        host.pass(NOT_READY_NS);
        expect.equal(host.isReady, false, `CSTS.RDY with a bad ${what}`);
      },
    }),
    enumerated({
      id: 'entry-sizes',
      cite: nvme('Controller Configuration, I/O Submission Queue Entry Size'),
      text: 'With entries of a size that Identify does not list no I/O queue works.',
      level: 'should',
      subject: 'device',
      every: [8 * 2 ** 16, 8 * 2 ** 20],
      async check(scene, more) {
        const host = new RawHost(scene.port);
        // Entries of 2^(8 + 6) or 2^(8 + 4) bytes; one that does not start with them is right too.
        host.prepare();
        host.write(Register.CC, host.configuration({ more }));
        if (!host.waitFor(() => host.isReady, NOT_READY_NS)) return;
        const made = host.admin(
          createCq({ id: 1, entries: 4, address: host.memory(PAGE).address }),
        );
        const { address } = host.memory(PAGE);
        const fed = host.admin(createSq({ id: 1, entries: 4, address, completions: 1 }));
        expect.that(made.status + fed.status > 0, 'a refusal', 'of one of the queues', 'none');
      },
    }),
    {
      id: 'disable-forgets',
      cite: nvme('Controller Level Reset'),
      text: 'Clearing CC.EN keeps AQA, ASQ and ACQ, clears CC and CSTS, and deletes all I/O queues.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        host.createPair(1);
        const [attributes, asq, acq] = [
          host.read(Register.AQA),
          host.read64(Register.ASQ),
          host.read64(Register.ACQ),
        ];
        expect.that(host.disable(), 'CSTS.RDY goes');
        expect.equal(host.read(Register.AQA), attributes, 'AQA');
        expect.equal(host.read64(Register.ASQ), asq, 'ASQ');
        expect.equal(host.read64(Register.ACQ), acq, 'ACQ');
        expect.equal(host.read(Register.CC) % 2, 0, 'CC.EN');
        expect.that(host.enable(), 'CSTS.RDY comes again');
        // The same identifiers are free again.
        host.createPair(1);
      },
    },
    {
      id: 'doorbells-write-only',
      cite: nvme('Submission Queue y Tail Doorbell'),
      text: 'What a doorbell reads as is up to the vendor; reading one changes nothing.',
      level: 'should',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const queue = host.createPair(1);
        for (let at = 0; at < 16; at += 4) host.read(Register.DOORBELLS + at);
        expect.equal(host.io(queue, { opcode: 0, nsid: 1 }).status, 0, 'a flush after it');
        expect.equal(host.isFatal, false, 'CSTS.CFS');
      },
    },
  ],
});
