import { describe, expect, it } from 'vitest';
import { errorName, fail, IOReturn, IOReturnError, StringFromReturn } from './io-return.ts';

/** Sub-codes as IOKit/IOReturn.h (xnu-11417) lists them, in its order; 0x2cb and 0x2dc are free. */
const HEADER = `Error 2bc NoMemory 2bd NoResources 2be IPCError 2bf NoDevice 2c0 NotPrivileged 2c1
  BadArgument 2c2 LockedRead 2c3 LockedWrite 2c4 ExclusiveAccess 2c5 BadMessageID 2c6
  Unsupported 2c7 VMError 2c8 InternalError 2c9 IOError 2ca CannotLock 2cc NotOpen 2cd
  NotReadable 2ce NotWritable 2cf NotAligned 2d0 BadMedia 2d1 StillOpen 2d2 RLDError 2d3
  DMAError 2d4 Busy 2d5 Timeout 2d6 Offline 2d7 NotReady 2d8 NotAttached 2d9 NoChannels 2da
  NoSpace 2db PortExists 2dd CannotWire 2de NoInterrupt 2df NoFrames 2e0 MessageTooLarge 2e1
  NotPermitted 2e2 NoPower 2e3 NoMedia 2e4 UnformattedMedia 2e5 UnsupportedMode 2e6 Underrun 2e7
  Overrun 2e8 DeviceError 2e9 NoCompletion 2ea Aborted 2eb NoBandwidth 2ec NotResponding 2ed
  IsoTooOld 2ee IsoTooNew 2ef NotFound 2f0`;

describe('IOReturn', () => {
  it('is the table of IOReturn.h', () => {
    const words = HEADER.split(/\s+/);
    const expected: Record<string, number> = { kIOReturnSuccess: 0, kIOReturnInvalid: 0xe0000001 };
    for (let at = 0; at < words.length; at += 2) {
      expected[`kIOReturn${words[at]}`] = 0xe0000000 + Number.parseInt(words[at + 1] ?? '', 16);
    }
    expect(IOReturn).toEqual(expected);
  });

  it('names codes, signed or not, and shows the others', () => {
    expect(StringFromReturn(0)).toBe('kIOReturnSuccess');
    expect(StringFromReturn(0xe00002bc)).toBe('kIOReturnError');
    expect(StringFromReturn(0xe00002f0 - 2 ** 32)).toBe('kIOReturnNotFound');
    expect(StringFromReturn(0xe00002cb)).toBe('0xe00002cb');
  });

  it('carries code and name in an error', () => {
    const thrown = (() => {
      try {
        return fail('kIOReturnBusy', 'in use');
      } catch (error) {
        return error as IOReturnError;
      }
    })();
    expect(thrown).toBeInstanceOf(IOReturnError);
    expect(thrown.code).toBe(0xe00002d5);
    expect(thrown.message).toBe('kIOReturnBusy: in use');
    expect([errorName(thrown), errorName(new TypeError()), errorName('text')]).toEqual([
      'kIOReturnBusy',
      'TypeError',
      'string',
    ]);
  });
});
