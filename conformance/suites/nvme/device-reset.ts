/** Reset, shutdown and power of a controller, and what changes its namespaces and firmware. */
import { enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { expectRead, read, write } from './block-io.ts';
import { Admin, Io, pair } from './commands.ts';
import {
  ALL_NAMESPACES,
  Ctrl,
  Feature,
  Log,
  Oacs,
  Status,
  claims,
  controllerOf,
  enabled,
  expectStatus,
  getFeature,
  logPage,
  namespaceOf,
  nvme,
  pattern,
  setFeature,
  withQueue,
} from './facts.ts';
import { CSTS_READY, RawHost, Register, SHUTDOWN_COMPLETE, Shutdown } from './raw-host.ts';

const RESET = 'Controller Level Reset';
const NSSR_VALUE = 0x4e56_4d65;
const QUIET_NS = 5e6;
const SELF_TEST = { short: 1, abort: 15 } as const;

export const deviceReset = suite({
  id: 'nvme/device-reset',
  for: { device: 'nvme' },
  clauses: [
    {
      id: 'commands-end',
      cite: nvme(RESET),
      text: 'After CC.EN was cleared no completion comes any more, and no interrupt.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const queue = host.createPair(1, { vector: 0 });
        host.submit(queue, { opcode: Io.Flush, nsid: 1 });
        host.pass(QUIET_NS);
        expect.equal(host.level, true, 'the line while a completion waits');
        for (let n = 0; n < 8; n++) host.push(queue, { opcode: Io.Flush, nsid: 1 });
        queue.ring();
        host.submit(host.adminQueue, { opcode: Admin.GetFeatures, dword10: Feature.Arbitration });
        expect.that(host.disable(), 'CSTS.RDY goes');
        // What came before the reset is still there.
        while (queue.completions.poll());
        host.pass(QUIET_NS);
        expect.equal(queue.completions.poll(), false, 'a completion after the reset');
        expect.equal(host.level, false, 'the line after the reset');
        expect.that(host.enable(), 'CSTS.RDY');
        const again = host.createPair(1);
        host.pass(QUIET_NS);
        expect.equal(again.completions.poll(), false, 'a completion of a command of before');
        expect.equal(host.strays.length, 0, 'answers to admin commands of before');
      },
    },
    {
      id: 'events-end',
      cite: nvme(`${RESET}; Asynchronous Event Request command`),
      text: 'A reset drops the requests for events: as many can be made again.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const limit = controllerOf(host).getUint8(Ctrl.AsyncEventLimit) + 1;
        for (let round = 0; round < 2; round++) {
          for (let n = 0; n < limit; n++)
            host.submit(host.adminQueue, { opcode: Admin.AsyncEvent });
          expectStatus(getFeature(host, Feature.Arbitration), Status.Success, 'another command');
          expect.equal(host.strays.length, 0, 'requests that were answered');
          expect.that(host.enable(), 'CSTS.RDY');
        }
      },
    },
    {
      id: 'data-stay',
      cite: nvme(RESET),
      text: 'A reset of the controller loses no data, in its cache neither.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pair1 = withQueue(scene);
        write(pair1, 1, 0, pattern(4096));
        expect.that(pair1.host.enable(), 'CSTS.RDY');
        const again = { host: pair1.host, queue: pair1.host.createPair(1) };
        expectRead(again, 1, 0, pattern(4096), 'what was written before');
      },
    },
    {
      id: 'function-reset',
      cite: nvme(RESET),
      text: 'A function level reset disables the controller, clears its registers, and loses no data.',
      level: 'shall',
      subject: 'device',
      needs: ['function-reset'],
      check(scene) {
        const pair1 = withQueue(scene);
        write(pair1, 1, 0, pattern(4096));
        expect.that(scene.function.reset('function'), 'the function level reset is done');
        const host = new RawHost(scene.port);
        for (const at of [Register.CC, Register.AQA, Register.ASQ, Register.ACQ]) {
          expect.equal(host.read(at), 0, `register 0x${at.toString(16)}`);
        }
        expect.equal(host.read(Register.CSTS) % 2, 0, 'CSTS.RDY');
        expect.that(host.enable(), 'CSTS.RDY');
        expectRead({ host, queue: host.createPair(1) }, 1, 0, pattern(4096), 'the data');
      },
    },
    {
      id: 'subsystem-reset',
      cite: nvme('NVM Subsystem Reset'),
      text: 'Where CAP.NSSRS claims it, the value NVMe in NSSR resets, and CSTS.NSSRO tells.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const isClaimed = Math.floor(host.read(Register.CAPS) / 16) % 2 === 1;
        if (!isClaimed) return;
        host.write(Register.NSSR, NSSR_VALUE - 1);
        expect.equal(host.isReady, true, 'CSTS.RDY after another value');
        host.write(Register.NSSR, NSSR_VALUE);
        host.pass(QUIET_NS);
        const after = new RawHost(scene.port);
        expect.equal(after.read(Register.CC) % 2, 0, 'CC.EN');
        const status = after.read(Register.CSTS);
        expect.equal([status % 2, Math.floor(status / 16) % 2], [0, 1], 'CSTS.RDY and CSTS.NSSRO');
        after.write(Register.CSTS, 16);
        expect.equal(Math.floor(after.read(Register.CSTS) / 16) % 2, 0, 'NSSRO, cleared by a one');
        expect.that(after.enable(), 'CSTS.RDY');
      },
    },
    enumerated({
      id: 'shutdown',
      cite: nvme('Controller Shutdown'),
      text: 'A shutdown ends with CSTS.SHST complete; a reset then brings the controller back.',
      level: 'shall',
      subject: 'device',
      every: ['normal', 'abrupt'] as const,
      async check(scene, kind) {
        const pair1 = withQueue(scene);
        const { host } = pair1;
        write(pair1, 1, 0, pattern(4096));
        expect.equal(host.shutdownStatus, 0, 'CSTS.SHST before');
        expect.that(host.shutdown(kind), 'CSTS.SHST', 'complete', String(host.shutdownStatus));
        expect.equal(host.read(Register.CSTS) % 2, CSTS_READY, 'CSTS.RDY');
        expect.that(host.disable(), 'CSTS.RDY goes');
        expect.equal(host.shutdownStatus, 0, 'CSTS.SHST after the reset');
        expect.that(host.enable(), 'CSTS.RDY');
        const again = { host, queue: host.createPair(1) };
        expectRead(again, 1, 0, pattern(4096), 'what was written before');
      },
    }),
    {
      id: 'shutdown-takes-time',
      cite: nvme('Controller Status, Shutdown Status'),
      text: 'CC.SHN reads back, and SHST is never complete before it was asked for.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        host.pass(QUIET_NS);
        expect.equal(host.shutdownStatus, 0, 'CSTS.SHST');
        expect.that(host.shutdown(), 'CSTS.SHST', 'complete', String(host.shutdownStatus));
        expect.equal(Math.floor(host.read(Register.CC) / 2 ** 14) % 4, Shutdown.normal, 'CC.SHN');
        host.pass(QUIET_NS);
        expect.equal(host.shutdownStatus, SHUTDOWN_COMPLETE, 'CSTS.SHST later');
      },
    },
    {
      id: 'shutdown-durable',
      cite: nvme('Controller Shutdown'),
      text: 'After a normal shutdown nothing is left in a volatile cache.',
      level: 'shall',
      subject: 'device',
      needs: ['power-cut'],
      check(scene) {
        const pair1 = withQueue(scene);
        for (let n = 0; n < 16; n++) write(pair1, 1, n * 8, pattern(4096, n));
        expect.that(pair1.host.shutdown(), 'CSTS.SHST is complete');
        scene.cutPower();
        const after = withQueue(scene);
        for (let n = 0; n < 16; n++) expectRead(after, 1, n * 8, pattern(4096, n), `write ${n}`);
      },
    },
    {
      id: 'power-states',
      cite: nvme('Set Features command, Power Management'),
      text: 'Each power state that NPSS counts can be entered; none beyond.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const { host, queue } = withQueue(scene);
        const last = controllerOf(host).getUint8(263);
        for (let state = 0; state <= last; state++) {
          const done = setFeature(host, Feature.PowerManagement, state);
          if (last === 0 && done.status === Status.FeatureNotChangeable) return;
          expectStatus(done, Status.Success, `power state ${state}`);
          expect.equal(getFeature(host, Feature.PowerManagement).result % 32, state, 'the state');
          expectStatus(host.io(queue, { opcode: Io.Flush, nsid: 1 }), 0, 'a flush in it');
        }
        const beyond = setFeature(host, Feature.PowerManagement, last + 1);
        expectStatus(beyond, Status.InvalidField, 'a power state beyond');
      },
    },
    {
      id: 'format',
      cite: nvme('Format NVM command'),
      text: 'Where OACS claims it, Format erases the namespace and no other, in the format asked for.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pair1 = withQueue(scene);
        const { host } = pair1;
        if (!claims(host, 'Oacs', Oacs.Format)) return;
        for (const nsid of [1, 2]) write(pair1, nsid, 0, pattern(4096, nsid));
        const format = namespaceOf(host, 1).view.getUint8(26) % 16;
        const done = host.admin({ opcode: Admin.Format, nsid: 1, dword10: format });
        expectStatus(done, Status.Success, 'Format NVM');
        const { done: ended, bytes } = read(pair1, 1, 0, 8);
        expectStatus(ended, Status.Success, 'a read');
        const old = pattern(4096, 1);
        expect.that(!bytes.every((byte, at) => byte === old[at]), 'the data are gone');
        expectRead(pair1, 2, 0, pattern(4096, 2), 'the other namespace');
      },
    },
    {
      id: 'bad-format',
      cite: nvme('Format NVM command'),
      text: 'A format that the namespace does not list is refused, and erases nothing.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pair1 = withQueue(scene);
        const { host } = pair1;
        if (!claims(host, 'Oacs', Oacs.Format)) return;
        write(pair1, 1, 0, pattern(4096));
        const formats = namespaceOf(host, 1).view.getUint8(25);
        const bad = host.admin({ opcode: Admin.Format, nsid: 1, dword10: formats + 1 });
        expectStatus(bad, Status.InvalidFormat, 'a format beyond NLBAF');
        const none = host.admin({ opcode: Admin.Format, nsid: 0xfffe, dword10: 0 });
        expectStatus(none, Status.InvalidNamespace, 'a namespace that is not there');
        expectRead(pair1, 1, 0, pattern(4096), 'the data');
      },
    },
    {
      id: 'firmware',
      cite: nvme('Firmware Image Download command; Firmware Commit command'),
      text: 'Where OACS claims it: an overlap, a bad image and a bad slot are refused, each its way.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        if (!claims(host, 'Oacs', Oacs.Firmware)) return;
        const commit = (slot: number, action: number) =>
          host.admin({ opcode: Admin.FirmwareCommit, dword10: slot + action * 8 });
        const updates = controllerOf(host).getUint8(Ctrl.FirmwareUpdates);
        const slots = Math.floor(updates / 2) % 8;
        const writable = updates % 2 === 1 ? 2 : 1;
        expectStatus(commit(writable, 1), Status.FirmwareImage, 'a commit of nothing');
        if (writable === 2) expectStatus(commit(1, 1), Status.FirmwareSlot, 'a slot to be read');
        if (slots < 7) expectStatus(commit(7, 2), Status.FirmwareSlot, 'a slot that is not there');
        const data = host.data(4096);
        const download = (dword: number) =>
          host.admin({
            opcode: Admin.FirmwareDownload,
            ...data.pointer,
            dword10: 1023,
            dword11: dword,
          });
        expectStatus(download(0), Status.Success, 'a piece of 4 KiB');
        const overlap = download(512);
        expectStatus(overlap, [Status.FirmwareOverlap, Status.Success], 'a piece over it');
        expectStatus(commit(writable, 0), Status.FirmwareImage, 'a commit of what is no firmware');
      },
    },
    {
      id: 'self-test',
      cite: nvme('Device Self-test command; Device Self-test log'),
      text: 'Where OACS claims it, one self-test runs at a time, ends, and enters the log.',
      level: 'shall',
      subject: 'device',
      needs: ['virtual-time'],
      check(scene) {
        const host = enabled(scene);
        if (!claims(host, 'Oacs', Oacs.SelfTest)) return;
        const start = (code: number) =>
          host.admin({ opcode: Admin.SelfTest, nsid: ALL_NAMESPACES, dword10: code });
        const log = () => logPage(host, Log.SelfTest, 564).view;
        expectStatus(start(SELF_TEST.short), Status.Success, 'a short self-test');
        expect.equal(log().getUint8(0) % 16, SELF_TEST.short, 'the operation that runs');
        expectStatus(start(SELF_TEST.short), Status.SelfTestInProgress, 'a second one');
        expectStatus(start(SELF_TEST.abort), Status.Success, 'its abort');
        expect.equal(log().getUint8(0) % 16, 0, 'the operation that runs then');
        expect.equal(log().getUint8(4) % 16, 1, 'the newest result: aborted by the command');
        expectStatus(start(SELF_TEST.short), Status.Success, 'another self-test');
        host.pass(130e9);
        expect.equal(log().getUint8(0) % 16, 0, 'the operation after two minutes');
        expect.equal(log().getUint8(4), SELF_TEST.short * 16, 'the newest result: no error');
      },
    },
    {
      id: 'namespace-management',
      cite: nvme('Namespace Management command; Namespace Attachment command'),
      text: 'Where OACS claims it: a namespace that cannot be is neither deleted nor detached.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        if (!claims(host, 'Oacs', Oacs.NamespaceManagement)) return;
        const { pointer } = host.data(4096);
        const attach = { opcode: Admin.NamespaceAttachment, ...pointer, dword10: 1 };
        const beyond = controllerOf(host).getUint32(Ctrl.Namespaces, true) + 1;
        const done = host.admin({ ...attach, nsid: beyond });
        expectStatus(done, [Status.InvalidNamespace, Status.InvalidField], 'a detachment of none');
        const command = { opcode: Admin.NamespaceManagement, dword10: pair(15, 0), ...pointer };
        const refused = [Status.InvalidField, Status.InvalidNamespace, Status.InvalidOpcode];
        expectStatus(host.admin({ ...command, nsid: 1 }), refused, 'a reserved operation');
        expect.equal(namespaceOf(host, 1).blocks > 0, true, 'namespace 1 is there');
      },
    },
  ],
});
