/** The NVM command set of a controller: what is written is read, and what cannot be is refused. */
import fc from 'fast-check';
import { enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { expectRead, read, write } from './block-io.ts';
import { FORCE_UNIT_ACCESS, Io, transfer } from './commands.ts';
import {
  ALL_NAMESPACES,
  Ctrl,
  NAMESPACES,
  Ns,
  Oncs,
  Status,
  claims,
  controllerOf,
  expectStatus,
  namespaceOf,
  nvme,
  pattern,
  withQueue,
} from './facts.ts';
import type { RawHost } from './raw-host.ts';

/** Commands of the range that are refused alike, each where it is claimed. */
const RANGED = [
  { name: 'Read', opcode: Io.Read },
  { name: 'Write', opcode: Io.Write },
  { name: 'Compare', opcode: Io.Compare, bit: Oncs.Compare },
  { name: 'Write Zeroes', opcode: Io.WriteZeroes, bit: Oncs.WriteZeroes },
  { name: 'Write Uncorrectable', opcode: Io.WriteUncorrectable, bit: Oncs.WriteUncorrectable },
  { name: 'Verify', opcode: Io.Verify, bit: Oncs.Verify },
] as const;

function claimed(host: RawHost, command: (typeof RANGED)[number]): boolean {
  return !('bit' in command) || claims(host, 'Oncs', command.bit);
}

const MDTS_UNIT = 4096;

export const deviceIo = suite({
  id: 'nvme/device-io',
  for: { device: 'nvme' },
  clauses: [
    property({
      id: 'write-read',
      cite: nvme('Write command; Read command'),
      text: 'What is written is read back, and the blocks beside it stay as they were.',
      level: 'shall',
      subject: 'device',
      given: fc.record({
        namespace: fc.constantFrom(...NAMESPACES),
        lba: fc.nat({ max: 60 }),
        blocks: fc.integer({ min: 1, max: 16 }),
        seed: fc.nat({ max: 255 }),
      }),
      check(scene, { namespace: { nsid, blockBytes }, lba, blocks, seed }) {
        const pair1 = withQueue(scene);
        const around = pattern((blocks + 2) * blockBytes, seed);
        expectStatus(write(pair1, nsid, lba, around), Status.Success, 'a write');
        const inner = pattern(blocks * blockBytes, seed + 1);
        expectStatus(write(pair1, nsid, lba + 1, inner), Status.Success, 'a write inside of it');
        around.set(inner, blockBytes);
        expectRead(pair1, nsid, lba, around, 'both');
      },
    }),
    {
      id: 'namespaces-apart',
      cite: nvme('Namespaces'),
      text: 'Namespaces hold their data apart.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pair1 = withQueue(scene);
        for (const { nsid } of NAMESPACES) write(pair1, nsid, 0, pattern(4096, nsid));
        for (const { nsid } of NAMESPACES) {
          expectRead(pair1, nsid, 0, pattern(4096, nsid), `namespace ${nsid}`);
        }
      },
    },
    enumerated({
      id: 'last-block',
      cite: nvme('LBA Out of Range'),
      text: 'The last block is there; a range that leaves the namespace is refused, and does nothing.',
      level: 'shall',
      subject: 'device',
      every: RANGED.map(({ name }) => name),
      async check(scene, name) {
        const pair1 = withQueue(scene);
        const { host, queue } = pair1;
        const command = RANGED.find((each) => each.name === name) ?? RANGED[0];
        if (!claimed(host, command)) return;
        const { blocks } = namespaceOf(host, 1);
        const last = pattern(512, 9);
        expectStatus(
          write(pair1, 1, blocks - 1, last),
          Status.Success,
          'a write of the last block',
        );
        const data = host.data(1024);
        for (const [lba, count] of [
          [blocks - 1, 2],
          [blocks, 1],
          [2n ** 64n - 1n, 1],
          [2n ** 63n, 2],
        ] as const) {
          const done = host.io(queue, transfer(command.opcode, 1, lba, count, data));
          expectStatus(done, Status.LbaRange, `${name} of ${count} at ${lba}`);
        }
        expectRead(pair1, 1, blocks - 1, last, 'the last block');
      },
    }),
    enumerated({
      id: 'bad-namespace',
      cite: nvme('Generic Command Status, Invalid Namespace or Format'),
      text: 'A command for a namespace that cannot be is refused.',
      level: 'shall',
      subject: 'device',
      every: RANGED.map(({ name }) => name),
      async check(scene, name) {
        const { host, queue } = withQueue(scene);
        const command = RANGED.find((each) => each.name === name) ?? RANGED[0];
        if (!claimed(host, command)) return;
        const beyond = controllerOf(host).getUint32(Ctrl.Namespaces, true) + 1;
        const data = host.data(512);
        for (const nsid of [0, beyond]) {
          const done = host.io(queue, transfer(command.opcode, nsid, 0, 1, data));
          expectStatus(done, Status.InvalidNamespace, `${name} for namespace ${nsid}`);
        }
      },
    }),
    enumerated({
      id: 'bad-opcode',
      cite: nvme('Generic Command Status, Invalid Command Opcode'),
      text: 'An opcode that the NVM command set reserves is refused.',
      level: 'shall',
      subject: 'device',
      every: [0x03, 0x0a, 0x3f, 0x7b],
      async check(scene, opcode) {
        const { host, queue } = withQueue(scene);
        const done = host.io(queue, { opcode, nsid: 1 });
        expectStatus(done, Status.InvalidOpcode, `opcode 0x${opcode.toString(16)}`);
        expectStatus(host.io(queue, { opcode: Io.Flush, nsid: 1 }), 0, 'a flush afterwards');
      },
    }),
    {
      id: 'largest',
      cite: nvme('Identify command, Maximum Data Transfer Size'),
      text: 'A transfer of MDTS is carried out; a larger one is an invalid field, and moves nothing.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pair1 = withQueue(scene);
        const { host, queue } = pair1;
        const exponent = controllerOf(host).getUint8(Ctrl.Mdts);
        if (exponent === 0) return;
        const bytes = 2 ** exponent * MDTS_UNIT;
        const largest = pattern(bytes, 3);
        expectStatus(write(pair1, 1, 0, largest), Status.Success, 'a write of MDTS');
        expectRead(pair1, 1, 0, largest, 'what was written');
        const data = host.data(bytes + 512);
        data.fill(0xee);
        for (const opcode of [Io.Read, Io.Write]) {
          const done = host.io(queue, transfer(opcode, 1, 0, bytes / 512 + 1, data));
          expectStatus(done, Status.InvalidField, 'a transfer of one block more');
        }
        expect.that(
          data.read().every((byte) => byte === 0xee),
          'the memory is as it was',
        );
        expectRead(pair1, 1, 0, largest.subarray(0, 4096), 'the blocks as they were');
      },
    },
    {
      id: 'unwritten',
      cite: nvme('Dataset Management command, Deallocate'),
      text: 'A block that nobody wrote reads as zeros, or as the namespace says.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pair1 = withQueue(scene);
        const { view } = namespaceOf(pair1.host, 1);
        const says = view.getUint8(Ns.Deallocation) % 8;
        const { done, bytes } = read(pair1, 1, 40, 4);
        expectStatus(done, Status.Success, 'a read');
        if (says === 0) return;
        const value = says === 1 ? 0 : 0xff;
        expect.that(
          bytes.every((byte) => byte === value),
          `every byte is ${value}`,
        );
      },
    },
    enumerated({
      id: 'flush',
      cite: nvme('Flush command'),
      text: 'Flush ends with success; whether for all namespaces at once, VWC says.',
      level: 'shall',
      subject: 'device',
      every: [1, 2, ALL_NAMESPACES, 0xfffe],
      async check(scene, nsid) {
        const pair1 = withQueue(scene);
        const { host, queue } = pair1;
        const cache = controllerOf(host).getUint8(Ctrl.WriteCache);
        write(pair1, 1, 0, pattern(512));
        const done = host.io(queue, { opcode: Io.Flush, nsid });
        const all = Math.floor(cache / 2) % 4;
        if (nsid === 0xfffe) expectStatus(done, Status.InvalidNamespace, 'Flush of no namespace');
        else if (nsid !== ALL_NAMESPACES || all === 3) expectStatus(done, 0, `Flush of ${nsid}`);
        else if (all === 2) expectStatus(done, Status.InvalidNamespace, 'Flush of all');
        expectRead(pair1, 1, 0, pattern(512), 'the block');
      },
    }),
    enumerated({
      id: 'durable',
      cite: nvme('Flush command; Write command, Force Unit Access'),
      text: 'What was flushed, or written with FUA, survives a power cut.',
      level: 'shall',
      subject: 'device',
      needs: ['power-cut'],
      every: ['flush', 'fua', 'cache off'],
      async check(scene, how) {
        const pair1 = withQueue(scene);
        const { host, queue } = pair1;
        const control = how === 'fua' ? FORCE_UNIT_ACCESS : 0;
        if (how === 'cache off') host.admin({ opcode: 0x09, dword10: 0x06, dword11: 0 });
        for (let n = 0; n < 16; n++) {
          expectStatus(write(pair1, 1, n * 9, pattern(4096, n), control), 0, 'a write');
        }
        if (how === 'flush') host.io(queue, { opcode: Io.Flush, nsid: 1 });
        scene.cutPower();
        const after = withQueue(scene);
        for (let n = 0; n < 16; n++) {
          expectRead(after, 1, n * 9, pattern(4096, n), `write ${n} after the power cut`);
        }
      },
    }),
    {
      id: 'cache-lost',
      cite: nvme('Set Features command, Volatile Write Cache'),
      text: 'A block in a volatile cache is, after a power cut, as it was before or as written.',
      level: 'shall',
      subject: 'device',
      needs: ['power-cut'],
      check(scene) {
        const pair1 = withQueue(scene);
        const old = pattern(512, 1);
        write(pair1, 1, 0, old, FORCE_UNIT_ACCESS);
        write(pair1, 1, 0, pattern(512, 2));
        scene.cutPower();
        const { done, bytes } = read(withQueue(scene), 1, 0, 1);
        expectStatus(done, Status.Success, 'a read');
        const is = (wanted: Uint8Array) => bytes.every((byte, at) => byte === wanted[at]);
        expect.that(is(old) || is(pattern(512, 2)), 'the block', 'old or new', 'neither');
      },
    },
    {
      id: 'many',
      cite: nvme('Submission Queue & Completion Queue Definition'),
      text: 'Commands of many identifiers at once each move their own data.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const { host, queue } = withQueue(scene, { entries: 64 });
        const writes = Array.from({ length: 60 }, (_, n) => {
          const data = host.data(512);
          data.write(pattern(512, n));
          return host.push(queue, transfer(Io.Write, 1, n, 1, data));
        });
        queue.ring();
        expect.equal(host.collect(queue.completions, 60).length, writes.length, 'writes that end');
        const reads = Array.from({ length: 60 }, (_, n) => {
          const data = host.data(512);
          host.push(queue, transfer(Io.Read, 1, 59 - n, 1, data));
          return data;
        });
        queue.ring();
        host.collect(queue.completions, 60);
        reads.forEach((data, n) => expect.equal(data.read(), pattern(512, 59 - n), `read ${n}`));
      },
    },
    {
      id: 'no-sgl',
      cite: nvme('Submission Queue Entry, PRP or SGL for Data Transfer'),
      text: 'SGLs that the controller does not support are refused.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const { host, queue } = withQueue(scene);
        const supported = controllerOf(host).getUint32(536, true) % 4;
        if (supported !== 0) return;
        for (const psdt of [1, 2]) {
          const command = { ...transfer(Io.Read, 1, 0, 1, host.data(512)), psdt };
          expectStatus(host.io(queue, command), Status.InvalidField, `a read with PSDT ${psdt}`);
        }
      },
    },
    {
      id: 'flush-fields',
      cite: nvme('Submission Queue Entry'),
      text: 'The value of a field that a command does not use changes nothing.',
      level: 'should',
      subject: 'device',
      check(scene) {
        const { host, queue } = withQueue(scene);
        const unused = { prp1: 0xdead_beef, prp2: 0x1001, dword10: 0xffff_ffff, dword12: 0xffff };
        const done = host.io(queue, { opcode: Io.Flush, nsid: 1, ...unused });
        expectStatus(done, Status.Success, 'a flush with values in unused fields');
      },
    },
  ],
});
