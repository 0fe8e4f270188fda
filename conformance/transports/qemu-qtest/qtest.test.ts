import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { IRQ_LINES, number, quad, Qtest, QtestRefusal } from './qtest.ts';

/** A peer that answers with these lines, whatever is asked. */
function qtestAnswering(...lines: string[]): { qtest: Qtest; asked: string[] } {
  const asked: string[] = [];
  const channel = {
    writeLine: (line: string) => void asked.push(line),
    readLine: () => {
      const line = lines.shift();
      if (line === undefined) throw new Error('the peer is silent');
      return line;
    },
  };
  return { qtest: new Qtest(channel), asked };
}

describe('commands', () => {
  it('writes addresses and values in hexadecimal', () => {
    const { qtest, asked } = qtestAnswering('OK', 'OK', 'OK');
    qtest.write(0xe000_0060, 4, -1);
    qtest.out(0xc000, 1, 0x41);
    qtest.writeQuad(0x80, { low: 0x40000, high: 0x8000_0001 });
    expect(asked).toEqual([
      'writel 0xe0000060 0xffffffff',
      'outb 0xc000 0x41',
      'writeq 0x80 0x8000000100040000',
    ]);
  });

  it('reads 8 to 64 bits', () => {
    const { qtest } = qtestAnswering('OK 0x00000000000000ed', 'OK 0x00c1', 'OK 0xfedcba9876543210');
    expect(qtest.read(0, 4)).toBe(0xed);
    expect(qtest.in(0, 1)).toBe(0xc1);
    expect(qtest.readQuad(0)).toEqual({ low: 0x76543210, high: 0xfedcba98 });
  });
});

describe('interrupt lines', () => {
  it('keeps the last level that came before the answer', () => {
    const { qtest } = qtestAnswering('IRQ raise 20', 'IRQ raise 21', 'IRQ lower 20', 'OK little');
    qtest.poll();
    expect([qtest.irqLevels[20], qtest.irqLevels[21]]).toEqual([0, 1]);
  });

  it.each(['IRQ raise 24', 'IRQ raise -1', 'IRQ raise', 'IRQ toggle 3', 'IRQ raise 20 x', 'IRQ '])(
    'refuses "%s"',
    (line) => {
      const { qtest } = qtestAnswering(line, 'OK');
      expect(() => qtest.poll()).toThrow(QtestRefusal);
    },
  );
});

describe('hostile answers', () => {
  it.each(['FAIL Unknown command', 'ERR', '', 'ok 0x1', ' OK', '\0'])('refuses "%s"', (line) => {
    expect(() => qtestAnswering(line).qtest.poll()).toThrow(QtestRefusal);
  });

  it.each(['OK', 'OK ', 'OK 12', 'OK 0x', 'OK 0xg', 'OK 0x1 0x2', 'OK 0x11112222333344445'])(
    'takes "%s" for no number',
    (line) => {
      expect(() => qtestAnswering(line).qtest.readQuad(0)).toThrow(QtestRefusal);
    },
  );

  it('refuses more than 32 bits where 32 were asked', () => {
    expect(() => number('0x100000000')).toThrow(QtestRefusal);
  });

  it('refuses whatever else comes as an interrupt line', () => {
    const other = fc.string().filter((it) => !/^(raise|lower) \d{1,2}$/.test(it));
    fc.assert(
      fc.property(other, (text) => {
        const { qtest } = qtestAnswering(`IRQ ${text}`, 'OK');
        expect(() => qtest.poll()).toThrow(QtestRefusal);
        expect(qtest.irqLevels).toEqual(new Uint8Array(IRQ_LINES));
      }),
    );
  });

  it('reads back any 64 bits', () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), (low, high) => {
        const text = (BigInt(high) * 2n ** 32n + BigInt(low)).toString(16);
        expect(quad(`0x${text}`)).toEqual({ low, high });
        expect(quad(`0x${text.padStart(16, '0')}`)).toEqual({ low, high });
      }),
    );
  });
});
