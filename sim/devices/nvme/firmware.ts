/**
 * Firmware: images downloaded in pieces, committed to slots, activated by a reset or without one.
 *
 * NVM Express Base Specification 1.4, "Firmware Image Download command", "Firmware Commit command",
 * "Firmware Update Process" (secondary sources). Not modelled: boot partitions; firmware that
 * behaves differently; an activation that fails.
 */
import type { Execution } from './execution.ts';
import { IMAGE_BYTES_MAX, ImageHead, firmwareImage, isIntact } from './firmware-image.ts';
import { Status } from './status.ts';
import { FirmwareCommit, FirmwareDownload, FirmwareSlots } from './structures.ts';

/** Slots 1 to this; slot 1 holds what the factory put there and is read-only. */
export const FIRMWARE_SLOTS = 3;
const FACTORY_SLOT = 1;
const FACTORY_REVISION = '1.0';
const FACTORY_BYTES = 4096;

/** Checking and storing an image. */
const COMMIT_NS = 5_000_000;
/** Pieces of one image. */
const PIECES_MAX = 4096;
const DWORD_BYTES = 4;

const Action = { Replace: 0, ReplaceAndActivate: 1, Activate: 2, ActivateNow: 3 } as const;

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export class Firmware {
  /** The slot that the running firmware came from. */
  active = FACTORY_SLOT;
  /** The slot that the next reset activates; 0 for none. */
  next = 0;
  readonly #slots: (Uint8Array | undefined)[];
  readonly #starting: () => void;
  readonly #timed: boolean;
  #pieces: Piece[] = [];
  #running: Uint8Array;

  /** `starting`: an activation without reset begins, which the host may want to hear of. */
  constructor(timed: boolean, starting: () => void) {
    this.#timed = timed;
    this.#starting = starting;
    this.#running = firmwareImage({ revision: FACTORY_REVISION, bytes: FACTORY_BYTES });
    this.#slots = Array.from({ length: FIRMWARE_SLOTS + 1 });
    this.#slots[FACTORY_SLOT] = this.#running;
  }

  /** FR of Identify Controller. */
  get revision(): string {
    return ImageHead.REVISION.getText(this.#running);
  }

  /** The Firmware Slot Information log page, into bytes that are zeros. */
  report(page: Uint8Array): void {
    FirmwareSlots.ACTIVE.set(page, 0, this.active);
    FirmwareSlots.NEXT.set(page, 0, this.next);
    const fields = [undefined, FirmwareSlots.FRS1, FirmwareSlots.FRS2, FirmwareSlots.FRS3];
    for (let slot = FACTORY_SLOT; slot <= FIRMWARE_SLOTS; slot++) {
      const image = this.#slots[slot];
      if (image !== undefined) fields[slot]?.setText(page, 0, ImageHead.REVISION.getText(image));
    }
  }

  /** Firmware Image Download: pieces in any order, none twice. */
  download(execution: Execution): void {
    const { sqe, data } = execution;
    const length = (FirmwareDownload.NUMD.get(sqe) + 1) * DWORD_BYTES;
    const offset = FirmwareDownload.OFST.get(sqe) * DWORD_BYTES;
    if (offset + length > IMAGE_BYTES_MAX || this.#pieces.length === PIECES_MAX) {
      return execution.fail(Status.InvalidField, FirmwareDownload.OFST);
    }
    const isTaken = this.#pieces.some(
      (piece) => offset < piece.offset + piece.bytes.length && piece.offset < offset + length,
    );
    if (isTaken) return execution.fail(Status.FirmwareOverlappingRange, FirmwareDownload.OFST);
    const opened = data.open(length);
    if (opened !== Status.Success) return execution.fail(opened);
    const bytes = new Uint8Array(length);
    const moved = data.fromHost(0, bytes);
    if (moved !== Status.Success) return execution.fail(moved);
    this.#pieces.push({ offset, bytes });
    execution.complete(Status.Success);
  }

  /** Firmware Commit: in its second step, since it takes its time. */
  commit(execution: Execution): void {
    if (this.#timed && execution.step === 0) return execution.again(COMMIT_NS);
    const action = FirmwareCommit.CA.get(execution.sqe);
    if (action > Action.ActivateNow) return execution.fail(Status.InvalidField, FirmwareCommit.CA);
    const pieces = this.#pieces;
    const replaces = action !== Action.Activate && (action < Action.Activate || pieces.length > 0);
    // Whatever comes of it, the next piece belongs to another image.
    this.#pieces = [];
    const slot = this.#slotFor(FirmwareCommit.FS.get(execution.sqe), replaces);
    if (slot === 0) return execution.fail(Status.InvalidFirmwareSlot, FirmwareCommit.FS);
    const image = replaces ? assemble(pieces) : this.#slots[slot];
    if (image === undefined || !isIntact(image)) {
      return execution.fail(Status.InvalidFirmwareImage);
    }
    this.#slots[slot] = image;
    if (action === Action.Replace) return execution.complete(Status.Success);
    this.next = slot;
    if (action !== Action.ActivateNow) return execution.complete(Status.Success);
    if (ImageHead.NEEDS_RESET.get(image) === 1) {
      return execution.fail(Status.FirmwareNeedsControllerReset);
    }
    this.#starting();
    this.#activate();
    execution.complete(Status.Success);
  }

  /** A reset of the controller: what was downloaded and not committed is gone. */
  reset(): void {
    this.#pieces = [];
    this.#activate();
  }

  #activate(): void {
    const image = this.#slots[this.next];
    if (image === undefined) return;
    this.active = this.next;
    this.next = 0;
    this.#running = image;
  }

  /** The slot that a commit is for, chosen here for 0; 0 when it cannot be. */
  #slotFor(asked: number, replaces: boolean): number {
    if (asked > FIRMWARE_SLOTS) return 0;
    if (!replaces) return asked;
    if (asked === FACTORY_SLOT) return 0;
    if (asked !== 0) return asked;
    return this.active === FIRMWARE_SLOTS ? FIRMWARE_SLOTS - 1 : FIRMWARE_SLOTS;
  }
}

/** The image, or undefined when a piece is missing. */
function assemble(pieces: readonly Piece[]): Uint8Array | undefined {
  const sorted = pieces.toSorted((a, b) => a.offset - b.offset);
  const length = sorted.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const image = new Uint8Array(length);
  let at = 0;
  for (const { offset, bytes } of sorted) {
    if (offset !== at) return undefined;
    image.set(bytes, at);
    at += bytes.length;
  }
  return image;
}
