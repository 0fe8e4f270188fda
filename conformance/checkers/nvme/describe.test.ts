import { expect, it } from 'vitest';
import { describeCommand, describeCompletion } from './describe.ts';

it('says what a command and a completion are', () => {
  const read = new Uint8Array(64);
  read.set([2, 0, 7, 0, 1]);
  read[40] = 64;
  read[48] = 7;
  expect(describeCommand(1, read)).toBe('queue 1, Read 7: namespace 0x1, 8 blocks from 64');
  const completion = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 7, 0, 1, 0);
  const told = 'queue 1 ends command 7 of queue 1';
  expect(describeCompletion(1, completion)).toBe(`${told}: success, head 3`);
  completion[14] = 0x81;
  completion[15] = 0x02;
  expect(describeCompletion(1, completion)).toBe(`${told}: status 0x40 of type 1, head 3`);
  expect(describeCommand(0, completion)).toBeUndefined();
  expect(describeCompletion(0, read)).toBeUndefined();
});
