/**
 * Message signalled interrupts without an interrupt controller: their address is a word of guest
 * RAM, which is looked at after every access.
 *
 * PCI Local Bus Specification 3.0, sections 6.8.1 (MSI) and 6.8.2 (MSI-X), from secondary sources.
 *
 * Not modelled: counting. A second message of one MSI capability (of one vector, with MSI-X)
 * before anybody looks overwrites the first, as edges merge in an interrupt controller too.
 */
import { COMMAND, CONFIG, type ConfigSpace } from './config-space.ts';
import type { GuestRam, Region } from './guest-ram.ts';

const MSI = 0x05;
const MSIX = 0x11;
const MSI_VECTORS_MAX = 32;
const MSIX_VECTORS_MAX = 2048;
/** Never zero, which means "no message"; a device replaces the low five bits by the vector. */
const MSI_DATA = 0x4d40;
const MSIX_DATA = 1;
const ENTRY_BYTES = 16;

export interface MessageWords {
  /** Vectors whose message has come since the last call. */
  take(): readonly number[];
  release(): void;
}

/** Points MSI at a word of RAM and turns it on; undefined without the capability. */
export function routeMsi(
  config: ConfigSpace,
  ram: GuestRam,
  vectors: number,
): MessageWords | undefined {
  const at = config.capability(MSI);
  if (at === undefined) return undefined;
  const control = config.read(at + 2, 2);
  const offered = Math.floor((control & 0xe) / 2); // Both are powers of two.
  const asked = Math.floor(Math.log2(Math.min(Math.max(vectors, 1), MSI_VECTORS_MAX)));
  const word = ram.allocate(4, 4);
  config.write(at + 4, 4, word.address);
  const wide = (control & 0x80) !== 0;
  if (wide) config.write(at + 8, 4, 0);
  config.write(at + (wide ? 12 : 8), 2, MSI_DATA);
  config.write(at + 2, 2, ((control & ~0x70) + Math.min(asked, offered) * 0x10) | 1);
  return words(ram, word, (_, value) => {
    const vector = value - MSI_DATA;
    return vector >= 0 && vector < MSI_VECTORS_MAX ? vector : undefined;
  });
}

/** Fills the MSI-X table through `write` and turns MSI-X on; undefined without the capability. */
export function routeMsix(
  config: ConfigSpace,
  ram: GuestRam,
  {
    vectors,
    write,
  }: {
    vectors: number;
    write: (bar: number, offset: number, value: number) => void;
  },
): MessageWords | undefined {
  const at = config.capability(MSIX);
  if (at === undefined) return undefined;
  const control = config.read(at + 2, 2);
  const table = config.read(at + 4, 4);
  const used = Math.min(Math.max(vectors, 1), (control & 0x7ff) + 1, MSIX_VECTORS_MAX);
  const region = ram.allocate(4 * used, 4);
  const command = config.read(CONFIG.command, 2);
  config.write(CONFIG.command, 2, command | COMMAND.memory); // The table is in a memory BAR.
  for (let vector = 0; vector < used; vector++) {
    const entry = [region.address + 4 * vector, 0, MSIX_DATA, 0];
    const offset = (table & ~7) + vector * ENTRY_BYTES;
    entry.forEach((value, index) => write(table & 7, offset + 4 * index, value));
  }
  config.write(CONFIG.command, 2, command);
  config.write(at + 2, 2, (control & 0x3fff) | 0x8000);
  return words(ram, region, (index, value) => (value === MSIX_DATA ? index : undefined));
}

/** Turns MSI and MSI-X off, which leaves INTx. */
export function routeNone(config: ConfigSpace): void {
  const msi = config.capability(MSI);
  if (msi !== undefined) config.write(msi + 2, 2, config.read(msi + 2, 2) & ~1);
  const msix = config.capability(MSIX);
  if (msix !== undefined) config.write(msix + 2, 2, config.read(msix + 2, 2) & 0x7fff);
}

function words(
  ram: GuestRam,
  region: Region,
  vector: (index: number, value: number) => number | undefined,
): MessageWords {
  const bytes = new Uint8Array(region.length);
  const view = new DataView(bytes.buffer);
  const none: readonly number[] = [];
  return {
    take() {
      ram.readInto(region.address, bytes);
      if (bytes.every((it) => it === 0)) return none;
      const came: number[] = [];
      for (let index = 0; index < region.length / 4; index++) {
        const value = view.getUint32(4 * index, true);
        if (value === 0) continue;
        ram.write(region.address + 4 * index, new Uint8Array(4));
        const number = vector(index, value);
        // Anything else is no message: some DMA went astray.
        if (number !== undefined) came.push(number);
      }
      return came;
    },
    release: () => ram.free(region),
  };
}
