/** What the clauses of PCI expect, restated from the documents and not taken from our model. */
import type { PciFunction } from '../../../sim/buses/pci/function.ts';
import type { Scene } from '../../scene.ts';
import { Inconclusive } from '../../expect.ts';

export const Config = {
  Vendor: 0x00,
  Command: 0x04,
  Status: 0x06,
  Revision: 0x08,
  HeaderType: 0x0e,
  Bar0: 0x10,
  Subsystem: 0x2c,
  Rom: 0x30,
  Capabilities: 0x34,
  /** Reserved, up to the interrupt line. */
  Reserved: 0x35,
  InterruptLine: 0x3c,
  InterruptPin: 0x3d,
} as const;

export const Command = {
  Io: 0x1,
  Memory: 0x2,
  Master: 0x4,
  IntxDisable: 0x400,
  Reserved: 0xf800,
} as const;

export const Status = {
  Capabilities: 0x10,
  /** Latched errors, cleared by writing ones. */
  Errors: 0xf900,
} as const;

export const CapabilityId = { PowerManagement: 0x01, Msi: 0x05, MsiX: 0x11 } as const;

export const BAR_COUNT = 6;
export const ONES = { 1: 0xff, 2: 0xffff, 4: 0xffff_ffff } as const;

/** Capabilities lie here, each on a double word. */
export const CAPABILITY_FIRST = 0x40;
export const CAPABILITY_END = 0x100;
export const CAPABILITIES_MAX = (CAPABILITY_END - CAPABILITY_FIRST) / 4;

/** Offsets of the capabilities in the order of the list; stops at one that was seen before. */
export function capabilityOffsets(pci: PciFunction): number[] {
  const offsets: number[] = [];
  if ((pci.configRead(Config.Status, 2) & Status.Capabilities) === 0) return offsets;
  let at = pci.configRead(Config.Capabilities, 1);
  while (at !== 0 && offsets.length <= CAPABILITIES_MAX) {
    offsets.push(at);
    at = pci.configRead(at + 1, 1);
  }
  return offsets;
}

/** @throws Inconclusive when the function lacks it; the clause's `needs` should have said so */
export function capability(pci: PciFunction, id: number): number {
  const at = capabilityOffsets(pci).find((offset) => pci.configRead(offset, 1) === id);
  if (at === undefined) throw new Inconclusive(`The function has no capability ${id}.`);
  return at;
}

interface Answer {
  readonly bar: number;
  readonly offset: number;
  readonly size: 1 | 2 | 4;
}

/**
 * For each BAR a place that does not read as all ones while everything is decoded, which is how a
 * BAR that answers is told from one that does not.
 * @throws Inconclusive when no BAR shows one
 */
export function answers(scene: Scene): Answer[] {
  const pci = scene.function;
  pci.configWrite(Config.Command, 2, Command.Io + Command.Memory);
  const found = pci.bars.flatMap((_, bar) => {
    const places = (scene.hardware.maps.get(bar)?.registers ?? [])
      .filter(({ readable, bytes }) => readable && bytes < 8)
      .map(({ at, bytes }) => ({ bar, offset: at, size: bytes as 1 | 2 | 4 }));
    const place = places.find((each) => readPlace(pci, each) !== ONES[each.size]);
    return place === undefined ? [] : [place];
  });
  pci.configWrite(Config.Command, 2, 0);
  if (found.length === 0) throw new Inconclusive('Every register of the device reads as all ones.');
  return found;
}

export function readPlace(pci: PciFunction, { bar, offset, size }: Answer): number {
  return pci.read(bar, offset, size);
}

export function isSilent(pci: PciFunction, answer: Answer): boolean {
  return readPlace(pci, answer) === ONES[answer.size];
}
