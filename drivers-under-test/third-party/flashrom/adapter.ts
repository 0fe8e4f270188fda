/**
 * FlashDevice on the command line of flashrom 1.3 (its manual page, FLASHROM(8)): every call is a
 * run, and areas are regions of a layout. Whatever has no words there is Inexpressible.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlashDevice, FlashFacts, FlashStatistics } from '../../host/classes/flash-device.ts';
import { IOReturnError, type IOReturnName } from '../../host/io-return.ts';
import { Inexpressible, type ProgramEnd, type ProgramPlace } from '../../host/process-manifest.ts';

/** What it has no option to tell; W25Q parts in its chip database have these. */
const PAGE_BYTES = 256;
const ERASE_BYTES = [4096, 32_768, 65_536] as const;
/** Name of the one region of a layout. */
const REGION = 'part';

/** What flashrom says where it fails, the most telling first. */
const FAILURES: readonly (readonly [RegExp, IOReturnName])[] = [
  [/No EEPROM\/flash device found/, 'kIOReturnNoDevice'],
  [/Multiple flash chip definitions match/, 'kIOReturnNoDevice'],
  [/Programmer initialization failed/, 'kIOReturnNotResponding'],
];
/**
 * It gives a programmer half a second of the wall clock to answer the first time: a busy machine
 * misses that. Nothing has touched the device then, and the run is made again.
 */
const NOT_YET = /Programmer initialization failed/;
const INITIALISATIONS_MAX = 4;

export class FlashromAdapter implements FlashDevice {
  readonly #place: ProgramPlace;
  #chip: string | undefined;
  #facts: FlashFacts | undefined;

  constructor(place: ProgramPlace) {
    this.#place = place;
  }

  /** Looks for the chip among all that it knows; later runs name it, as its manual advises. */
  async start(): Promise<void> {
    const { output } = await this.#flashrom(['-V']);
    const name = /^Found \S+ flash chip "([^"]+)" \((\d+) kB, SPI\)/m.exec(output);
    const chip = name?.[1] ?? '';
    // Of the probes that -V shows, the one of the chip that it settled on.
    const probe = output.split('\n').find((line) => line.includes(` ${chip}, `)) ?? '';
    const id = /id1 0x([0-9a-f]{2}), id2 0x([0-9a-f]{2})([0-9a-f]{2})/.exec(probe);
    // What it takes from SFDP alone has no id that it tells.
    if (name === null || (id === null && !chip.startsWith('SFDP'))) {
      throw new IOReturnError('kIOReturnNoDevice', `flashrom settles on no chip: ${found(output)}`);
    }
    this.#chip = chip;
    this.#facts = {
      id: [hex(id?.[1]), hex(id?.[2]), hex(id?.[3])],
      bytes: Number(name[2]) * 1024,
      pageBytes: PAGE_BYTES,
      eraseBytes: ERASE_BYTES,
      fourByteAddresses: false,
    };
  }

  facts(): FlashFacts {
    if (this.#facts === undefined) throw new Error('start() found no chip yet.');
    return this.#facts;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const words = this.#region(offset, length, 'read.bin');
    await this.#flashrom([...words, '-r', this.#file('whole.bin')]);
    return new Uint8Array(readFileSync(this.#file('read.bin')));
  }

  /**
   * Its -w makes an area what the file says and erases for that as it needs. So that bits are only
   * cleared the file is what is there and the client's bytes together.
   */
  async program(offset: number, bytes: Uint8Array): Promise<void> {
    const own = bytes.slice();
    const there = await this.read(offset, own.length);
    await this.#write(
      offset,
      own.map((byte, at) => byte & (there[at] ?? 0)),
    );
  }

  async erase(offset: number, length: number): Promise<void> {
    await this.#flashrom([...this.#region(offset, length), '-E']);
  }

  async eraseAll(): Promise<void> {
    await this.#flashrom(['-E']);
  }

  async protect(bytes: number): Promise<void> {
    try {
      await this.#flashrom([`--wp-range=0,${bytes}`, bytes === 0 ? '--wp-disable' : '--wp-enable']);
    } catch (error) {
      if (!(error instanceof IOReturnError)) throw error;
      if (error.message.includes('not implemented for this chip')) {
        throw new Inexpressible('Its --wp options know nothing of this chip.');
      }
      throw new IOReturnError('kIOReturnUnsupported', error.message);
    }
  }

  async uniqueId(): Promise<Uint8Array> {
    throw new Inexpressible('flashrom has no option that reads a unique id.');
  }

  statistics(): FlashStatistics {
    throw new Inexpressible('flashrom counts nothing.');
  }

  async #write(offset: number, bytes: Uint8Array): Promise<void> {
    const words = this.#region(offset, bytes.length, 'write.bin');
    writeFileSync(this.#file('write.bin'), bytes);
    const whole = this.#file('whole.bin');
    writeFileSync(whole, new Uint8Array(this.facts().bytes));
    await this.#flashrom([...words, '-w', whole]);
  }

  /** Options for an area alone. -N: outside of it nothing is read either. */
  #region(offset: number, length: number, file?: string): string[] {
    if (length === 0) throw new Inexpressible('A region of a layout has one byte at least.');
    const word = (value: number) => value.toString(16).padStart(8, '0');
    const layout = this.#file('layout.txt');
    writeFileSync(layout, `${word(offset)}:${word(offset + length - 1)} ${REGION}\n`);
    const included = file === undefined ? REGION : `${REGION}:${this.#file(file)}`;
    return ['-l', layout, '-i', included, '-N'];
  }

  #file(name: string): string {
    return join(this.#place.folder, name);
  }

  /** @throws IOReturnError when it ends with another code than 0 */
  async #flashrom(words: readonly string[]): Promise<ProgramEnd> {
    const chip = this.#chip === undefined ? [] : ['-c', this.#chip];
    const programmer = ['-p', `serprog:ip=${this.#place.address}`];
    let end = await this.#place.run([...programmer, ...chip, ...words]);
    for (let again = 1; again < INITIALISATIONS_MAX && NOT_YET.test(end.output); again++) {
      end = await this.#place.run([...programmer, ...chip, ...words]);
    }
    if (end.code === 0) return end;
    const known = FAILURES.find(([says]) => says.test(end.output))?.[1] ?? 'kIOReturnIOError';
    throw new IOReturnError(known, `flashrom: ${reason(end.output)}`);
  }
}

function hex(digits = '0'): number {
  return Number.parseInt(digits, 16);
}

/** Everything that it says it found. */
function found(output: string): string {
  const lines = output.split('\n').filter((line) => line.startsWith('Found '));
  return lines.join(' ') || reason(output);
}

/** The first line that complains, or the last one. */
function reason(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const complaint = lines.find((line) => /error|fail|no eeprom|cannot|unable/i.test(line));
  return (complaint ?? lines.at(-1) ?? 'it says nothing').trim();
}
