/** What the controller told its driver of itself: Identify, and the number of queues granted. */
import type { DmaMemory } from '../../../sim/buses/pci/function.ts';
import { Admin, Feature, bitsOf, dword, word } from './layout.ts';
import type { Command, Completion } from './queues.ts';

export interface ControllerIdentity {
  /** Of one command's data, in units of the smallest page; 0 is no limit. */
  readonly transferExponent: number;
  readonly abortsMax: number;
  readonly eventsMax: number;
  /** Required and maximum entry sizes, as exponents. */
  readonly submissionEntry: readonly [number, number];
  readonly completionEntry: readonly [number, number];
  readonly namespaces: number;
  readonly fused: number;
  readonly scatterGather: number;
  /** RTD3E: how long a shutdown may take; 0 where that is not reported. */
  readonly shutdownNs: number;
}

export interface Grant {
  readonly submission: number;
  readonly completion: number;
}

const Cns = { Namespace: 0, Controller: 1 } as const;
/** What is read of each structure; a data buffer that is split before is not looked at. */
const CONTROLLER_BYTES = 540;
const NAMESPACE_BYTES = 192;
/** Block sizes that are kept; a controller may claim more namespaces than anybody uses. */
const NAMESPACES_MAX = 4096;
const BLOCK_EXPONENTS = [9, 16] as const;
const SUCCESS = 0;

export class Identity {
  controller: ControllerIdentity | undefined;
  granted: Grant | undefined;
  readonly #blockBytes = new Map<number, number>();

  blockBytes(nsid: number): number | undefined {
    return this.#blockBytes.get(nsid);
  }

  forget(): void {
    this.controller = undefined;
    this.granted = undefined;
    this.#blockBytes.clear();
  }

  /** True for admin commands whose answer is learned from. */
  isLesson(opcode: number): boolean {
    switch (opcode) {
      case Admin.Identify:
      case Admin.SetFeatures:
      case Admin.GetFeatures:
      case Admin.CreateCompletionQueue:
      case Admin.CreateSubmissionQueue:
      case Admin.DeleteCompletionQueue:
      case Admin.DeleteSubmissionQueue:
        return true;
      default:
        return false;
    }
  }

  learn(
    { command, status, dword0 }: Completion,
    memory: Pick<DmaMemory, 'peek'> | undefined,
  ): void {
    if (command.opcode === Admin.FormatNvm || command.opcode === Admin.NamespaceManagement) {
      this.#blockBytes.clear();
    }
    if (status !== SUCCESS) return;
    if (command.opcode === Admin.Identify) this.#identified(command, memory);
    const isFeature = command.opcode === Admin.SetFeatures || command.opcode === Admin.GetFeatures;
    if (isFeature && command.dword(10) % 256 === Feature.NumberOfQueues) {
      const submission = (dword0 % 0x10000) + 1;
      this.granted = { submission, completion: bitsOf(dword0, 16, 16) + 1 };
    }
  }

  #identified(command: Command, memory: Pick<DmaMemory, 'peek'> | undefined): void {
    const cns = command.dword(10) % 256;
    if (cns === Cns.Controller) {
      const bytes = memory?.peek(command.prp1, CONTROLLER_BYTES);
      if (bytes !== undefined) this.controller = controllerOf(bytes);
    } else if (cns === Cns.Namespace && this.#blockBytes.size < NAMESPACES_MAX) {
      const bytes = memory?.peek(command.prp1, NAMESPACE_BYTES);
      const exponent = bytes === undefined ? 0 : blockExponent(bytes);
      const [least, most] = BLOCK_EXPONENTS;
      if (exponent >= least && exponent <= most) this.#blockBytes.set(command.nsid, 2 ** exponent);
      else this.#blockBytes.delete(command.nsid);
    }
  }
}

function controllerOf(bytes: Uint8Array): ControllerIdentity {
  return {
    transferExponent: bytes[77] as number,
    abortsMax: (bytes[258] as number) + 1,
    eventsMax: (bytes[259] as number) + 1,
    submissionEntry: entrySizes(bytes[512] as number),
    completionEntry: entrySizes(bytes[513] as number),
    namespaces: dword(bytes, 516),
    fused: word(bytes, 522),
    scatterGather: dword(bytes, 536),
    shutdownNs: dword(bytes, 88) * 1000,
  };
}

const entrySizes = (byte: number): [number, number] => [byte % 16, Math.floor(byte / 16)];

/** LBADS of the format that FLBAS names. */
function blockExponent(bytes: Uint8Array): number {
  const format = (bytes[26] as number) % 16;
  return bytes[128 + format * 4 + 2] as number;
}
