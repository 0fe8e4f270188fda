import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RegisterBank } from '../bank.ts';
import { compile } from '../compile.ts';
import type { RegisterMap } from '../declare.ts';
import { ACCESS } from '../effects.ts';
import { parseSvd } from './reader.ts';
import { deviceText, fieldText, lossTexts, peripheralText, registerText } from './sample.ts';
import { toRegisterMap } from './to-map.ts';

function mapOf(registers: string, properties?: string): { map: RegisterMap; losses: string[] } {
  const device = parseSvd(deviceText(peripheralText(registers), properties));
  const { map, losses } = toRegisterMap(device, 'P');
  compile(map);
  return { map, losses: lossTexts(losses) };
}

/** A register of one field, whose effects are given. */
function effects(rest: string): { read: string; write: string; losses: string[] } {
  const register = `<register><name>R</name><addressOffset>0</addressOffset>
    <resetValue>0</resetValue>${rest}</register>`;
  const { map, losses } = mapOf(register);
  const { access, read, write } = map.registers['R'] ?? {};
  const axes = access === undefined ? { read: read ?? '', write: write ?? '' } : ACCESS[access];
  return { ...axes, losses };
}

describe('toRegisterMap', () => {
  it.each([
    ['read-only', 'value', 'ignore'],
    ['write-only', 'none', 'value'],
    ['read-write', 'value', 'value'],
    ['writeOnce', 'none', 'value-once'],
    ['read-writeOnce', 'value', 'value-once'],
  ])('knows the access %s', (access, read, write) => {
    expect(effects(`<access>${access}</access>`)).toEqual({ read, write, losses: [] });
  });

  it.each([
    ['oneToClear', 'w1c'],
    ['oneToSet', 'w1s'],
    ['oneToToggle', 'w1t'],
    ['zeroToClear', 'w0c'],
    ['zeroToSet', 'w0s'],
    ['zeroToToggle', 'w0t'],
    ['clear', 'clear'],
    ['set', 'set'],
  ])('knows the write %s, with each read action', (word, write) => {
    const access = '<access>read-write</access>';
    const written = `${access}<modifiedWriteValues>${word}</modifiedWriteValues>`;
    expect(effects(written)).toEqual({ read: 'value', write, losses: [] });
    for (const read of ['clear', 'set']) {
      const both = `${written}<readAction>${read}</readAction>`;
      expect(effects(both)).toEqual({ read, write, losses: [] });
    }
  });

  it.each([
    ['<modifiedWriteValues>modify</modifiedWriteValues>', 'modifiedWriteValues modify'],
    ['<readAction>modify</readAction>', 'readAction modify'],
    ['<readAction>modifyExternal</readAction>', 'readAction modifyExternal'],
    ['<protection>s</protection>', 'protection s'],
    [
      '<writeConstraint><range><minimum>1</minimum><maximum>2</maximum></range></writeConstraint>',
      'writeConstraint 1 to 2',
    ],
    ['<writeConstraint><writeAsRead>true</writeAsRead></writeConstraint>', 'writeAsRead'],
  ])('lists the loss of %s', (text, what) => {
    const { losses } = effects(`<access>read-write</access>${text}`);
    expect(losses).toHaveLength(1);
    expect(losses[0]).toContain(what);
  });

  it('states common rights once and marks what software cannot write as volatile', () => {
    const fields = `<fields>${fieldText('A', '[0:0]')}${fieldText('B', '[2:1]')}
      ${fieldText('C', '[3:3]', '<access>read-only</access>')}</fields>`;
    expect(mapOf(registerText('R', 0, fields)).map.registers).toEqual({
      R: {
        at: 0,
        access: 'RW',
        fields: {
          A: { bits: [0, 0] },
          B: { bits: [2, 1] },
          C: { bits: [3, 3], access: 'RO', volatile: true },
        },
      },
    });
  });

  it('keeps reset values and masks, and what is unknown after a reset', () => {
    const register = (name: string, at: number, rest: string) =>
      `<register><name>${name}</name><addressOffset>${at}</addressOffset><size>64</size>
       <access>read-write</access>${rest}</register>`;
    const { map, losses } = mapOf(
      register('A', 0, '<resetValue>0xF234</resetValue><resetMask>0xFF</resetMask>') +
        register('B', 8, '<resetValue>0xFFFFFFFFFFFFFFFF</resetValue>') +
        register('C', 16, ''),
    );
    expect(map.width).toBe(64);
    expect(map.registers).toMatchObject({
      A: { reset: 0x34, resetMask: 0xff },
      B: { reset: 0xffff_ffff_ffff_ffffn },
      C: { resetMask: 0 },
    });
    expect(losses).toEqual(['P.C: has no resetValue; unknown after a reset']);
  });

  it('puts arrays together again where their names count', () => {
    const dim = '<dim>3</dim><dimIncrement>8</dimIncrement>';
    const { map } = mapOf(
      registerText('A[%s]', 0, dim) + registerText('B%s', 4, `${dim}<dimIndex>X-Z</dimIndex>`),
    );
    expect(Object.keys(map.registers)).toEqual(['A', 'BX', 'BY', 'BZ']);
    expect(map.registers['A']?.array).toEqual({ count: 3, stride: 8 });
  });

  it('lets a read-only and a write-only register share an address', () => {
    const { map, losses } = mapOf(
      `<register><name>RBR</name><addressOffset>0</addressOffset><resetValue>0</resetValue>
       <access>read-only</access></register>
       <register><name>THR</name><addressOffset>0</addressOffset><resetValue>0</resetValue>
       <access>write-only</access></register>`,
    );
    expect(map.pages).toBeUndefined();
    expect(losses).toEqual([]);
  });

  it('puts other descriptions of an address on pages', () => {
    const alternate = '<alternateRegister>A</alternateRegister>';
    const { map, losses } = mapOf(
      registerText('A', 0) + registerText('B', 0, alternate) + registerText('C', 4),
    );
    expect(map.pages).toEqual(['main', 'other01']);
    expect(map.registers).toMatchObject({ A: { page: 'main' }, B: { page: 'other01' } });
    expect(map.registers['B']?.exclude?.all).toMatch(/does not tell what selects/);
    expect(map.registers['C']?.page).toBeUndefined();
    expect(losses).toEqual(['P.B: B overlaps A; seen on page other01 only']);
  });

  it('keeps the registers of a cluster on one page', () => {
    const cluster = (name: string, second: number) =>
      `<cluster><name>${name}</name><addressOffset>0</addressOffset>
       ${registerText('X', 0)}${registerText('Y', second)}</cluster>`;
    const { map } = mapOf(cluster('A', 4) + cluster('B', 8) + cluster('C', 4));
    expect(map.registers).toMatchObject({
      B_X: { page: 'other01' },
      C_X: { page: 'other02' },
      C_Y: { page: 'other02' },
    });
  });

  it('places fields that do not fit, overlap or repeat, and says so', () => {
    const only = (access: string) => `<access>${access}</access>`;
    const fields = `<fields>${fieldText('A', '[3:0]')}${fieldText('B', '[5:2]')}
      ${fieldText('A', '[7:7]')}${fieldText('W', '[40:30]')}${fieldText('X', '[33:33]')}
      ${fieldText('GET', '[9:8]', only('read-only'))}
      ${fieldText('PUT', '[9:8]', only('write-only'))}
      </fields>`;
    const { map, losses } = mapOf(registerText('R', 0, fields));
    expect(map.registers['R']?.fields).toEqual({
      A: { bits: [3, 0] },
      A_2: { bits: [7, 7] },
      W: { bits: [31, 30] },
      GET: { bits: [9, 8], volatile: true },
    });
    expect(losses).toEqual([
      'P.R.B: overlaps A; left out',
      'P.R.A: became A_2',
      'P.R.W: bits 40:30 were cut at 31',
      'P.R.X: bits 33:33 lie past the 32 bits; left out',
      'P.R.PUT: is the other direction of GET; one field has both',
    ]);
  });

  it('widens odd registers and splits wide ones', () => {
    const { map, losses } = mapOf(
      registerText('A', 0, '<size>12</size>') + registerText('B', 8, '<size>96</size>'),
    );
    expect(map.registers['A']?.width).toBe(16);
    expect(Object.keys(map.registers)).toEqual(['A', 'B_W0', 'B_W1', 'B_W2']);
    expect(losses).toEqual([
      'P.A: has 12 bits; became 16 wide',
      'P.B: has 96 bits; became 3 words without fields',
    ]);
  });

  it('makes identifiers of names, each once', () => {
    const { map } = mapOf(
      registerText('0-A', 0) +
        registerText('R', 4) +
        registerText('R', 8) +
        registerText('__proto__', 12),
    );
    expect(Object.keys(map.registers)).toEqual(['_0_A', 'R', 'R_2', '__proto___']);
  });

  it('keeps fields from the names that a view of a register has itself', () => {
    const fields = `<fields>${fieldText('value', '[0:0]')}${fieldText('state', '[1:1]')}</fields>`;
    const { map, losses } = mapOf(registerText('R', 0, fields));
    expect(Object.keys(map.registers['R']?.fields ?? {})).toEqual(['value_', 'state_']);
    expect(losses).toEqual(['P.R.value: became value_', 'P.R.state: became state_']);
    expect(() => new RegisterBank(map)).not.toThrow();
  });

  it('names what the device has where the peripheral is unknown', () => {
    const device = parseSvd(deviceText(peripheralText('')));
    expect(() => toRegisterMap(device, 'Q')).toThrow('CHIP has no peripheral Q; it has P.');
  });

  it('compiles whatever overlaps', () => {
    const register = fc.record({
      at: fc.nat(12),
      size: fc.constantFrom(1, 8, 16, 24, 32, 64, 128),
      access: fc.constantFrom('read-only', 'write-only', 'read-write'),
      dim: fc.integer({ min: 1, max: 4 }),
      step: fc.nat(5),
      reset: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(register, { maxLength: 12 }), (registers) => {
        const texts = registers.map(
          ({ at, size, access, dim, step, reset }, index) =>
            `<register><name>R${index % 3}[%s]</name><addressOffset>${at}</addressOffset>
             <size>${size}</size><access>${access}</access><resetValue>${reset}</resetValue>
             <dim>${dim}</dim><dimIncrement>${step}</dimIncrement>
             <fields>${fieldText('F', '[0:0]')}</fields></register>`,
        );
        const { map } = mapOf(texts.join(''));
        const expected = registers.reduce(
          (sum, { dim, size }) => sum + dim * Math.max(1, size > 64 ? size / 32 : 1),
          0,
        );
        expect(compile(map).registers).toHaveLength(expected);
      }),
    );
  });
});
