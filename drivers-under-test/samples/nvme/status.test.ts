import { describe, expect, it } from 'vitest';
import { outcomeOf, StatusError } from './status.ts';

const DO_NOT_RETRY = 0x4000;

describe('a status', () => {
  it.each([
    [0x001, 'kIOReturnUnsupported'],
    [0x004, 'kIOReturnDMAError'],
    [0x007, 'kIOReturnTimeout'],
    [0x081, 'kIOReturnNoSpace'],
    [0x107, 'kIOReturnBadMedia'],
    [0x182, 'kIOReturnNotWritable'],
    [0x280, 'kIOReturnIOError'],
    [0x281, 'kIOReturnNotReadable'],
    [0x2ff, 'kIOReturnIOError'],
    [0x7c0, 'kIOReturnDeviceError'],
  ])('%i means %s to clients', (status, code) => {
    expect(outcomeOf(status).code).toBe(code);
  });

  it('says whether the same command would fail again', () => {
    expect(outcomeOf(0x281).mayRetry).toBe(true);
    expect(outcomeOf(0x281 + DO_NOT_RETRY)).toMatchObject({ mayRetry: false, type: 2 });
  });

  it('says whether it is a matter of time', () => {
    expect(outcomeOf(0x082).isBusy).toBe(true);
    expect(outcomeOf(0x006).isBusy).toBe(false);
  });

  it('becomes an error that knows it', () => {
    const error = new StatusError(outcomeOf(0x107));
    expect(error.is(1, 7)).toBe(true);
    expect(error.is(0, 7)).toBe(false);
    expect(error.message).toContain('status 1:7h');
  });
});
