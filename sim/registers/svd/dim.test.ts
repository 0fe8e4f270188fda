import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDimIndex } from './dim.ts';
import { parseSvd } from './reader.ts';
import { deviceText, fieldText, lossTexts, peripheralOf, registerText } from './sample.ts';

function dim(count: number, increment: number, rest = ''): string {
  return `<dim>${count}</dim><dimIncrement>${increment}</dimIncrement>${rest}`;
}

function places(registers: string): string[] {
  return peripheralOf(registers).registers.map(({ name, offset }) => `${name}@${offset}`);
}

describe('dim', () => {
  it('expands arrays and lists', () => {
    expect(places(registerText('R[%s]', 8, dim(3, 4)))).toEqual(['R0@8', 'R1@12', 'R2@16']);
    expect(places(registerText('R%sX', 0, dim(2, 1)))).toEqual(['R0X@0', 'R1X@1']);
  });

  it.each([
    ['<dimIndex>A,B,C</dimIndex>', ['RA@0', 'RB@4', 'RC@8']],
    ['<dimIndex>A-C</dimIndex>', ['RA@0', 'RB@4', 'RC@8']],
    ['<dimIndex>3-5</dimIndex>', ['R3@0', 'R4@4', 'R5@8']],
    ['<dimIndex>0, 2-3</dimIndex>', ['R0@0', 'R2@4', 'R3@8']],
  ])('names by %s', (index, expected) => {
    expect(places(registerText('R%s', 0, dim(3, 4, index)))).toEqual(expected);
  });

  it('names by dimArrayIndex', () => {
    const value = (name: string, number: number) =>
      `<enumeratedValue><name>${name}</name><value>${number}</value></enumeratedValue>`;
    const index = `<dimArrayIndex>${value('TX', 1)}${value('RX', 0)}</dimArrayIndex>`;
    expect(places(registerText('R[%s]', 0, dim(2, 4, index)))).toEqual(['RRX@0', 'RTX@4']);
  });

  it('expands nested clusters', () => {
    const inner = `<cluster><name>IN%s</name><addressOffset>2</addressOffset>${dim(2, 4)}
      ${registerText('R', 1)}</cluster>`;
    const outer = `<cluster><name>OUT[%s]</name><addressOffset>16</addressOffset>${dim(2, 32)}
      ${inner}</cluster>`;
    expect(places(outer)).toEqual([
      'OUT0_IN0_R@19',
      'OUT0_IN1_R@23',
      'OUT1_IN0_R@51',
      'OUT1_IN1_R@55',
    ]);
  });

  it('expands fields and peripherals', () => {
    const fields = `<fields>${fieldText('F%s', '[1:0]', dim(3, 4))}</fields>`;
    const { registers } = peripheralOf(registerText('R', 0, fields));
    expect(registers[0]?.body.fields.map(({ name, lsb, msb }) => [name, msb, lsb])).toEqual([
      ['F0', 1, 0],
      ['F1', 5, 4],
      ['F2', 9, 8],
    ]);
    const peripheral = `<peripheral><name>U%s</name><baseAddress>0x100</baseAddress>
      ${dim(2, 0x100)}</peripheral>`;
    const { peripherals } = parseSvd(deviceText(peripheral));
    expect(peripherals.map(({ name, baseAddress }) => [name, baseAddress])).toEqual([
      ['U0', 0x100n],
      ['U1', 0x200n],
    ]);
  });

  it('counts where the indices cannot be used, and says so', () => {
    const short = registerText('R%s', 0, dim(3, 4, '<dimIndex>A,B</dimIndex>'));
    expect(places(short)).toEqual(['R0@0', 'R1@4', 'R2@8']);
    expect(lossTexts(peripheralOf(short).losses)).toEqual([
      'P.R%s: dimIndex names no 3 different elements; 0 to 2 were taken',
    ]);
    expect(places(registerText('R', 0, dim(2, 4)))).toEqual(['R0@0', 'R1@4']);
    expect(places(registerText('R%s', 0))).toEqual(['R@0']);
  });

  it('expands any array to its count, evenly', () => {
    const arbitrary = fc.record({ count: fc.integer({ min: 1, max: 40 }), step: fc.nat(64) });
    fc.assert(
      fc.property(arbitrary, ({ count, step }) => {
        const { registers } = peripheralOf(registerText('R[%s]', 4, dim(count, step)));
        expect(registers).toHaveLength(count);
        registers.forEach(({ name, offset }, index) => {
          expect([name, offset]).toEqual([`R${index}`, 4 + index * step]);
        });
      }),
    );
  });

  it('refuses what is no list', () => {
    expect(parseDimIndex('3-1')).toBeUndefined();
    expect(parseDimIndex('A-3')).toBeUndefined();
    expect(parseDimIndex('a,,b')).toBeUndefined();
    expect(parseDimIndex('0-99999999')).toBeUndefined();
  });
});
