/** How a controller finds its data: every layout of PRP entries, and those that cannot be. */
import fc from 'fast-check';
import { enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { Io, transfer } from './commands.ts';
import { Status, enabled, expectStatus, nvme, pattern, withQueue } from './facts.ts';
import { Register } from './raw-host.ts';

const PRP = 'Physical Region Page Entry and List';
const PAGE = 4096;
const GUARD = 0xee;
/** No page of host memory. */
const NOWHERE = 2n ** 51n;

const layout = fc
  .record({
    blocks: fc.integer({ min: 1, max: 96 }),
    offset: fc.nat({ max: PAGE / 4 - 1 }).map((dword) => dword * 4),
    fromEnd: fc.integer({ min: 1, max: 20 }),
    seed: fc.nat({ max: 255 }),
  })
  .chain(({ blocks, offset, fromEnd, seed }) => {
    const pages = Math.ceil((offset + blocks * 512) / PAGE);
    const all = Array.from({ length: pages }, (_, page) => page);
    return fc.record({
      blocks: fc.constant(blocks),
      offset: fc.constant(offset),
      // A list that begins near the end of its page is chained.
      listOffset: fc.constantFrom(0, PAGE - 8 * fromEnd),
      order: fc.shuffledSubarray(all, { minLength: pages }),
      seed: fc.constant(seed),
    });
  });

export const devicePrp = suite({
  id: 'nvme/device-prp',
  for: { device: 'nvme' },
  clauses: [
    property({
      id: 'layouts-out',
      cite: nvme(PRP),
      text: 'A read fills exactly the bytes that its PRP entries name, in their order.',
      level: 'shall',
      subject: 'device',
      given: layout,
      check(scene, { blocks, seed, ...place }) {
        const { host, queue } = withQueue(scene);
        const bytes = pattern(blocks * 512, seed);
        const plain = host.data(bytes.length);
        plain.write(bytes);
        expectStatus(host.io(queue, transfer(Io.Write, 1, 0, blocks, plain)), 0, 'a write');
        const data = host.data(bytes.length, place);
        data.fill(GUARD);
        expectStatus(host.io(queue, transfer(Io.Read, 1, 0, blocks, data)), 0, 'a read');
        expect.equal(data.read(), bytes, 'the data');
        expect.that(data.isFilledAround(GUARD), 'nothing is written around the data');
      },
    }),
    property({
      id: 'layouts-in',
      cite: nvme(PRP),
      text: 'A write takes exactly the bytes that its PRP entries name, in their order.',
      level: 'shall',
      subject: 'device',
      given: layout,
      check(scene, { blocks, seed, ...place }) {
        const { host, queue } = withQueue(scene);
        const bytes = pattern(blocks * 512, seed);
        const data = host.data(bytes.length, place);
        data.fill(GUARD);
        data.write(bytes);
        expectStatus(host.io(queue, transfer(Io.Write, 1, 0, blocks, data)), 0, 'a write');
        const plain = host.data(bytes.length);
        expectStatus(host.io(queue, transfer(Io.Read, 1, 0, blocks, plain)), 0, 'a read');
        expect.equal(plain.read(), bytes, 'the data');
      },
    }),
    enumerated({
      id: 'bad-offset',
      cite: nvme('Generic Command Status, PRP Offset Invalid'),
      text: 'An offset where a PRP entry may have none is refused.',
      level: 'should',
      subject: 'device',
      every: ['second entry', 'entry of a list'],
      async check(scene, what) {
        const { host, queue } = withQueue(scene);
        const isList = what === 'entry of a list';
        const blocks = isList ? 32 : 16;
        const data = host.data(blocks * 512);
        if (isList) data.spoil(1, data.pageAddress(2) + 512);
        const prp2 = isList ? data.prp2 : data.prp2 + 512;
        const command = transfer(Io.Read, 1, 0, blocks, { prp1: data.prp1, prp2 });
        const refused = [Status.PrpOffset, Status.InvalidField];
        expectStatus(host.io(queue, command), refused, `an offset in the ${what}`);
        expectStatus(host.io(queue, { opcode: Io.Flush, nsid: 1 }), 0, 'a flush afterwards');
      },
    }),
    enumerated({
      id: 'nowhere',
      cite: nvme('Generic Command Status, Data Transfer Error'),
      text: 'Data or lists at addresses that nobody answers end the command, with a status.',
      level: 'should',
      subject: 'device',
      every: ['first page', 'second page', 'list', 'page of a list'],
      async check(scene, what) {
        const { host, queue } = withQueue(scene);
        const isLong = what === 'list' || what === 'page of a list';
        const blocks = isLong ? 32 : 16;
        const data = host.data(blocks * 512);
        if (what === 'page of a list') data.spoil(1, NOWHERE);
        const command = transfer(Io.Read, 1, 0, blocks, {
          prp1: what === 'first page' ? NOWHERE : data.prp1,
          prp2: what === 'second page' || what === 'list' ? NOWHERE : data.prp2,
        });
        const ended = host.io(queue, command);
        const refused = [Status.DataTransferError, Status.InvalidField];
        expectStatus(ended, refused, `a ${what} at an address that nobody answers`);
        expect.equal(host.isFatal, false, 'CSTS.CFS');
        expectStatus(host.io(queue, { opcode: Io.Flush, nsid: 1 }), 0, 'a flush afterwards');
      },
    }),
    {
      id: 'larger-pages',
      cite: nvme('Controller Configuration, Memory Page Size'),
      text: 'With larger pages, which CAP allows, PRP entries name pages of that size.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const largest = Math.floor(host.read(Register.CAPS) / 2 ** 20) % 16;
        const pageExponent = Math.min(2, largest);
        expect.that(host.enable({ pageExponent }), 'CSTS.RDY');
        const queue = host.createPair(1);
        const bytes = pattern(20 * PAGE);
        const data = host.data(bytes.length, { offset: 1024 });
        data.write(bytes);
        expectStatus(host.io(queue, transfer(Io.Write, 1, 0, 160, data)), 0, 'a write');
        const back = host.data(bytes.length, { offset: 8 });
        expectStatus(host.io(queue, transfer(Io.Read, 1, 0, 160, back)), 0, 'a read');
        expect.equal(back.read(), bytes, 'the data');
      },
    },
  ],
});
