/** A W25Q at its bus, without a driver. What its data sheets say of each part is restated here. */
import { SpiPort } from '../../../sim/buses/spi/port.ts';
import type { SpiLines, SpiMode, SpiSegment } from '../../../sim/buses/spi/bus.ts';
import type { Citation } from '../../citation.ts';
import { expect, Inconclusive } from '../../expect.ts';
import type { Scene } from '../../scene.ts';

const MIB = 1024 * 1024;
const KIB = 1024;

export interface PartFacts {
  readonly bytes: number;
  readonly deviceId: number;
  readonly chipEraseNs: number;
  readonly fourByteAddresses: boolean;
  /** Protected bytes by BP; undefined where the table has no such row. */
  readonly blocks: readonly (number | undefined)[];
  /** The same with SEC, where there is one. */
  readonly sectors?: readonly (number | undefined)[];
}

/** Protected bytes of growing powers of two, then all of the part. */
function growing(options: { first: number; count: number; bytes: number; rows: number }): number[] {
  const { first, count, bytes, rows } = options;
  return Array.from({ length: rows }, (_, bp) => {
    if (bp === 0) return 0;
    return bp <= count ? first * 2 ** (bp - 1) : bytes;
  });
}

/** By JEDEC id. */
const PARTS: Readonly<Record<string, PartFacts>> = {
  'ef 40 15': {
    bytes: 2 * MIB,
    deviceId: 0x14,
    chipEraseNs: 25e9,
    fourByteAddresses: false,
    blocks: growing({ first: 64 * KIB, count: 5, bytes: 2 * MIB, rows: 8 }),
    sectors: [0, 4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB, 32 * KIB, 2 * MIB, 2 * MIB],
  },
  'ef 40 18': {
    bytes: 16 * MIB,
    deviceId: 0x17,
    chipEraseNs: 200e9,
    fourByteAddresses: false,
    blocks: growing({ first: 256 * KIB, count: 6, bytes: 16 * MIB, rows: 8 }),
    sectors: [0, 4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB, 32 * KIB, undefined, 16 * MIB],
  },
  'ef 40 19': {
    bytes: 32 * MIB,
    deviceId: 0x18,
    chipEraseNs: 400e9,
    fourByteAddresses: true,
    blocks: growing({ first: 64 * KIB, count: 9, bytes: 32 * MIB, rows: 16 }),
  },
};

/** The longest that the data sheets allow (AC Electrical Characteristics), in nanoseconds. */
export const LongestNs = {
  program: 3_000_000,
  sectorErase: 400_000_000,
  halfBlockErase: 1_600_000_000,
  blockErase: 2_000_000_000,
  writeStatus: 15_000_000,
  suspend: 20_000,
  powerDown: 3_000,
  release: 3_000,
  reset: 30_000,
} as const;

export const SHEET = (section: string): Citation => ({
  document: 'Winbond W25Q128JV data sheet',
  revision: 'F',
  section,
  basis: 'secondary',
});

/** Of the part with four-byte addresses. */
export const LARGE_SHEET = (section: string): Citation => ({
  document: 'Winbond W25Q256JV data sheet',
  revision: 'G',
  section,
  basis: 'secondary',
});

export const BUSY = 0x01;
export const WEL = 0x02;
export const SUS = 0x80;
export const QE = 0x02;
/** The instruction. */
export const RESUME = 0x7a;
export const PAGE = 256;
export const SECTOR = 4096;

const STATUS = { 1: 0x05, 2: 0x35, 3: 0x15 } as const;
const WRITE_STATUS = { 1: 0x01, 2: 0x31, 3: 0x11 } as const;
type StatusIndex = 1 | 2 | 3;

export class Bare {
  readonly scene: Scene;
  readonly facts: PartFacts;
  readonly #port: SpiPort;

  private constructor(scene: Scene, port: SpiPort, facts: PartFacts) {
    this.scene = scene;
    this.#port = port;
    this.facts = facts;
  }

  static async open(scene: Scene): Promise<Bare> {
    const port = new SpiPort(scene.world, scene.spi.spi);
    const answers = await port.transfer(scene.spi.select, [
      { write: Uint8Array.of(0x9f) },
      { read: 3 },
    ]);
    const id = idText(answers[0] ?? []);
    const facts = PARTS[id];
    if (facts === undefined) throw new Inconclusive(`No part with the id ${id} is known here.`);
    return new Bare(scene, port, facts);
  }

