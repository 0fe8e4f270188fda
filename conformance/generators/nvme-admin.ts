/** Admin commands of every kind, legal and illegal. */
import fc from 'fast-check';
import { Admin, pair } from '../suites/nvme/commands.ts';
import { type Prepared, namespaces } from './nvme-io.ts';
import { layouts } from './nvme-layouts.ts';
import { MEMORY, type NvmeCommand, type Place } from './nvme-steps.ts';
import { FEATURE_BYTES, bytesToHost } from './nvme-transfers.ts';

const DATA_AT: Place = { page: MEMORY.data, offset: 0 };
const PAIRS = 4;

const identifiers = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: PAIRS }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 64, 65, 0xffff) },
);

/** Entries less one: a page holds 64 of a submission queue. */
const sizes = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 63 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 2048, 0xffff) },
);

function ringPlaces(id: number, side: 0 | 1): fc.Arbitrary<Place> {
  const pairIndex = id >= 1 && id <= PAIRS ? id - 1 : PAIRS - 1;
  const page = MEMORY.rings + 2 * pairIndex + side;
  return fc.oneof(
    { weight: 14, arbitrary: fc.constant({ page, offset: 0 }) },
    { weight: 1, arbitrary: fc.constantFrom(4, 64, 2048).map((offset) => ({ page, offset })) },
  );
}

const simple = (command: NvmeCommand): Prepared => ({ command, fills: [] });

const createCq: fc.Arbitrary<Prepared> = identifiers.chain((id) =>
  fc
    .record({
      prp1: ringPlaces(id, 1),
      size: sizes,
      // Physically contiguous, interrupts enabled, and bits that are reserved.
      flags: fc.constantFrom(1, 1, 1, 3, 3, 3, 0, 2, 0xfffd),
      vector: fc.constantFrom(0, 1, 2, 2, 64, 65, 0xffff),
    })
    .map(({ prp1, size, flags, vector }) =>
      simple({
        opcode: Admin.CreateCq,
        prp1,
        dword10: pair(id, size),
        dword11: pair(flags, vector),
      }),
    ),
);

const createSq: fc.Arbitrary<Prepared> = identifiers.chain((id) =>
  fc
    .record({
      prp1: ringPlaces(id, 0),
      size: sizes,
      flags: fc.constantFrom(1, 1, 1, 1, 3, 5, 7, 0, 0xfff9),
      completions: fc.oneof(
        { weight: 6, arbitrary: fc.constant(id) },
        { weight: 3, arbitrary: identifiers },
      ),
    })
    .map(({ prp1, size, flags, completions }) =>
      simple({
        opcode: Admin.CreateSq,
        prp1,
        dword10: pair(id, size),
        dword11: pair(flags, completions),
      }),
    ),
);

const deletes: fc.Arbitrary<Prepared> = fc
  .tuple(fc.constantFrom(Admin.DeleteCq, Admin.DeleteSq), identifiers)
  .map(([opcode, id]) => simple({ opcode, dword10: id }));

function withData(command: NvmeCommand): fc.Arbitrary<Prepared> {
  const bytes = bytesToHost(command, 0);
  if (bytes === 0) return fc.constant(simple(command));
  return layouts(Math.min(bytes, 2 ** 19)).map(({ fills, ...prps }) => ({
    command: { ...command, ...prps },
    fills,
  }));
}

const identifies: fc.Arbitrary<Prepared> = fc
  .record({
    cns: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(0, 1, 2, 3) },
      { weight: 1, arbitrary: fc.constantFrom(0x04, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x20) },
      { weight: 1, arbitrary: fc.constantFrom(0x30, 0x7f, 0xc0, 0xff) },
    ),
    nsid: fc.oneof(namespaces, fc.constantFrom(0, 1, 2, 3, 0xffff_fffd, 0xffff_ffff)),
    controller: fc.constantFrom(0, 0, 0, 1, 0xffff),
  })
  .chain(({ cns, nsid, controller }) =>
    withData({ opcode: Admin.Identify, nsid, dword10: pair(cns, controller) }),
  );

const LOG_DWORDS = [0, 3, 15, 127, 128, 255, 1023, 1024];

const logPages: fc.Arbitrary<Prepared> = fc
  .record({
    page: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(1, 2, 3, 4, 5) },
      { weight: 1, arbitrary: fc.constantFrom(0, 6, 7, 8, 0x0d, 0x70, 0x80, 0xc0, 0xff) },
    ),
    dwords: fc.constantFrom(...LOG_DWORDS),
    offset: fc.oneof(
      { weight: 6, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.constantFrom(4, 64, 512, 4096, 1, 2, 3, 0x1_0000) },
    ),
    nsid: fc.constantFrom(0xffff_ffff, 0xffff_ffff, 0, 0, 1, 2, 3),
    retain: fc.boolean(),
  })
  .chain(({ page, dwords, offset, nsid, retain }) =>
    withData({
      opcode: Admin.GetLogPage,
      nsid,
      dword10: pair(page + (retain ? 0x8000 : 0), dwords),
      dword12: offset,
    }),
  );

const features = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 0x0b }) },
  { weight: 2, arbitrary: fc.constantFrom(0x0e, 0x0c, 0x10, 0x11, 0x13, 0x16) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0x0d, 0x0f, 0x19, 0x7f, 0x80, 0x81, 0xc0, 0xff) },
);

