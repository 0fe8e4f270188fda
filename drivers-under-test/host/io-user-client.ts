/**
 * IOUserClient (DriverKit, xnu-11417 IOUserClient.iig): how an application calls a driver.
 *
 * Which code a failing dispatch check returns is not documented: kIOReturnBadArgument is ours.
 * Not modelled: the client's address space (CreateMemoryDescriptorFromClient).
 */
import type { IOMemoryDescriptor } from './io-memory-descriptor.ts';
import { fail } from './io-return.ts';
import { IOService, type Properties } from './io-service.ts';
import type { OSAction } from './os-action.ts';

export const kIOUserClientScalarArrayCountMax = 16;
export const kIOUserClientAsyncArgumentsCountMax = 16;
export const kIOUserClientMemoryReadOnly = 0x1;
/** In a dispatch entry: not checked. */
export const kIOUserClientVariableStructureSize = 0xffffffff;
/** Larger structures arrive as a descriptor (ours; the kernel's limit is a page). */
export const STRUCTURE_BYTES_MAX = 4096;

/** A completion of an asynchronous call: status and up to 16 numbers. */
export type AsyncAction = OSAction<[status: number, args: readonly number[]]>;

export interface IOUserClientMethodArguments {
  readonly scalarInput?: readonly number[];
  readonly structureInput?: Uint8Array;
  /** Instead of `structureInput` where that would be too large. */
  readonly structureInputDescriptor?: IOMemoryDescriptor;
  readonly scalarOutputCount?: number;
  readonly structureOutputMaximumSize?: number;
  readonly structureOutputDescriptor?: IOMemoryDescriptor;
  readonly completion?: AsyncAction;
  /** The driver's answers; as many numbers as were asked for, at the most. */
  scalarOutput?: readonly number[];
  structureOutput?: Uint8Array;
}

export type ExternalFunction = (
  args: IOUserClientMethodArguments,
  reference: unknown,
) => void | Promise<void>;

/** One entry of a dispatch table. 0xffffffff in a number: not checked. */
export interface IOUserClientMethodDispatch {
  /** Without one, and with all checks passed, the call ends with kIOReturnNoCompletion. */
  readonly function?: ExternalFunction;
  /** Undefined: not checked. */
  readonly checkCompletionExists?: boolean;
  readonly checkScalarInputCount: number;
  readonly checkStructureInputSize: number;
  readonly checkScalarOutputCount: number;
  readonly checkStructureOutputSize: number;
}

