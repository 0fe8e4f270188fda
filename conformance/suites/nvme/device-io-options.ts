/** Optional commands of the NVM command set: who claims one does what it says. */
import { enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { type Pair, expectRead, read, write } from './block-io.ts';
import { Io, range, transfer } from './commands.ts';
import {
  Ctrl,
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

const DEALLOCATE = 4;

/** One range of Dataset Management: 16 bytes. */
function rangeBytes(ranges: readonly { lba: number; blocks: number }[]): Uint8Array {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  ranges.forEach(({ lba, blocks }, at) => {
    view.setUint32(at * 16 + 4, blocks, true);
    view.setBigUint64(at * 16 + 8, BigInt(lba), true);
  });
  return bytes;
}

function deallocate({ host, queue }: Pair, ranges: readonly { lba: number; blocks: number }[]) {
  const data = host.data(4096);
  data.write(rangeBytes(ranges));
  const command = { opcode: Io.DatasetManagement, nsid: 1, ...data.pointer };
  return host.io(queue, { ...command, dword10: ranges.length - 1, dword11: DEALLOCATE });
}

/** What is refused as unknown where it is not claimed. */
const OPTIONAL = [
  { bit: Oncs.Compare, opcode: Io.Compare },
  { bit: Oncs.WriteUncorrectable, opcode: Io.WriteUncorrectable },
  { bit: Oncs.DatasetManagement, opcode: Io.DatasetManagement },
  { bit: Oncs.WriteZeroes, opcode: Io.WriteZeroes },
] as const;

export const deviceIoOptions = suite({
  id: 'nvme/device-io-options',
  for: { device: 'nvme' },
  clauses: [
    enumerated({
      id: 'unclaimed',
      cite: nvme('Identify command, Optional NVM Command Support'),
      text: 'A command that ONCS does not claim is refused as unknown.',
      level: 'should',
      subject: 'device',
      every: OPTIONAL,
      async check(scene, { bit, opcode }) {
        const { host, queue } = withQueue(scene);
        if (claims(host, 'Oncs', bit)) return;
        const done = host.io(queue, transfer(opcode, 1, 0, 1, host.data(4096)));
        expectStatus(done, Status.InvalidOpcode, `opcode 0x${opcode.toString(16)}`);
      },
    }),
    {
      id: 'write-zeroes',
      cite: nvme('Write Zeroes command'),
      text: 'Write Zeroes makes its blocks zero, and no others.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pair1 = withQueue(scene);
        const { host, queue } = pair1;
        if (!claims(host, 'Oncs', Oncs.WriteZeroes)) return;
        const bytes = pattern(8 * 512, 5);
        write(pair1, 1, 8, bytes);
        expectStatus(host.io(queue, range(Io.WriteZeroes, 1, 10, 3)), 0, 'Write Zeroes');
        bytes.fill(0, 2 * 512, 5 * 512);
        expectRead(pair1, 1, 8, bytes, 'the blocks');
      },
    },
    {
      id: 'compare',
      cite: nvme('Compare command'),
      text: 'Compare succeeds on equal data and ends with Compare Failure on any other byte.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pair1 = withQueue(scene);
        const { host, queue } = pair1;
        if (!claims(host, 'Oncs', Oncs.Compare)) return;
        const bytes = pattern(4 * 512, 6);
        write(pair1, 1, 0, bytes);
        const data = host.data(bytes.length);
        data.write(bytes);
        const command = transfer(Io.Compare, 1, 0, 4, data);
        expectStatus(host.io(queue, command), Status.Success, 'Compare with what was written');
        for (const at of [0, 700, bytes.length - 1]) {
          const other = bytes.slice();
          other[at] = 255 - (other[at] ?? 0);
          data.write(other);
          expectStatus(host.io(queue, command), Status.CompareFailure, `another byte at ${at}`);
        }
        expectRead(pair1, 1, 0, bytes, 'the blocks as they were');
      },
    },
    enumerated({
      id: 'fused',
      cite: nvme('Fused Operations, Compare and Write'),
      text: 'A fused Compare and Write writes if and only if the data were equal.',
      level: 'shall',
      subject: 'device',
      every: [true, false],
      async check(scene, equal) {
        const pair1 = withQueue(scene);
        const { host, queue } = pair1;
        if (controllerOf(host).getUint8(Ctrl.Fuses) % 2 === 0) return;
        const [before, after] = [pattern(512, 1), pattern(512, 2)];
        write(pair1, 1, 5, before);
        const compared = host.data(512);
        compared.write(equal ? before : after);
        const written = host.data(512);
        written.write(after);
        const first = host.push(queue, { ...transfer(Io.Compare, 1, 5, 1, compared), fuse: 1 });
        const second = host.push(queue, { ...transfer(Io.Write, 1, 5, 1, written), fuse: 2 });
        queue.ring();
        const seen = host.collect(queue.completions, 2);
        const statusOf = (id: number) => seen.find((each) => each.id === id)?.status;
        const wanted = equal ? [0, 0] : [Status.CompareFailure, Status.FailedFused];
        expect.equal([statusOf(first), statusOf(second)], wanted, 'the statuses of both');
        expectRead(pair1, 1, 5, equal ? after : before, 'the block');
      },
    }),
    enumerated({
      id: 'fused-alone',
      cite: nvme('Fused Operations'),
      text: 'Half of a fused operation, or the wrong half, is refused, and writes nothing.',
      level: 'shall',
      subject: 'device',
      every: ['second alone', 'first alone', 'another range'],
      async check(scene, what) {
        const pair1 = withQueue(scene);
        const { host, queue } = pair1;
        if (controllerOf(host).getUint8(Ctrl.Fuses) % 2 === 0) return;
        const before = pattern(512, 1);
        write(pair1, 1, 5, before);
        const data = host.data(512);
        data.write(before);
        const compare = { ...transfer(Io.Compare, 1, 5, 1, data), fuse: 1 };
        const other = what === 'another range' ? 6 : 5;
        const changed = host.data(512);
        const writing = { ...transfer(Io.Write, 1, other, 1, changed), fuse: 2 };
        const plain = transfer(Io.Read, 1, 0, 1, host.data(512));
        const commands = {
          'second alone': [writing],
          'first alone': [compare, plain],
          'another range': [compare, writing],
        }[what] ?? [writing];
        for (const command of commands) host.push(queue, command);
        queue.ring();
        const seen = host.collect(queue.completions, commands.length);
        expect.equal(seen.length, commands.length, 'completions');
        const refused = [Status.MissingFused, Status.InvalidField, Status.FailedFused];
        const failed = seen.filter(({ status }) => refused.includes(status as 0x00a));
        expect.that(failed.length > 0, `${what}: a refusal`, '1 or more', '0');
        expectRead(pair1, 1, 5, before, 'the block');
      },
    }),
    {
      id: 'deallocate',
      cite: nvme('Dataset Management command'),
      text: 'Deallocated blocks read alike from then on: zeros, ones or as before; others stay.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pair1 = withQueue(scene);
        if (!claims(pair1.host, 'Oncs', Oncs.DatasetManagement)) return;
        const says = namespaceOf(pair1.host, 1).view.getUint8(Ns.Deallocation) % 8;
        const bytes = pattern(32 * 512, 7);
        write(pair1, 1, 0, bytes);
        const done = deallocate(pair1, [
          { lba: 8, blocks: 8 },
          { lba: 24, blocks: 1 },
        ]);
        expectStatus(done, Status.Success, 'Dataset Management');
        const first = read(pair1, 1, 0, 32).bytes;
        expectRead(pair1, 1, 0, first, 'the blocks, read again');
        expect.equal(first.subarray(0, 8 * 512), bytes.subarray(0, 8 * 512), 'blocks before');
        expect.equal(first.subarray(25 * 512), bytes.subarray(25 * 512), 'blocks behind');
        const piece = first.subarray(8 * 512, 16 * 512);
        const value = says === 1 ? 0 : 0xff;
        const same = piece.every((byte, at) => byte === bytes[8 * 512 + at]);
        const fine = piece.every((byte) => byte === value);
        expect.that(fine || same, 'deallocated blocks', 'as DLFEAT says, or as before', 'others');
      },
    },
    {
      id: 'deallocate-range',
      cite: nvme('Dataset Management command'),
      text: 'A deallocation beyond the end of the namespace is refused.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pair1 = withQueue(scene);
        if (!claims(pair1.host, 'Oncs', Oncs.DatasetManagement)) return;
        const { blocks } = namespaceOf(pair1.host, 1);
        const done = deallocate(pair1, [{ lba: blocks - 1, blocks: 2 }]);
        expectStatus(done, Status.LbaRange, 'Dataset Management');
      },
    },
    {
      id: 'uncorrectable',
      cite: nvme('Write Uncorrectable command'),
      text: 'A block marked uncorrectable fails to read and to verify, until it is written.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pair1 = withQueue(scene);
        const { host, queue } = pair1;
        if (!claims(host, 'Oncs', Oncs.WriteUncorrectable)) return;
        write(pair1, 1, 0, pattern(4096));
        expectStatus(host.io(queue, range(Io.WriteUncorrectable, 1, 3, 1)), 0, 'the command');
        expectStatus(read(pair1, 1, 0, 8).done, Status.UnrecoveredRead, 'a read over it');
        if (claims(host, 'Oncs', Oncs.Verify)) {
          const done = host.io(queue, range(Io.Verify, 1, 3, 1));
          expectStatus(done, Status.UnrecoveredRead, 'Verify of it');
        }
        expectStatus(read(pair1, 1, 4, 4).done, Status.Success, 'a read beside it');
        expectStatus(write(pair1, 1, 3, pattern(512, 8)), Status.Success, 'a write');
        expectRead(pair1, 1, 3, pattern(512, 8), 'the block then');
      },
    },
    {
      id: 'verify',
      cite: nvme('Verify command'),
      text: 'Verify of good blocks succeeds and moves no data.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pair1 = withQueue(scene);
        const { host, queue } = pair1;
        if (!claims(host, 'Oncs', Oncs.Verify)) return;
        const bytes = pattern(4096, 4);
        write(pair1, 1, 16, bytes);
        const data = host.data(4096);
        data.fill(0xee);
        expectStatus(host.io(queue, transfer(Io.Verify, 1, 16, 8, data)), 0, 'Verify');
        expect.that(
          data.read().every((byte) => byte === 0xee),
          'the memory is as it was',
        );
        expectRead(pair1, 1, 16, bytes, 'the blocks');
      },
    },
  ],
});
