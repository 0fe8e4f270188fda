import { describe, expect, it } from 'vitest';
import { READ_BYTES_MAX, WRITE_BYTES_MAX } from './commands.ts';
import { type SerprogActions, SerprogSession } from './session.ts';

const ACK = 0x06;
const NAK = 0x15;

function opened(actions: Partial<SerprogActions> = {}) {
  const answers: number[] = [];
  const session = new SerprogSession({
    transfer: () => {},
    delay: () => {},
    setClock: (hz) => hz,
    answer: (bytes) => void answers.push(...bytes),
    ...actions,
  });
  const ask = (...bytes: number[]) => {
    answers.length = 0;
    session.receive(Uint8Array.from(bytes));
    return [...answers];
  };
  return { session, ask, answers };
}

describe('a serprog session', () => {
  it('answers what flashrom asks first', () => {
    const { ask } = opened();
    expect(ask(0x00)).toEqual([ACK]);
    expect(ask(0x10)).toEqual([NAK, ACK]);
    expect(ask(0x01)).toEqual([ACK, 1, 0]);
    expect(ask(0x05)).toEqual([ACK, 0x08]);
    expect(ask(0x12, 0x08)).toEqual([ACK]);
    expect(ask(0x12, 0x01)).toEqual([NAK]);
    expect(ask(0x08)).toEqual([ACK, 0x00, 0x10, 0x00]);
    expect(ask(0x11)).toEqual([ACK, 0x00, 0x00, 0x01]);
    expect(ask(0x03)).toEqual([ACK, ...Buffer.from('driver-dyno\0\0\0\0\0')]);
  });

  it('maps exactly the commands that it understands', () => {
    const { ask } = opened();
    const map = ask(0x02).slice(1);
    expect(map).toHaveLength(32);
    expect(map.slice(0, 4)).toEqual([0xbf, 0xc9, 0x1f, 0x00]);
    expect(map.slice(4).every((byte) => byte === 0)).toBe(true);
    expect(ask(0x09, 0x06, 0xff)).toEqual([NAK, NAK, NAK]);
  });

  it('makes one transaction of an operation, in whatever pieces it comes', () => {
    const seen: unknown[] = [];
    const { session, answers } = opened({
      transfer: (write, readBytes, done) => {
        seen.push([...write], readBytes);
        done(Uint8Array.of(0xef, 0x40, 0x15));
      },
    });
    for (const byte of [0x13, 1, 0, 0, 3, 0, 0, 0x9f]) {
      expect(session.receive(Uint8Array.of(byte))).toBe(1);
    }
    expect(seen).toEqual([[0x9f], 3]);
    expect(answers).toEqual([ACK, 0xef, 0x40, 0x15]);
  });

  it('takes nothing while an operation is under way', () => {
    let finish: ((read: Uint8Array) => void) | undefined;
    const { session, answers } = opened({ transfer: (_, __, done) => (finish = done) });
    const bytes = Uint8Array.of(0x13, 1, 0, 0, 0, 0, 0, 0x06, 0x00, 0x10);
    expect(session.receive(bytes)).toBe(8);
    expect(session.receive(bytes.subarray(8))).toBe(0);
    finish?.(new Uint8Array(0));
    expect(session.receive(bytes.subarray(8))).toBe(2);
    expect(answers).toEqual([ACK, ACK, NAK, ACK]);
  });

  it('refuses what is too long, passes over its data, and goes on behind them', () => {
    let transfers = 0;
    const { session, ask, answers } = opened({ transfer: () => transfers++ });
    const long = WRITE_BYTES_MAX + 1;
    session.receive(Uint8Array.of(0x13, long % 256, Math.floor(long / 256), 0, 0, 0, 0));
    session.receive(new Uint8Array(long - 1));
    expect(answers).toEqual([]);
    expect(ask(0xaa, 0x00)).toEqual([NAK, ACK]);
    const much = READ_BYTES_MAX + 1;
    expect(ask(0x13, 0, 0, 0, much % 256, Math.floor(much / 256) % 256, 1)).toEqual([NAK]);
    expect(transfers).toBe(0);
  });

  it('keeps delays until they are executed, and forgets those of an old buffer', () => {
    const delays: number[] = [];
    const { ask } = opened({ delay: (us, done) => (delays.push(us), done()) });
    expect(ask(0x0e, 100, 0, 0, 0)).toEqual([ACK]);
    expect(ask(0x0b)).toEqual([ACK]);
    expect(ask(0x0e, 0x10, 0x27, 0, 0, 0x0e, 1, 0, 0, 0)).toEqual([ACK, ACK]);
    expect(ask(0x0f)).toEqual([ACK]);
    expect(ask(0x0f)).toEqual([ACK]);
    expect(delays).toEqual([10_001]);
    expect(ask(0x0e, 255, 255, 255, 255)).toEqual([NAK]);
  });

  it('sets the clock that the port can have', () => {
    const { ask } = opened({ setClock: (hz) => Math.min(hz, 1_000_000) });
    expect(ask(0x14, 0x80, 0x96, 0x98, 0)).toEqual([ACK, 0x40, 0x42, 0x0f, 0]);
    expect(ask(0x14, 1, 0, 0, 0)).toEqual([NAK]);
  });
});
