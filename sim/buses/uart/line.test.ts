import { expect, it } from 'vitest';
import { EventKind } from '../../kernel/journal.ts';
import { World } from '../../kernel/world.ts';
import { type LineFormat, characterNs, encode, lineFormat, sample } from './format.ts';
import { LineEnd, LineEvent, SerialLine } from './line.ts';
import { SerialPeer } from './peer.ts';
import { Sampler } from './sampler.ts';

const NS_AT_9600 = 1e9 / 9600;

function bench(format: LineFormat = lineFormat(9600)) {
  const world = new World({ seed: 1, settle: () => Promise.resolve() });
  const line = new SerialLine(world);
  const peer = new SerialPeer(world, line);
  const heard: number[] = [];
  const sampler = new Sampler(
    world,
    () => format,
    ({ data }) => heard.push(data),
  );
  line.toDevice.listen(sampler);
  return { world, line, peer, heard };
}

it('puts the least significant bit first', () => {
  const levels = encode(0b0000_0001, lineFormat(9600)).levels;
  expect(levels).toEqual([false, true, ...Array.from({ length: 7 }, () => false), true]);
});

it.each([
  ['odd', 0x03, true],
  ['odd', 0x01, false],
  ['even', 0x03, false],
  ['even', 0x01, true],
  ['mark', 0x00, true],
  ['space', 0x00, false],
] as const)('adds %s parity to 0x%s', (parity, data, level) => {
  expect(encode(data, lineFormat(9600, 8, parity)).levels[9]).toBe(level);
});

it.each([
  [lineFormat(9600), 10],
  [lineFormat(9600, 5, 'none', 1.5), 7.5],
  [lineFormat(9600, 8, 'odd', 2), 12],
])('takes a bit for each bit', (format, count) => {
  expect(characterNs(format)).toBeCloseTo(count * NS_AT_9600);
});

it('reads a slower sender as zeros without a stop bit', () => {
  const frame = encode(0x00, lineFormat(1200));
  const seen = sample(frame, lineFormat(9600));
  expect(seen).toEqual({ data: 0, parityError: false, framingError: true, break: false });
});

it('takes a much faster sender for a false start bit', () => {
  expect(sample(encode(0xff, lineFormat(115200)), lineFormat(9600))).toBeUndefined();
});

it('sends one character after another, with the gaps asked for', () => {
  const { world, peer, heard } = bench();
  peer.send([1, 2], { gapNs: 1e6 });
  world.advance(Math.round(10 * NS_AT_9600));
  expect(heard).toEqual([1]);
  world.advance(1e6 + Math.round(9 * NS_AT_9600));
  expect(heard).toEqual([1]);
  world.advance(Math.round(NS_AT_9600));
  expect(heard).toEqual([1, 2]);
});

it('pauses while RTS is off, or after XOFF', () => {
  const { world, line, peer, heard } = bench();
  peer.flowControl = 'rts-cts';
  peer.send([1]);
  world.advance(2e6);
  expect(heard).toEqual([]);
  line.outputs.RTS.drive(true);
  world.advance(2e6);
  expect(heard).toEqual([1]);
  peer.flowControl = 'xon-xoff';
  line.toPeer.send(0x13, peer.format);
  world.advance(2e6);
  peer.send([2]);
  world.advance(2e6);
  expect(heard).toEqual([1]);
  line.toPeer.send(0x11, peer.format);
  world.advance(4e6);
  expect(heard).toEqual([1, 2]);
  expect(peer.heard).toEqual([]);
});

it('loses the character in which a break begins', () => {
  const { world, peer, heard } = bench();
  peer.send([0x55]);
  world.advance(300_000);
  peer.sendBreak(5e6);
  world.advance(1e7);
  expect(heard).toEqual([0]);
});

it('writes characters, breaks and modem lines to the journal', () => {
  const { world, line, peer } = bench();
  const seen: number[][] = [];
  const { journal } = world;
  journal.observe(EventKind.Line, (at) => {
    seen.push([journal.spaceAt(at), journal.addressAt(at), journal.valueAt(at)]);
  });
  line.outputs.DTR.drive(true);
  peer.setModemLines({ CTS: true });
  peer.send([0x41]);
  line.toPeer.setBreak(true);
  expect(seen).toEqual([
    [LineEnd.Device, LineEvent.DTR, 1],
    [LineEnd.Peer, LineEvent.CTS, 1],
    [LineEnd.Peer, LineEvent.Character, 0x41],
    [LineEnd.Device, LineEvent.Break, 1],
  ]);
});
