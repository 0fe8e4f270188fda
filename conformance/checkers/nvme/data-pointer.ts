/**
 * Where a command's data lie: its PRP entries and lists, page by page, and what is wrong with
 * them. SGLs are not followed.
 */
import type { DmaMemory } from '../../../sim/buses/pci/function.ts';
import type { Controller } from './controller.ts';
import type { Identity } from './identity.ts';
import { Admin, Feature, Nvm, bitsOf, qword } from './layout.ts';
import type { PointerFault } from './listener.ts';
import type { Mappings } from './mappings.ts';
import type { Command, Mapping } from './queues.ts';

export interface PointerContext {
  readonly controller: Controller;
  readonly identity: Identity;
  readonly mappings: Mappings;
  readonly memory: Pick<DmaMemory, 'peek'> | undefined;
  found(fault: PointerFault, command: Command, detail: string): void;
}

/** Pages of one command that are looked at: of 65,536 blocks of 64 KiB only the beginning is. */
const PAGES_MAX = 65_536;
const ENTRY_BYTES = 8;
const IDENTIFY_BYTES = 4096;
const NAMESPACE_LIST_BYTES = 4096;
const TIMESTAMP_BYTES = 8;
const RANGE_BYTES = 16;
/** Transfer codes in bits 1:0 of an opcode, and the rights that they need of a mapping. */
const DEVICE_READS = 1;
const DEVICE_WRITES = 2;

const hex = (value: number): string => `0x${value.toString(16)}`;

/**
 * Bytes of data that a command moves by its pointer; 0 for none, undefined where that is not known.
 */
export function dataBytes(command: Command, identity: Identity): number | undefined {
  return command.isAdmin ? adminBytes(command) : nvmBytes(command, identity);
}

function nvmBytes(command: Command, identity: Identity): number | undefined {
  switch (command.opcode) {
    case Nvm.Read:
    case Nvm.Write:
    case Nvm.Compare: {
      const block = identity.blockBytes(command.nsid);
      return block === undefined ? undefined : block * ((command.dword(12) % 0x10000) + 1);
    }
    case Nvm.DatasetManagement:
      return ((command.dword(10) % 256) + 1) * RANGE_BYTES;
    case Nvm.Flush:
    case Nvm.WriteUncorrectable:
    case Nvm.WriteZeroes:
    case Nvm.Verify:
      return 0;
    default:
      return undefined;
  }
}

function adminBytes(command: Command): number | undefined {
  switch (command.opcode) {
    case Admin.Identify:
      return IDENTIFY_BYTES;
    case Admin.NamespaceAttachment:
      return NAMESPACE_LIST_BYTES;
    case Admin.NamespaceManagement:
      return command.dword(10) % 16 === 0 ? IDENTIFY_BYTES : 0;
    case Admin.GetLogPage: {
      const dwords = bitsOf(command.dword(10), 16, 16) + (command.dword(11) % 0x10000) * 0x10000;
      return (dwords + 1) * 4;
    }
    case Admin.FirmwareDownload:
      return (command.dword(10) + 1) * 4;
    case Admin.SetFeatures:
    case Admin.GetFeatures:
      return featureBytes(command.dword(10) % 256);
    case Admin.CreateCompletionQueue:
    case Admin.CreateSubmissionQueue:
      return undefined;
    default:
      return command.opcode < 0xc0 ? 0 : undefined;
  }
}

function featureBytes(feature: number): number | undefined {
  if (feature === Feature.Timestamp) return TIMESTAMP_BYTES;
  if (feature === Feature.LbaRangeType || feature > 0x0b) return undefined;
  return 0;
}

/** Which way data go: bits 1:0 of the opcode; the rights that a mapping needs for it. */
function rightsOf(command: Command): number {
  const code = command.opcode % 4;
  // Identify, Get Log Page and the like write to the host; Set Features and the like read.
  return (code % 2 === 1 ? DEVICE_READS : 0) + (code >= 2 ? DEVICE_WRITES : 0);
}

/** A range must lie in live mappings; those are pinned to the command. */
export function pinRange(
  mappings: Mappings,
  address: number,
  length: number,
  rights: number,
  pin: (mapping: Mapping) => void,
): boolean {
  const end = address + length;
  for (let at = address; at < end;) {
    const mapping = mappings.at(at);
    if (mapping === undefined) return false;
    if (rights % 2 === 1 && mapping.rights % 2 === 0) return false;
    if (rights >= DEVICE_WRITES && mapping.rights < DEVICE_WRITES) return false;
    pin(mapping);
    at = mapping.end;
  }
  return true;
}

