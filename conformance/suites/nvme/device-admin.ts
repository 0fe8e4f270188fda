/** Admin commands of a controller: Identify, Abort, asynchronous events, and what is refused. */
import { enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { Admin } from './commands.ts';
import {
  ALL_NAMESPACES,
  Cns,
  Ctrl,
  Feature,
  NAMESPACES,
  Ns,
  Oncs,
  Status,
  claims,
  controllerOf,
  enabled,
  expectStatus,
  getFeature,
  identify,
  namespaceOf,
  nvme,
} from './facts.ts';
import { Register } from './raw-host.ts';

const IDENTIFY = 'Identify command';

const isPrintable = (byte: number) => byte >= 0x20 && byte <= 0x7e;

function bytesOf(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, at, length);
}

export const deviceAdmin = suite({
  id: 'nvme/device-admin',
  for: { device: 'nvme' },
  clauses: [
    {
      id: 'identify-controller',
      cite: nvme(`${IDENTIFY}, Identify Controller data structure`),
      text: 'Identify Controller holds its version, entry sizes, a serial number and a model.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const controller = controllerOf(host);
        expect.equal(controller.getUint32(Ctrl.Version, true), host.read(Register.VS), 'VER');
        const sqes = controller.getUint8(Ctrl.Sqes);
        const cqes = controller.getUint8(Ctrl.Cqes);
        expect.equal(sqes % 16, 6, 'the smallest submission queue entry');
        expect.that(Math.floor(sqes / 16) >= 6, 'the largest submission queue entry is no smaller');
        expect.equal(cqes % 16, 4, 'the smallest completion queue entry');
        expect.that(Math.floor(cqes / 16) >= 4, 'the largest completion queue entry is no smaller');
        expect.that(controller.getUint32(Ctrl.Namespaces, true) > 0, 'NN', '1 or more', '0');
        for (const [at, length] of [
          [Ctrl.Serial, 20],
          [Ctrl.Model, 40],
          [Ctrl.Firmware, 8],
        ] as const) {
          const text = bytesOf(controller, at, length);
          expect.that(text.every(isPrintable), `printable bytes at ${at}`);
        }
        expect.equal(
          controller.getUint16(Ctrl.Vendor, true),
          scene.function.configRead(0, 2),
          'VID',
        );
      },
    },
    {
      id: 'identify-limits',
      cite: nvme(`${IDENTIFY}, Identify Controller data structure`),
      text: 'Four aborts and four events may wait; the critical temperature is above the warning one.',
      level: 'should',
      subject: 'device',
      check(scene) {
        const controller = controllerOf(enabled(scene));
        expect.that(controller.getUint8(Ctrl.AbortLimit) >= 3, 'ACL is 3 or more');
        expect.that(controller.getUint8(Ctrl.AsyncEventLimit) >= 3, 'AERL is 3 or more');
        const warning = controller.getUint16(Ctrl.WarningTemperature, true);
        const critical = controller.getUint16(Ctrl.CriticalTemperature, true);
        expect.that(warning > 0 && critical > warning, 'WCTEMP and CCTEMP in order');
      },
    },
    enumerated({
      id: 'identify-namespace',
      cite: nvme(`${IDENTIFY}, Identify Namespace data structure`),
      text: 'A namespace has size >= capacity >= use, a format of its list, and blocks of 2^9 or more.',
      level: 'shall',
      subject: 'device',
      every: NAMESPACES,
      async check(scene, { nsid, blockBytes }) {
        const host = enabled(scene);
        const { view, blocks, blockBytes: seen } = namespaceOf(host, nsid);
        const capacity = view.getBigUint64(Ns.Capacity, true);
        expect.that(blocks > 0, 'NSZE', '1 or more', '0');
        expect.that(BigInt(blocks) >= capacity, 'NSZE is not below NCAP');
        expect.that(capacity >= view.getBigUint64(Ns.Utilization, true), 'NCAP is not below NUSE');
        const format = view.getUint8(Ns.Format) % 16;
        expect.that(format <= view.getUint8(Ns.Formats), 'FLBAS names one of NLBAF + 1 formats');
        expect.equal(seen, blockBytes, 'bytes of a block');
      },
    }),
    {
      id: 'active-namespaces',
      cite: nvme(`${IDENTIFY}, Active Namespace ID list`),
      text: 'The active list has each namespace above the NSID asked for, ascending, zeros behind.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const all = NAMESPACES.map(({ nsid }) => nsid);
        for (const above of [0, 1, 2]) {
          const view = identify(host, Cns.ActiveNamespaces, above);
          const list = Array.from({ length: 4 }, (_, at) => view.getUint32(at * 4, true));
          const wanted = all.filter((nsid) => nsid > above);
          expect.equal(list, [...wanted, 0, 0, 0, 0].slice(0, 4), `the list above ${above}`);
        }
      },
    },
    {
      id: 'namespace-descriptors',
      cite: nvme(`${IDENTIFY}, Namespace Identification Descriptor list`),
      text: 'A namespace lists an identifier or more, each of its type and length, different for each.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const seen = new Set<string>();
        for (const { nsid } of NAMESPACES) {
          const view = identify(host, Cns.Descriptors, nsid);
          let found = 0;
          for (let at = 0; at < 4096 && view.getUint8(at) !== 0; found++) {
            const type = view.getUint8(at);
            const length = view.getUint8(at + 1);
            expect.that(type >= 1 && type <= 4, 'the type', '1 to 4', String(type));
            expect.equal(length, { 1: 8, 2: 16, 3: 16, 4: 1 }[type], `the length of type ${type}`);
            if (type <= 3) {
              const id = `${type}:${bytesOf(view, at + 4, length).join(' ')}`;
              expect.that(!seen.has(id), 'an identifier of its own', 'unique', id);
              seen.add(id);
            }
            at += 4 + length;
          }
          expect.that(found > 0, `descriptors of namespace ${nsid}`, '1 or more', '0');
        }
      },
    },
    enumerated({
      id: 'identify-no-namespace',
      cite: nvme(`${IDENTIFY}; Namespaces`),
      text: 'A namespace that is not active is all zeros; an NSID that cannot be is refused.',
      level: 'shall',
      subject: 'device',
      every: ['inactive', 'zero', 'beyond NN', 'broadcast list'],
      async check(scene, what) {
        const host = enabled(scene);
        const count = controllerOf(host).getUint32(Ctrl.Namespaces, true);
        const ask = (cns: number, nsid: number) => {
          const data = host.data(4096);
          data.fill(0xee);
          const command = { opcode: Admin.Identify, nsid, ...data.pointer, dword10: cns };
          return { done: host.admin(command), bytes: data.read() };
        };
        if (what === 'inactive') {
          if (count <= NAMESPACES.length) return;
          const { done, bytes } = ask(Cns.Namespace, count);
          expectStatus(done, Status.Success, `Identify of namespace ${count}`);
          expect.that(
            bytes.every((byte) => byte === 0),
            'the structure is zero',
          );
          return;
        }
        const nsid = { zero: 0, 'beyond NN': count + 1 }[what] ?? ALL_NAMESPACES;
        const cns = what === 'broadcast list' ? Cns.ActiveNamespaces : Cns.Namespace;
        expectStatus(ask(cns, nsid).done, Status.InvalidNamespace, `Identify of ${nsid}`);
      },
    }),
    {
      id: 'identify-bad-structure',
      cite: nvme(IDENTIFY),
      text: 'A CNS that is reserved is an invalid field.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const { pointer } = host.data(4096);
        const done = host.admin({ opcode: Admin.Identify, ...pointer, dword10: 0xff });
        expectStatus(done, Status.InvalidField, 'Identify with CNS 0xff');
      },
    },
    {
      id: 'identify-in-two-pages',
      cite: nvme('Physical Region Page Entry and List'),
      text: 'Data of an admin command may begin anywhere in a page and end in another.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const whole = identify(host, Cns.Controller);
        const data = host.data(4096, { offset: 0xf00, order: [1, 0] });
        data.fill(0xee);
        const command = { opcode: Admin.Identify, ...data.pointer, dword10: Cns.Controller };
        expectStatus(host.admin(command), Status.Success, 'Identify');
        expect.equal(data.read(), new Uint8Array(whole.buffer), 'the structure');
        expect.that(data.isFilledAround(0xee), 'nothing is written around it');
      },
    },
    enumerated({
      id: 'bad-opcode',
      cite: nvme('Generic Command Status, Invalid Command Opcode'),
      text: 'An admin opcode that is reserved is refused.',
      level: 'shall',
      subject: 'device',
      every: [0x03, 0x07, 0x0b, 0x0e, 0x7e, 0xbf],
      async check(scene, opcode) {
        const host = enabled(scene);
        const name = `opcode 0x${opcode.toString(16)}`;
        expectStatus(host.admin({ opcode }), Status.InvalidOpcode, name);
        expectStatus(getFeature(host, Feature.Arbitration), Status.Success, 'the next command');
      },
    }),
    {
      id: 'optional-opcodes',
      cite: nvme(`${IDENTIFY}, Optional Admin Command Support`),
      text: 'Admin commands that OACS does not claim are refused as unknown.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const optional = [
          { bit: 0x01, opcode: 0x81 },
          { bit: 0x04, opcode: Admin.FirmwareCommit },
          { bit: 0x04, opcode: Admin.FirmwareDownload },
          { bit: 0x10, opcode: Admin.SelfTest },
          { bit: 0x20, opcode: 0x19 },
        ];
        for (const { bit, opcode } of optional) {
          if (claims(host, 'Oacs', bit)) continue;
          const name = `opcode 0x${opcode.toString(16)}`;
          expectStatus(host.admin({ opcode }), Status.InvalidOpcode, name);
        }
      },
    },
    {
      id: 'retry-advice',
      cite: nvme('Completion Queue Entry, Do Not Retry'),
      text: 'What would fail again as it is says so: DNR is set for an invalid opcode or field.',
      level: 'should',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        expect.equal(host.admin({ opcode: 0x7e }).doNotRetry, true, 'DNR of an invalid opcode');
        const { pointer } = host.data(4096);
        const done = host.admin({ opcode: Admin.Identify, ...pointer, dword10: 0xff });
        expect.equal(done.doNotRetry, true, 'DNR of an invalid field');
      },
    },
    {
      id: 'fused-admin',
      cite: nvme('Fused Operations'),
      text: 'Admin commands cannot be fused.',
      level: 'should',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const { pointer } = host.data(4096);
        for (const fuse of [1, 2, 3]) {
          const command = { opcode: Admin.Identify, ...pointer, dword10: Cns.Controller, fuse };
          const refused = [Status.InvalidField, Status.MissingFused];
          expectStatus(host.admin(command), refused, `Identify with FUSE ${fuse}`);
        }
      },
    },
    {
      id: 'compare-claimed',
      cite: nvme(`${IDENTIFY}, Fused Operation Support`),
      text: 'Who claims the fused operation Compare and Write claims Compare too.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        if (controllerOf(host).getUint8(Ctrl.Fuses) % 2 === 0) return;
        expect.equal(claims(host, 'Oncs', Oncs.Compare), true, 'ONCS, Compare');
      },
    },
  ],
});
