/** Formatting and firmware: work for which all I/O has to wait. */
import { FirmwareSlots } from '../../../sim/devices/nvme/structures.ts';
import type { IODispatchQueue } from '../../host/io-dispatch-queue.ts';
import { fail, type IOReturnName } from '../../host/io-return.ts';
import { commitFirmware, downloadFirmware, format, logPage } from './admin-commands.ts';
import type { Device } from './device.ts';
import type { IoRequest } from './request.ts';
import { StatusError } from './status.ts';
import { Tasks } from './tasks.ts';

const FIRMWARE_LOG = 3;
const COMMAND_SPECIFIC = 1;
/** Committed, but a reset has to activate it: conventional, of the subsystem, of the controller. */
const NEEDS_RESET = [0x0b, 0x10, 0x11];
/** Pieces of an image. */
const PIECES_MAX = 65_536;

export class Maintenance {
  readonly #device: Device;
  /** One at a time; sleep and stop are among them. */
  readonly #turns: Tasks;
  readonly #requireUsable: () => void;

  constructor(device: Device, queue: IODispatchQueue, requireUsable: () => void) {
    this.#device = device;
    this.#turns = new Tasks(queue);
    this.#requireUsable = requireUsable;
  }

  /** Alone, and with no request in flight. */
  async quiet<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.alone(async () => {
      await this.#device.io.drain();
      return this.#device.tasks.alone(work);
    });
  }

  /** @throws kIOReturnUnsupported, and what the controller says */
  async format(unit: number, blockBytes: number): Promise<void> {
    await this.#device.tasks.during(() =>
      this.#interrupting(async () => {
        const { admin, facts, units } = this.#device;
        const target = units.get(unit);
        const wanted = target?.formats.find((each) => each.blockBytes === blockBytes);
        if (!facts.hasFormat || target === undefined || wanted === undefined) {
          fail('kIOReturnUnsupported', `the unit cannot have blocks of ${blockBytes} bytes`);
        }
        await format(admin, target.nsid, wanted.index);
        await this.#device.rescan();
      }),
    );
  }

  /** @throws kIOReturnUnsupported, kIOReturnBadMedia, and what the controller says */
  async updateFirmware(image: Uint8Array): Promise<void> {
    await this.#device.tasks.during(() =>
      this.#interrupting(async () => {
        const { admin, facts, recovery } = this.#device;
        const slot = await this.#slot();
        const bytes = Math.min(facts.firmwarePieceBytes, facts.maxTransferBytes);
        if (image.length > PIECES_MAX * bytes) fail('kIOReturnBadArgument', 'too large an image');
        for (let at = 0; at < image.length; at += bytes) {
          await downloadFirmware(admin, image.subarray(at, at + bytes), at);
        }
        try {
          await commitFirmware(admin, slot);
        } catch (error) {
          const asked = error instanceof StatusError && needsReset(error);
          if (!asked) throw error;
        }
        await recovery.reset();
      }),
    );
  }

  async #interrupting(work: () => Promise<void>): Promise<void> {
    try {
      await this.quiet(async () => {
        this.#requireUsable();
        await work();
      });
    } finally {
      this.#device.io.open((request) => this.#refusal(request));
    }
  }

  /** A request that waited was checked against the unit as it was. */
  #refusal({ unit, lba, blocks, bytes }: IoRequest): IOReturnName | undefined {
    const facts = this.#device.units.get(unit);
    if (facts === undefined || lba + blocks > facts.blocks) return 'kIOReturnBadArgument';
    const isWhole = bytes === 0 || bytes === blocks * facts.blockBytes;
    return isWhole ? undefined : 'kIOReturnBadArgument';
  }

  /** The slot after the active one that can be written. */
  async #slot(): Promise<number> {
    const { admin, facts } = this.#device;
    const first = facts.isFirstSlotReadOnly ? 2 : 1;
    if (!facts.hasFirmware || facts.firmwareSlots < first) {
      fail('kIOReturnUnsupported', 'the controller takes no firmware');
    }
    const log = await logPage(admin, FIRMWARE_LOG, FirmwareSlots.bytes);
    const next = FirmwareSlots.ACTIVE.get(log) + 1;
    return next > facts.firmwareSlots || next < first ? first : next;
  }
}

function needsReset({ outcome }: StatusError): boolean {
  return outcome.type === COMMAND_SPECIFIC && NEEDS_RESET.includes(outcome.statusCode);
}
