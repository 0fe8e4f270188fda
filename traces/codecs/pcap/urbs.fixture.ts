/** Random USB requests as events, in the form in which a decoder gives them. */
import fc from 'fast-check';
import { TraceKind, type TraceEvent } from '../../format/event.ts';
import { DESCRIPTOR_BYTES, NO_SETUP, urbText } from './urb.ts';

const signed = fc.oneof(fc.constant(0), fc.integer());
const flag = fc.constantFrom(0x3c, 0x3e, 0x5a);

export const arbitraryUrb: fc.Arbitrary<TraceEvent> = fc
  .record({
    timeNs: fc.nat().map((us) => us * 1000),
    kind: fc.constantFrom(TraceKind.Command, TraceKind.Completion),
    space: fc.nat({ max: 255 }),
    address: fc.nat({ max: 65_535 * 256 + 255 }),
    value: fc.nat(),
    id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    transfer: fc.nat({ max: 3 }),
    failed: fc.boolean(),
    status: signed,
    setup: fc.oneof(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.constant(NO_SETUP)),
    bytes: fc.option(fc.uint8Array({ maxLength: 70 }), { nil: undefined }),
    noData: flag,
    interval: signed,
    frame: signed,
    flags: fc.nat(),
    counts: fc.tuple(signed, signed),
    descriptors: fc.nat({ max: 3 }).chain((count) => {
      const length = count * DESCRIPTOR_BYTES;
      return fc.uint8Array({ minLength: length, maxLength: length });
    }),
  })
  .map((it) => {
    const { timeNs, kind, space, address, value, bytes, transfer, setup, descriptors } = it;
    const isIso = transfer === 0 && typeof setup === 'number';
    const text = urbText({
      ...it,
      isError: it.failed && kind === TraceKind.Completion,
      noData: bytes === undefined ? it.noData : undefined,
      errors: isIso ? it.counts[0] : 0,
      frames: isIso ? it.counts[1] : 0,
      descriptors,
    });
    const event = { timeNs, kind, space, address, size: 0, value, high: 0, text };
    return bytes === undefined ? event : { ...event, bytes };
  });
