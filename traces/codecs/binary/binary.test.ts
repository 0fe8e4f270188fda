import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestPacker, deflate, unpack } from '../../files/packing.ts';
import { EventBatch } from '../../format/batch.ts';
import { TraceKind, traceEvent } from '../../format/event.ts';
import { arbitraryTrace, decoded, encoded } from '../../format/events.fixture.ts';
import { emptyHeader } from '../../format/header.ts';
import { BinaryTraceDecoder } from './decoder.ts';
import { BinaryTraceEncoder } from './encoder.ts';
import { STORED } from './layout.ts';

const read = (file: Uint8Array, piece?: number) =>
  decoded(new BinaryTraceDecoder(unpack, new EventBatch(64)), file, piece);

/** Many events with payloads: several blocks. */
function large() {
  const events = Array.from({ length: 20_000 }, (_, at) =>
    traceEvent({
      timeNs: at * 1000,
      kind: at % 3 === 0 ? TraceKind.DmaWrite : TraceKind.Lifecycle,
      address: at,
      ...(at % 3 === 0 ? { bytes: new Uint8Array(at % 64).fill(at) } : { text: `step ${at % 50}` }),
    }),
  );
  return { header: emptyHeader('pci'), events, footer: { events: events.length } };
}

describe('the binary form', () => {
  it('gives back what was written, however it is cut and packed', () => {
    const packers = fc.constantFrom(bestPacker, deflate, STORED);
    const pieces = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(arbitraryTrace, pieces, packers, (trace, piece, packer) => {
        const file = encoded(new BinaryTraceEncoder(packer), trace);
        expect(read(file, piece)).toEqual(trace);
      }),
      { numRuns: 300 },
    );
  });

  it('is several blocks, each readable alone', () => {
    const trace = large();
    const file = encoded(new BinaryTraceEncoder(bestPacker), trace);
    expect(read(file)).toEqual(trace);
  });

  it('has no footer where it was cut off after a block', () => {
    const file = encoded(new BinaryTraceEncoder(STORED), large());
    const { events, footer } = read(file.subarray(0, -200));
    expect(footer).toBeUndefined();
    expect(events.length).toBeGreaterThan(1000);
  });

  it('says what is damaged and where', () => {
    const file = encoded(new BinaryTraceEncoder(bestPacker), large());
    const start = file.indexOf(0x42, 40);
    const broken = (at: number, byte: number) => {
      const copy = file.slice();
      copy[at] = byte;
      return () => read(copy);
    };
    expect(broken(0, 0)).toThrow('byte 0: a binary trace begins with');
    expect(broken(start, 0x43)).toThrow(`byte ${start}: here must be a block`);
    expect(broken(start + 1, 9)).toThrow(`byte ${start}: this block is packed in a way (9)`);
    expect(broken(start + 11, 1)).toThrow(`byte ${start}: a block has at most`);
    expect(broken(start + 8, file[start + 8]! ^ 1)).toThrow(`byte ${start}: this block`);
    expect(broken(start + 16, file[start + 16]! ^ 1)).toThrow(
      `byte ${start}: this block is damaged`,
    );
    expect(broken(start + 60, file[start + 60]! ^ 1)).toThrow(`byte ${start}: this block`);
    expect(() => read(Uint8Array.of(0x89))).toThrow('byte 0: the file ends within its header');
  });
});
