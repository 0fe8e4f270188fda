import { describe, expect, it } from 'vitest';
import { parseSvd } from './reader.ts';
import { deviceText, fieldText, peripheralOf, peripheralText, registerText } from './sample.ts';

const VALUES = `<enumeratedValues><name>Speed</name>
  <enumeratedValue><name>Slow</name><value>0</value></enumeratedValue></enumeratedValues>`;

describe('derivedFrom', () => {
  it('takes registers, address blocks and interrupts of a later peripheral', () => {
    const derived = `<peripheral derivedFrom="P"><name>Q</name><baseAddress>64</baseAddress>
      <interrupt><name>QI</name><value>7</value></interrupt></peripheral>`;
    const base = peripheralText(
      registerText('A', 0) + registerText('B', 4),
      `<addressBlock><offset>0</offset><size>64</size><usage>registers</usage></addressBlock>
       <interrupt><name>PI</name><value>1</value></interrupt>`,
    );
    const [q] = parseSvd(deviceText(derived + base)).peripherals;
    expect(q?.name).toBe('Q');
    expect(q?.baseAddress).toBe(64n);
    expect(q?.registers.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(q?.addressBlocks).toEqual([{ offset: 0n, size: 64n, usage: 'registers' }]);
    expect(q?.interrupts).toEqual([{ name: 'QI', value: 7 }]);
  });

  it('lets registers of the same name replace those of the base', () => {
    const derived = `<peripheral derivedFrom="P"><name>Q</name><baseAddress>64</baseAddress>
      <registers>${registerText('A', 8)}</registers></peripheral>`;
    const base = peripheralText(registerText('A', 0) + registerText('B', 4));
    const q = parseSvd(deviceText(base + derived)).peripherals[1];
    expect(q?.registers.map(({ name, offset }) => [name, offset])).toEqual([
      ['A', 8],
      ['B', 4],
    ]);
  });

  it('derives registers by sibling name, by path, and from array elements', () => {
    const base = registerText('A', 0, `<size>16</size><fields>${fieldText('F', '[3:0]')}</fields>`);
    const cluster = `<cluster><name>C[%s]</name><addressOffset>64</addressOffset><dim>2</dim>
      <dimIncrement>16</dimIncrement>${registerText('INNER', 0, '<size>8</size>')}</cluster>`;
    const from = (path: string, name: string, offset: number) =>
      `<register derivedFrom="${path}"><name>${name}</name>
       <addressOffset>${offset}</addressOffset></register>`;
    const { registers } = peripheralOf(
      from('A', 'X', 4) +
        from('P.A', 'Y', 8) +
        from('C.INNER', 'Z', 12) +
        from('P.C1.INNER', 'W', 16) +
        from('C[%s].INNER', 'V', 20) +
        base +
        cluster,
    );
    expect(registers.slice(0, 5).map(({ name, body }) => [name, body.size])).toEqual([
      ['X', 16],
      ['Y', 16],
      ['Z', 8],
      ['W', 8],
      ['V', 8],
    ]);
    expect(registers[0]?.body.fields.map(({ name }) => name)).toEqual(['F']);
  });

  it('derives clusters', () => {
    const { registers } = peripheralOf(`
      <cluster derivedFrom="C"><name>D</name><addressOffset>32</addressOffset></cluster>
      <cluster><name>C</name><addressOffset>0</addressOffset>${registerText('R', 4)}</cluster>`);
    expect(registers.map(({ name, offset }) => `${name}@${offset}`)).toEqual(['D_R@36', 'C_R@4']);
  });

  it('derives fields, whose own position wins in any notation', () => {
    const fields = `<fields>
      ${fieldText('F', '[7:4]', `<access>read-only</access>${VALUES}`)}
      <field derivedFrom="F"><name>G</name><bitOffset>12</bitOffset></field>
      <field derivedFrom="R.F"><name>H</name><lsb>1</lsb><msb>2</msb></field></fields>`;
    const found = peripheralOf(registerText('R', 0, fields)).registers[0]?.body.fields ?? [];
    expect(found.map(({ name, msb, lsb, access }) => [name, msb, lsb, access])).toEqual([
      ['F', 7, 4, 'read-only'],
      ['G', 12, 12, 'read-only'],
      ['H', 2, 1, 'read-only'],
    ]);
    expect([...(found[2]?.values ?? [])]).toEqual([['Slow', 0n]]);
  });

  it.each(['Speed', 'F.Speed', 'R.F.Speed', 'P.R.F.Speed'])(
    'derives enumerations by %s',
    (path) => {
      const derived = `<enumeratedValues derivedFrom="${path}"/>`;
      const fields = `<fields>${fieldText('G', '[1:1]', derived)}
      ${fieldText('F', '[0:0]', VALUES)}</fields>`;
      const found = peripheralOf(registerText('R', 0, fields)).registers[0]?.body.fields;
      expect([...(found?.[0]?.values ?? [])]).toEqual([['Slow', 0n]]);
    },
  );

  it('is no array because its base is one', () => {
    const array = registerText('A[%s]', 0, '<dim>4</dim><dimIncrement>4</dimIncrement>');
    const single = `<register derivedFrom="A[%s]"><name>B</name>
      <addressOffset>32</addressOffset></register>`;
    const names = peripheralOf(array + single).registers.map(({ name }) => name);
    expect(names).toEqual(['A0', 'A1', 'A2', 'A3', 'B']);
  });

  it.each([
    ['itself', '<register derivedFrom="A"><name>A</name></register>', /A derives from itself/],
    [
      'a circle',
      `<register derivedFrom="B"><name>A</name></register>
       <register derivedFrom="A"><name>B</name></register>`,
      /derives from itself, directly or through others/,
    ],
    [
      'nothing',
      '<register derivedFrom="Q.A"><name>A</name></register>',
      /derives from Q\.A, which does not exist/,
    ],
    [
      'what contains it',
      `<cluster><name>C</name><addressOffset>0</addressOffset>
       <cluster derivedFrom="C"><name>D</name><addressOffset>4</addressOffset></cluster></cluster>`,
      /clusters are nested/,
    ],
  ])('refuses to derive from %s', (_, text, message) => {
    expect(() => peripheralOf(text)).toThrow(message);
  });
});
