/**
 * What the controller keeps to tell: errors, health, changed namespaces.
 *
 * NVM Express Base Specification 1.4, "Get Log Page command": Error Information, SMART / Health
 * Information, Changed Namespace List (secondary).
 */
import type { World } from '../../kernel/world.ts';
import type { StructureField } from '../../registers/structure.ts';
import type { Execution } from './execution.ts';
import type { IoCommands } from './io-commands.ts';
import { Command, Dword, ErrorEntry, IDENTIFY_BYTES, Smart } from './structures.ts';

/** Entries of the error log; Identify Controller reports one less (ELPE is zero-based). */
export const ERROR_ENTRIES = 64;
/** Kelvin; nothing ever warms it. */
export const TEMPERATURE = 323;

const HOUR_NS = 3_600e9;
/** Data units are thousands of 512 bytes. */
const UNITS = 1000;
/** Identifiers that fit into the list of changed namespaces; one more, and it says so. */
const CHANGED_MAX = IDENTIFY_BYTES / Dword.bytes;
const TOO_MANY = 0xffffffff;
/** In an error entry: of no queue, of no command. */
const NONE = 0xffff;

export class Logs {
  /** Events that are worth a bit of SMART's critical warning. */
  temperatureWarning = false;
  powerCycles = 1;
  unsafeShutdowns = 0;
  readonly #world: World;
  readonly #io: IoCommands;
  readonly #errors = new Uint8Array(ERROR_ENTRIES * ErrorEntry.bytes);
  #errorCount = 0;
  /** Ascending, each once. */
  #changed: number[] = [];

  constructor(world: World, io: IoCommands) {
    this.#world = world;
    this.#io = io;
  }

  /** A command ended with an error. */
  failed(execution: Execution, status: number, field?: StructureField, lba = 0): void {
    const at = this.#nextError(status);
    ErrorEntry.SQID.set(this.#errors, at, execution.queue);
    ErrorEntry.CID.set(this.#errors, at, Command.CID.get(execution.sqe));
    ErrorEntry.LBA.set(this.#errors, at, lba);
    ErrorEntry.NSID.set(this.#errors, at, Command.NSID.get(execution.sqe));
    if (field === undefined) return;
    ErrorEntry.LOCATION_BYTE.set(this.#errors, at, field.byte);
    ErrorEntry.LOCATION_BIT.set(this.#errors, at, field.bit);
    ErrorEntry.LOCATION_REST.set(this.#errors, at, 0);
  }

  /** Something went wrong that is no command's: a doorbell. */
  wrong(status: number): void {
    const at = this.#nextError(status);
    ErrorEntry.SQID.set(this.#errors, at, NONE);
    ErrorEntry.CID.set(this.#errors, at, NONE);
  }

  namespaceChanged(nsid: number): void {
    if (this.#changed.includes(nsid)) return;
    this.#changed.push(nsid);
    this.#changed.sort((a, b) => a - b);
  }

  /** The error log, newest first; bytes of entries that were never made are zeros. */
  reportErrors(page: Uint8Array): void {
    for (let index = 0; index < Math.min(ERROR_ENTRIES, this.#errorCount); index++) {
      const from = ((this.#errorCount - 1 - index) % ERROR_ENTRIES) * ErrorEntry.bytes;
      const entry = this.#errors.subarray(from, from + ErrorEntry.bytes);
      page.set(entry, index * ErrorEntry.bytes);
    }
  }

  reportHealth(page: Uint8Array): void {
    const io = this.#io;
    Smart.TEMPERATURE_WARNING.set(page, 0, this.temperatureWarning ? 1 : 0);
    Smart.TEMPERATURE.set(page, 0, TEMPERATURE);
    Smart.SENSOR1.set(page, 0, TEMPERATURE);
    Smart.AVAILABLE_SPARE.set(page, 0, 100);
    Smart.SPARE_THRESHOLD.set(page, 0, 10);
    Smart.DATA_UNITS_READ.set(page, 0, Math.ceil(io.unitsRead / UNITS));
    Smart.DATA_UNITS_WRITTEN.set(page, 0, Math.ceil(io.unitsWritten / UNITS));
    Smart.HOST_READS.set(page, 0, io.reads);
    Smart.HOST_WRITES.set(page, 0, io.writes);
    Smart.POWER_CYCLES.set(page, 0, this.powerCycles);
    Smart.POWER_ON_HOURS.set(page, 0, Math.floor(this.#world.now / HOUR_NS));
    Smart.UNSAFE_SHUTDOWNS.set(page, 0, this.unsafeShutdowns);
    Smart.MEDIA_ERRORS.set(page, 0, io.mediaErrors);
    Smart.ERROR_LOG_ENTRIES.set(page, 0, this.#errorCount);
  }

  reportChanged(page: Uint8Array): void {
    if (this.#changed.length > CHANGED_MAX) {
      Dword.VALUE.set(page, 0, TOO_MANY);
      return;
    }
    this.#changed.forEach((nsid, index) => Dword.VALUE.set(page, index * Dword.bytes, nsid));
  }

  /** The host has read the list. */
  forgetChanged(): void {
    this.#changed = [];
  }

  /** Power comes back: what counts goes on, the entries themselves are gone. */
  powerCycle(orderly: boolean): void {
    this.powerCycles++;
    if (!orderly) this.unsafeShutdowns++;
    this.#errors.fill(0);
    this.#changed = [];
  }

  #nextError(status: number): number {
    const at = (this.#errorCount % ERROR_ENTRIES) * ErrorEntry.bytes;
    this.#errorCount++;
    this.#errors.fill(0, at, at + ErrorEntry.bytes);
    ErrorEntry.COUNT.set(this.#errors, at, this.#errorCount);
    ErrorEntry.STATUS.set(this.#errors, at, status);
    ErrorEntry.LOCATION_BYTE.set(this.#errors, at, 0xff);
    ErrorEntry.LOCATION_BIT.set(this.#errors, at, 0x7);
    ErrorEntry.LOCATION_REST.set(this.#errors, at, 0x1f);
    return at;
  }
}