export class IOUserClient extends IOService {
  /**
   * What a client calls. A subclass finds the dispatch entry by the selector, which comes from the
   * client and may be any number, and passes the call to super.
   * @throws kIOReturnUnsupported without an entry, kIOReturnBadArgument when a check fails,
   * kIOReturnNoCompletion when the entry has no function
   */
  ExternalMethod(
    selector: number,
    args: IOUserClientMethodArguments,
    dispatch?: IOUserClientMethodDispatch,
    reference?: unknown,
  ): void | Promise<void> {
    if (dispatch === undefined) {
      fail('kIOReturnUnsupported', `there is no external method ${selector}`);
    }
    requireLimits(args);
    const problem = dispatchProblem(dispatch, args);
    if (problem !== undefined) fail('kIOReturnBadArgument', `method ${selector}: ${problem}`);
    if (dispatch.function === undefined) {
      fail('kIOReturnNoCompletion', `method ${selector} is left to the caller`);
    }
    const result = dispatch.function(args, reference);
    if (result instanceof Promise) return result.then(() => this.#checkAnswers(selector, args));
    this.#checkAnswers(selector, args);
  }

  /** Ends an asynchronous call. @throws kIOReturnBadArgument for more than 16 numbers */
  AsyncCompletion(action: AsyncAction, status: number, args: readonly number[] = []): void {
    if (args.length > kIOUserClientAsyncArgumentsCountMax) {
      fail('kIOReturnBadArgument', `${args.length} numbers are more than a completion carries`);
    }
    action.Invoke(status, args);
  }

  /** Memory for a client to map; the same object for the same type. @throws kIOReturnUnsupported */
  CopyClientMemoryForType(_type: number): { memory: IOMemoryDescriptor; options: number } {
    fail('kIOReturnUnsupported', 'this user client has no memory to map');
  }

  /** What the application is entitled to. */
  CopyClientEntitlements(): Properties {
    return this.#entitlements;
  }

  /** For the host: whose client this is. */
  entitle(entitlements: Properties): void {
    this.#entitlements = entitlements;
  }

  #entitlements: Properties = {};

  /** Answers that nobody asked for never reach the client: the driver is mistaken. */
  #checkAnswers(selector: number, args: IOUserClientMethodArguments): void {
    const { scalarOutput = [], structureOutput, structureOutputDescriptor } = args;
    const tooMany = scalarOutput.length > (args.scalarOutputCount ?? 0);
    if (tooMany) {
      this.#answers(
        selector,
        `${scalarOutput.length} numbers, asked ${args.scalarOutputCount ?? 0}`,
      );
    }
    if (structureOutput === undefined) return;
    if (structureOutputDescriptor !== undefined) {
      this.#answers(selector, 'a structure where the caller passed a descriptor for it');
    } else if (structureOutput.length > (args.structureOutputMaximumSize ?? 0)) {
      const most = args.structureOutputMaximumSize ?? 0;
      this.#answers(selector, `a structure of ${structureOutput.length} bytes, at most ${most}`);
    }
  }

  #answers(selector: number, what: string): void {
    this.host.violate('HOST-USER-CLIENT', `method ${selector} answers with ${what}`);
  }
}

/** What the system refuses before any driver sees it. */
function requireLimits(args: IOUserClientMethodArguments): void {
  const { scalarInput = [], scalarOutputCount = 0, structureInput } = args;
  if (Math.max(scalarInput.length, scalarOutputCount) > kIOUserClientScalarArrayCountMax) {
    fail('kIOReturnBadArgument', `${kIOUserClientScalarArrayCountMax} scalars are the most`);
  }
  if (structureInput !== undefined && structureInput.length > STRUCTURE_BYTES_MAX) {
    fail('kIOReturnBadArgument', `over ${STRUCTURE_BYTES_MAX} bytes go into a descriptor`);
  }
  if (structureInput !== undefined && args.structureInputDescriptor !== undefined) {
    fail('kIOReturnBadArgument', 'a structure comes as bytes or as a descriptor, not as both');
  }
}

/** Why the checks of a dispatch entry refuse a call, or undefined. */
export function dispatchProblem(
  dispatch: IOUserClientMethodDispatch,
  args: IOUserClientMethodArguments,
): string | undefined {
  const wantsCompletion = dispatch.checkCompletionExists;
  if (wantsCompletion !== undefined && wantsCompletion !== (args.completion !== undefined)) {
    return wantsCompletion ? 'a completion is required' : 'a completion is not taken';
  }
  const inputBytes = args.structureInputDescriptor?.GetLength() ?? args.structureInput?.length ?? 0;
  const checks: readonly [what: string, wanted: number, given: number][] = [
    ['scalars in', dispatch.checkScalarInputCount, args.scalarInput?.length ?? 0],
    ['bytes in', dispatch.checkStructureInputSize, inputBytes],
    ['scalars out', dispatch.checkScalarOutputCount, args.scalarOutputCount ?? 0],
    ['bytes out', dispatch.checkStructureOutputSize, args.structureOutputMaximumSize ?? 0],
  ];
  const failed = checks.find(
    ([, wanted, given]) => wanted !== kIOUserClientVariableStructureSize && wanted !== given,
  );
  return failed && `${failed[1]} ${failed[0]} are required, ${failed[2]} were given`;
}