export class DataPointer {
  readonly #context: PointerContext;
  #command: Command | undefined;
  #rights = 0;
  /** One closure for all commands. */
  readonly #pin = (mapping: Mapping): void => {
    const { pins } = this.#command as Command;
    if (pins.at(-1) === mapping) return;
    pins.push(mapping);
    mapping.users++;
    mapping.user = this.#command;
  };

  constructor(context: PointerContext) {
    this.#context = context;
  }

  /** Judges the pointers of a command that was just submitted, and pins what they reach. */
  follow(command: Command): void {
    if (command.flags >= SGL) return;
    const { controller, identity } = this.#context;
    const known = dataBytes(command, identity);
    if (known === 0) return;
    const bytes = known ?? (isTransfer(command, identity) ? 1 : 0);
    if (bytes === 0) return;
    this.#command = command;
    this.#rights = rightsOf(command);
    const page = controller.pageBytes;
    const first = command.prp1;
    if (first % 4 !== 0) this.#fault('offset', `PRP1 ${hex(first)} is not dword aligned`);
    const inFirst = Math.min(bytes, page - (first % page));
    this.#reach(first, inFirst);
    const rest = bytes - inFirst;
    this.#judgeLength(bytes);
    if (rest <= 0) return;
    if (rest <= page) this.#page(command.prp2, rest, 'PRP2');
    else this.#lists(command.prp2, rest, page);
  }

  /** The memory of a queue that is about to be made is in use from then on. */
  pinQueue(command: Command, length: number, rights: number): boolean {
    this.#command = command;
    const { mappings } = this.#context;
    return !mappings.known || pinRange(mappings, command.prp1, length, rights, this.#pin);
  }

  #judgeLength(bytes: number): void {
    const { controller, identity } = this.#context;
    const exponent = identity.controller?.transferExponent ?? 0;
    if (exponent === 0) return;
    const most = 2 ** (12 + (controller.capabilities?.pageMinimum ?? 0) + exponent);
    if (bytes > most) this.#fault('too-long', `${bytes} bytes are over the ${most} of MDTS`);
  }

  /** One page, or the part of it that is left. */
  #page(address: number, bytes: number, what: string): void {
    const page = this.#context.controller.pageBytes;
    if (address % page !== 0) {
      this.#fault('offset', `${what} ${hex(address)} has an offset into its page`);
    }
    this.#reach(address, bytes);
  }

  #lists(first: number, bytes: number, page: number): void {
    let list = first;
    let rest = bytes;
    if (list % ENTRY_BYTES !== 0) {
      this.#fault('list-offset', `the PRP list at ${hex(list)} is not qword aligned`);
      return;
    }
    for (let pages = 0; rest > 0 && pages < PAGES_MAX;) {
      const wanted = Math.ceil(rest / page);
      const room = (page - (list % page)) / ENTRY_BYTES;
      const isLast = wanted <= room;
      const count = isLast ? wanted : room;
      const entries = this.#list(list, count * ENTRY_BYTES);
      if (entries === undefined) return;
      const data = isLast ? count : count - 1;
      for (let index = 0; index < data; index++) {
        const part = Math.min(rest, page);
        this.#page(qword(entries, index * ENTRY_BYTES), part, `PRP list entry ${pages}`);
        rest -= part;
        pages++;
      }
      if (isLast) return;
      list = qword(entries, data * ENTRY_BYTES);
      if (list % page !== 0) {
        this.#fault('list-offset', `the next PRP list, at ${hex(list)}, begins within a page`);
        return;
      }
    }
  }

  #list(address: number, bytes: number): Uint8Array | undefined {
    const { mappings, memory } = this.#context;
    if (mappings.known && !pinRange(mappings, address, bytes, DEVICE_READS, this.#pin)) {
      this.#fault(
        'list-unmapped',
        `its PRP list, ${bytes} bytes at ${hex(address)}, is not mapped`,
      );
      return undefined;
    }
    return memory?.peek(address, bytes);
  }

  #reach(address: number, bytes: number): void {
    const { mappings } = this.#context;
    if (!mappings.known || pinRange(mappings, address, bytes, this.#rights, this.#pin)) return;
    const way = this.#rights === DEVICE_READS ? 'reads' : 'writes';
    this.#fault('unmapped', `${bytes} bytes at ${hex(address)}, which it ${way}, are not mapped`);
  }

  #fault(fault: PointerFault, detail: string): void {
    const command = this.#command as Command;
    this.#context.found(fault, command, `${command.name}: ${detail}`);
  }
}

/** PSDT in bits 7:6 of the flags: anything but zero is an SGL. */
const SGL = 0x40;

/** Commands of unknown length whose first byte is known to be used. */
function isTransfer(command: Command, identity: Identity): boolean {
  if (command.isAdmin) return false;
  const { opcode } = command;
  const moves = opcode === Nvm.Read || opcode === Nvm.Write || opcode === Nvm.Compare;
  return moves && identity.blockBytes(command.nsid) === undefined;
}