  transfer(segments: readonly SpiSegment[]): Promise<readonly Uint8Array[]> {
    return this.#port.transfer(this.scene.spi.select, segments);
  }

  configure(mode: SpiMode): void {
    this.#port.configure(this.scene.spi.select, mode);
  }

  async tell(...bytes: readonly number[]): Promise<void> {
    await this.transfer([{ write: Uint8Array.from(bytes) }]);
  }

  async ask(bytes: readonly number[], length: number): Promise<Uint8Array> {
    const [answer] = await this.transfer([{ write: Uint8Array.from(bytes) }, { read: length }]);
    return answer ?? new Uint8Array(0);
  }

  pass(ns: number): Promise<void> {
    return this.scene.pass(ns);
  }

  async status(index: StatusIndex = 1): Promise<number> {
    return (await this.ask([STATUS[index]], 1))[0] ?? 0;
  }

  /** Whether bits of a status register are all set. */
  async has(mask: number, index: StatusIndex = 1): Promise<boolean> {
    return ((await this.status(index)) & mask) === mask;
  }

  async enable(): Promise<void> {
    await this.tell(0x06);
  }

  /** For good, with its time. */
  async writeStatus(index: StatusIndex, ...values: readonly number[]): Promise<void> {
    await this.enable();
    await this.tell(WRITE_STATUS[index], ...values);
    await this.pass(LongestNs.writeStatus);
  }

  /** Until the next reset. */
  async writeVolatile(index: StatusIndex, value: number): Promise<void> {
    await this.tell(0x50);
    await this.tell(WRITE_STATUS[index], value);
  }

  /** Begun, with three bytes of address. */
  async begin(opcode: number, at: number, bytes: Iterable<number> = []): Promise<void> {
    await this.enable();
    await this.tell(opcode, ...threeBytes(at), ...bytes);
  }

  async program(at: number, bytes: Iterable<number>): Promise<void> {
    await this.begin(0x02, at, bytes);
    await this.pass(LongestNs.program);
  }

  async eraseSector(at: number): Promise<void> {
    await this.begin(0x20, at);
    await this.pass(LongestNs.sectorErase);
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    return this.ask([0x03, ...threeBytes(at)], length);
  }

  async holds(at: number, bytes: Iterable<number>, what: string): Promise<void> {
    const expected = Uint8Array.from(bytes);
    expect.equal(await this.read(at, expected.length), expected, what);
  }

  /** In four-byte mode where the part has it. */
  async programFar(at: number, byte: number): Promise<void> {
    await this.enable();
    await this.tell(0x02, ...this.#anywhere(at), byte);
    await this.pass(LongestNs.program);
  }

  readFar(at: number, length: number): Promise<Uint8Array> {
    return this.ask([0x03, ...this.#anywhere(at)], length);
  }

  async reset(): Promise<void> {
    await this.tell(0x66);
    await this.tell(0x99);
    await this.pass(LongestNs.reset);
  }

  /** Power off and on again. */
  cutPower(): void {
    this.scene.cutPower();
  }

  #anywhere(at: number): number[] {
    return this.facts.fourByteAddresses ? fourBytes(at) : threeBytes(at);
  }
}

export function threeBytes(at: number): number[] {
  return [Math.floor(at / 65_536) % 256, Math.floor(at / 256) % 256, at % 256];
}

export function fourBytes(at: number): number[] {
  return [Math.floor(at / 2 ** 24), ...threeBytes(at)];
}

export function idText(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

export const isKnownId = (id: string): boolean => PARTS[id] !== undefined;

export function ones(length: number): Uint8Array {
  return new Uint8Array(length).fill(0xff);
}

/** An address, or dummies, and data over one or several lines. */
export function fastRead(
  opcode: number,
  at: number,
  options: { addressLines: SpiLines; dummies: number; dataLines: SpiLines; length: number },
): SpiSegment[] {
  const { addressLines, dummies, dataLines, length } = options;
  const between = [...threeBytes(at), ...Array.from({ length: dummies }, () => 0xff)];
  return [
    { write: Uint8Array.of(opcode) },
    { write: Uint8Array.from(between), lines: addressLines },
    { read: length, lines: dataLines },
  ];
}