const getFeatures: fc.Arbitrary<Prepared> = fc
  .record({
    feature: features,
    select: fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 7),
    nsid: fc.constantFrom(0, 0, 0, 1, 2, 3, 0xffff_ffff),
    dword11: fc.constantFrom(0, 0, 0, 1, 2, 3, 0x1_0000, 0x10_0000, 0x40, 0xffff),
  })
  .chain(({ feature, select, nsid, dword11 }) =>
    withData({
      opcode: Admin.GetFeatures,
      nsid,
      dword10: feature + select * 2 ** 8,
      dword11,
    }),
  );

const setFeatures: fc.Arbitrary<Prepared> = fc
  .record({
    feature: features,
    save: fc.constantFrom(0, 0, 0, 0, 1),
    nsid: fc.constantFrom(0, 0, 0, 1, 2, 3, 0xffff_ffff),
    dword11: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 3, 0xff, 0x01_0001, 0xffff) },
      { weight: 1, arbitrary: fc.constantFrom(0xffff_ffff, 0xfffe_fffe, 0x10_0000, 0x17_0154) },
      { weight: 1, arbitrary: fc.nat({ max: 0x7fff_ffff }) },
    ),
  })
  .map(({ feature, save, nsid, dword11 }) => ({
    command: {
      opcode: Admin.SetFeatures,
      nsid,
      dword10: feature + save * 2 ** 31,
      dword11,
      ...(FEATURE_BYTES[feature] === undefined ? {} : { prp1: DATA_AT }),
    },
    fills: [],
  }));

const aborts: fc.Arbitrary<Prepared> = fc
  .tuple(fc.oneof(fc.constant(0), identifiers), fc.oneof(fc.nat({ max: 16 }), fc.constant(0xffff)))
  .map(([queue, id]) => simple({ opcode: Admin.Abort, dword10: pair(queue, id) }));

const events = fc.constant(simple({ opcode: Admin.AsyncEvent }));

/** To a format that namespace 1 has, or to one that nobody has. */
const formats: fc.Arbitrary<Prepared> = fc
  .record({
    nsid: fc.constantFrom(1, 1, 1, 0, 3),
    // LBA format 0 or 15, metadata, protection information, secure erase.
    dword10: fc.constantFrom(0, 0, 0, 15, 0x10, 0x20, 0x100, 0x200, 0x400, 0xe00),
  })
  .map(({ nsid, dword10 }) => simple({ opcode: Admin.Format, nsid, dword10 }));

/** Optional commands that one of the two has. */
const options: fc.Arbitrary<Prepared> = fc
  .tuple(
    fc.constantFrom(
      Admin.NamespaceManagement,
      Admin.FirmwareCommit,
      Admin.FirmwareDownload,
      Admin.SelfTest,
      0x19,
      0x1a,
      0x1c,
    ),
    namespaces,
    fc.nat({ max: 15 }),
  )
  .map(([opcode, nsid, dword10]) => simple({ opcode, nsid, dword10 }));

/** Several at once, that neither change nor move anything. */
export const quietAdminCommands: fc.Arbitrary<NvmeCommand[]> = fc.array(
  fc.oneof(
    fc.constant<NvmeCommand>({ opcode: Admin.AsyncEvent }),
    fc
      .integer({ min: 1, max: 0x0b })
      .filter((feature) => FEATURE_BYTES[feature] === undefined)
      .map((feature): NvmeCommand => ({ opcode: Admin.GetFeatures, nsid: 1, dword10: feature })),
  ),
  { minLength: 2, maxLength: 6 },
);

/** Opcodes that are reserved, vendor specific, or optional and absent. */
const others: fc.Arbitrary<Prepared> = fc
  .tuple(fc.constantFrom(0x03, 0x07, 0x0b, 0x0e, 0x18, 0x7c, 0x7f, 0x83, 0xc0, 0xff), namespaces)
  .map(([opcode, nsid]) => simple({ opcode, nsid }));

const strange: fc.Arbitrary<Prepared> = fc
  .tuple(
    fc.oneof(identifies, deletes, getFeatures),
    fc.constantFrom<Partial<NvmeCommand>>(
      { psdt: 1 },
      { psdt: 2 },
      { fuse: 1 },
      { fuse: 2 },
      { dword2: 0xffff_ffff },
      { metadata: 0x1000 },
      { dword14: 0x7f },
      { dword15: 0xffff_ffff },
    ),
  )
  .map(([{ command, fills }, more]) => ({ command: { ...command, ...more }, fills }));

/** Without what outlives a reset of the controller. */
export const passingAdminCommands: fc.Arbitrary<Prepared> = fc.oneof(
  { weight: 3, arbitrary: createCq },
  { weight: 3, arbitrary: createSq },
  { weight: 2, arbitrary: deletes },
  { weight: 3, arbitrary: identifies },
  { weight: 3, arbitrary: getFeatures },
  { weight: 1, arbitrary: aborts },
  { weight: 1, arbitrary: events },
  { weight: 1, arbitrary: others },
  { weight: 1, arbitrary: strange },
);

export const adminCommands: fc.Arbitrary<Prepared> = fc.oneof(
  { weight: 10, arbitrary: passingAdminCommands },
  { weight: 6, arbitrary: setFeatures },
  { weight: 3, arbitrary: logPages },
  { weight: 1, arbitrary: formats },
  { weight: 1, arbitrary: options },
);
