/**
 * The kIOReturn codes by name (IOKit/IOReturn.h of xnu-11417), and the error that carries one.
 * Where DriverKit returns `kern_return_t`, this host throws.
 */
export const IOReturn = {
  kIOReturnSuccess: 0,
  kIOReturnError: 0xe00002bc,
  kIOReturnNoMemory: 0xe00002bd,
  kIOReturnNoResources: 0xe00002be,
  kIOReturnIPCError: 0xe00002bf,
  kIOReturnNoDevice: 0xe00002c0,
  kIOReturnNotPrivileged: 0xe00002c1,
  kIOReturnBadArgument: 0xe00002c2,
  kIOReturnLockedRead: 0xe00002c3,
  kIOReturnLockedWrite: 0xe00002c4,
  kIOReturnExclusiveAccess: 0xe00002c5,
  kIOReturnBadMessageID: 0xe00002c6,
  kIOReturnUnsupported: 0xe00002c7,
  kIOReturnVMError: 0xe00002c8,
  kIOReturnInternalError: 0xe00002c9,
  kIOReturnIOError: 0xe00002ca,
  kIOReturnCannotLock: 0xe00002cc,
  kIOReturnNotOpen: 0xe00002cd,
  kIOReturnNotReadable: 0xe00002ce,
  kIOReturnNotWritable: 0xe00002cf,
  kIOReturnNotAligned: 0xe00002d0,
  kIOReturnBadMedia: 0xe00002d1,
  kIOReturnStillOpen: 0xe00002d2,
  kIOReturnRLDError: 0xe00002d3,
  kIOReturnDMAError: 0xe00002d4,
  kIOReturnBusy: 0xe00002d5,
  kIOReturnTimeout: 0xe00002d6,
  kIOReturnOffline: 0xe00002d7,
  kIOReturnNotReady: 0xe00002d8,
  kIOReturnNotAttached: 0xe00002d9,
  kIOReturnNoChannels: 0xe00002da,
  kIOReturnNoSpace: 0xe00002db,
  kIOReturnPortExists: 0xe00002dd,
  kIOReturnCannotWire: 0xe00002de,
  kIOReturnNoInterrupt: 0xe00002df,
  kIOReturnNoFrames: 0xe00002e0,
  kIOReturnMessageTooLarge: 0xe00002e1,
  kIOReturnNotPermitted: 0xe00002e2,
  kIOReturnNoPower: 0xe00002e3,
  kIOReturnNoMedia: 0xe00002e4,
  kIOReturnUnformattedMedia: 0xe00002e5,
  kIOReturnUnsupportedMode: 0xe00002e6,
  kIOReturnUnderrun: 0xe00002e7,
  kIOReturnOverrun: 0xe00002e8,
  kIOReturnDeviceError: 0xe00002e9,
  kIOReturnNoCompletion: 0xe00002ea,
  kIOReturnAborted: 0xe00002eb,
  kIOReturnNoBandwidth: 0xe00002ec,
  kIOReturnNotResponding: 0xe00002ed,
  kIOReturnIsoTooOld: 0xe00002ee,
  kIOReturnIsoTooNew: 0xe00002ef,
  kIOReturnNotFound: 0xe00002f0,
  kIOReturnInvalid: 0xe0000001,
} as const;
export type IOReturnName = keyof typeof IOReturn;

const NAMES = new Map<number, IOReturnName>(
  (Object.keys(IOReturn) as IOReturnName[]).map((name) => [IOReturn[name], name]),
);

/** The name of a code; for a code that IOReturn.h does not define, its digits. */
export function StringFromReturn(code: number): string {
  return NAMES.get(code >>> 0) ?? `0x${(code >>> 0).toString(16).padStart(8, '0')}`;
}

/** A failure that DriverKit would return as a code. */
export class IOReturnError extends Error {
  override readonly name = 'IOReturnError';
  readonly code: number;
  readonly codeName: IOReturnName;

  constructor(codeName: IOReturnName, why: string) {
    super(`${codeName}: ${why}`);
    this.codeName = codeName;
    this.code = IOReturn[codeName];
  }
}

export function fail(codeName: IOReturnName, why: string): never {
  throw new IOReturnError(codeName, why);
}

/** Name of what went wrong: a kIOReturn name, or the class of a foreign error. */
export function errorName(error: unknown): string {
  if (error instanceof IOReturnError) return error.codeName;
  return error instanceof Error ? error.name : typeof error;
}
