/** Events of usbmon, as read(2) gives them, become records of a capture file. */
import { expect, it } from 'vitest';
import { usbmonCapture } from './usbmon-capture.ts';

function event(device: number, data: string): Buffer {
  const header = Buffer.alloc(48);
  header.write('C', 8);
  header[11] = device;
  header.writeBigInt64LE(1000n, 16);
  header.writeInt32LE(500_000, 24);
  header.writeUInt32LE(data.length, 36);
  return Buffer.concat([header, Buffer.from(data)]);
}

it('writes a header of the file and one of each event', () => {
  const keyboard = event(2, 'abc');
  const capture = usbmonCapture(Buffer.concat([keyboard, event(0, '')]));
  expect(capture.toString('hex', 0, 24)).toBe(
    `d4c3b2a1${'02000400'}${'00000000'.repeat(2)}${'00000100'}${'bd000000'}`,
  );
  expect(capture.toString('hex', 24, 40)).toBe(`e8030000${'20a10700'}${'33000000'.repeat(2)}`);
  expect(capture.subarray(40, 91)).toEqual(keyboard);
  expect(capture.length).toBe(24 + 16 + 51 + 16 + 48);
});

it('leaves out root hubs', () => {
  expect(usbmonCapture(event(1, 'status')).length).toBe(24);
});

it.each([1, 47, 50])('names the place of an event that is cut off after %i bytes', (length) => {
  const bytes = Buffer.concat([event(2, ''), event(2, 'abc').subarray(0, length)]);
  expect(() => usbmonCapture(bytes)).toThrow('ends within an event, at byte 48');
});
