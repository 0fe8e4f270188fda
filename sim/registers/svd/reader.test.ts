import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SvdError } from './error.ts';
import { NAME_MAX, NESTING_MAX, TEXT_MAX } from './limits.ts';
import { parseSvd, SvdReader } from './reader.ts';
import {
  deviceText,
  fieldText,
  lossTexts,
  peripheralOf,
  peripheralText,
  registerText,
} from './sample.ts';

const SMALL = deviceText(
  peripheralText(
    registerText('A', 0, `<fields>${fieldText('F', '[3:0]')}</fields>`) +
      registerText('B%s', 4, '<dim>2</dim><dimIncrement>4</dimIncrement>') +
      '<register derivedFrom="A"><name>C</name><addressOffset>12</addressOffset></register>',
  ),
);

describe('SvdReader', () => {
  it('reads the same from chunks of any size', () => {
    const whole = parseSvd(SMALL);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 })), (sizes) => {
        const reader = new SvdReader();
        let at = 0;
        for (const size of sizes) {
          reader.write(SMALL.slice(at, at + size));
          at += size;
        }
        expect(reader.write(SMALL.slice(at)).close()).toEqual(whole);
      }),
    );
  });

  it('reads past a byte order mark, comments, CDATA, entities and prefixes', () => {
    const text = `\uFEFF<?xml version="1.0"?><!-- by hand --><s:device xmlns:s="urn:svd">
      <s:name>A&amp;B</s:name><s:peripherals><s:peripheral><s:name><![CDATA[P]]><!-- -->1</s:name>
      <s:baseAddress>&#48;x10</s:baseAddress></s:peripheral></s:peripherals></s:device>`;
    const device = parseSvd(text);
    expect(device.name).toBe('A&B');
    expect(device.peripherals[0]).toMatchObject({ name: 'P1', baseAddress: 16n });
  });

  it('keeps the endianness, interrupts and address blocks', () => {
    const block = (offset: string) =>
      `<addressBlock><offset>${offset}</offset><size>4</size><usage>buffer</usage></addressBlock>`;
    const head = `${block('0')}${block('0x10')}
      <interrupt><name>I</name><value>3</value></interrupt><groupName>G</groupName>`;
    const text = deviceText(peripheralText('', head), '<cpu><endian>big</endian></cpu>');
    const device = parseSvd(text);
    expect(device.endian).toBe('big');
    expect(device.peripherals[0]).toMatchObject({
      groupName: 'G',
      interrupts: [{ name: 'I', value: 3 }],
      addressBlocks: [
        { offset: 0n, size: 4n, usage: 'buffer' },
        { offset: 16n, size: 4n, usage: 'buffer' },
      ],
    });
  });

  it('hands properties down, the nearest winning', () => {
    const registers = `
      <register><name>A</name><addressOffset>0</addressOffset></register>
      <cluster><name>C</name><addressOffset>4</addressOffset><access>write-only</access>
        <resetMask>0xF</resetMask>
        <register><name>B</name><addressOffset>0</addressOffset><size>8</size></register>
      </cluster>`;
    const properties = '<size>16</size><access>read-only</access><resetValue>5</resetValue>';
    const text = deviceText(peripheralText(registers, '<resetValue>6</resetValue>'), properties);
    expect(parseSvd(text).peripherals[0]?.registers.map(({ body }) => body)).toMatchObject([
      { size: 16, access: 'read-only', resetValue: 6n, resetMask: undefined },
      { size: 8, access: 'write-only', resetValue: 6n, resetMask: 15n },
    ]);
  });

  it('understands what real files write, and says so', () => {
    const registers = `
      <register><name>A</name><addressOffset> 0x0 </addressOffset><access>Read-Only</access>
        <modifiedWriteValues>onetoclear</modifiedWriteValues><colour>red</colour>
        <fields>${fieldText('F', '[0:3]')}
          <field><name>G</name></field></fields></register>`;
    expect(lossTexts(peripheralOf(registers).losses)).toEqual([
      'P.A: <colour> has no meaning here and was left out',
      'P.A: "Read-Only" was read as read-only',
      'P.A: "onetoclear" was read as oneToClear',
      'P.A.F: its bits 0:3 were taken the other way round',
      'P.A.G: says not which bits it has; left out',
    ]);
  });

  it('gives a loss the line of its element', () => {
    const text = deviceText(`\n${peripheralText('\n<register>\n<name>A</name></register>')}`);
    const [loss] = parseSvd(text).peripherals[0]?.losses ?? [];
    expect(loss).toEqual({ where: 'P.A', what: 'has no addressOffset; 0 was taken', line: 6 });
  });
});

describe('enumerated values', () => {
  function values(set: string): { values: unknown; losses: string[] } {
    const fields = `<fields>${fieldText('F', '[2:0]', set)}</fields>`;
    const { registers, losses } = peripheralOf(registerText('R', 0, fields));
    const found = registers[0]?.body.fields[0]?.values ?? new Map<string, bigint>();
    return { values: Object.fromEntries(found), losses: lossTexts(losses) };
  }
  const value = (name: string, text: string) =>
    `<enumeratedValue><name>${name}</name>${text}</enumeratedValue>`;

  it('reads every notation, and expands patterns', () => {
    const set = `<enumeratedValues>${value('A', '<value>0b000</value>')}
      ${value('B', '<value>0x1</value>')}${value('C', '<value>#1x0</value>')}
      ${value('D', '<isDefault>true</isDefault>')}${value('E', '<value>9</value>')}
      </enumeratedValues>`;
    expect(values(set)).toEqual({
      values: { A: 0n, B: 1n, C_4: 4n, C_6: 6n },
      losses: [
        'P.R.F: the pattern #1x0 of C became 2 values',
        'P.R.F: D names all other values; a map names single values',
        'P.R.F: E = 9 does not fit; left out',
      ],
    });
  });

  it('keeps both usages', () => {
    const set = (usage: string, number: number) =>
      `<enumeratedValues><usage>${usage}</usage>
       ${value('GO', `<value>${number}</value>`)}</enumeratedValues>`;
    expect(values(set('read', 1) + set('write', 2)).values).toEqual({ GO: 1n, GO_WRITE: 2n });
  });
});

describe('SvdError', () => {
  function failure(text: string): SvdError {
    try {
      parseSvd(text);
    } catch (error) {
      if (error instanceof SvdError) return error;
      throw error;
    }
    throw new Error('The text was read.');
  }

  it.each([
    ['no XML', 'hello', /not well formed/],
    ['nothing', '', /not well formed/],
    ['another root', '<html></html>', /root element is <html>/],
    ['an open end', '<device><name>', /not well formed: unclosed tag/],
    ['an unknown entity', '<device>&lol;</device>', /not well formed/],
    ['a peripheral without a name', deviceText('<peripheral/>'), /no name/],
    ['a missing base', deviceText('<peripheral><name>P</name></peripheral>'), /baseAddress of P/],
    ['a word for a number', deviceText(peripheralText(registerText('A', 'here'))), /"here" is no/],
    [
      'a huge register',
      deviceText(peripheralText(registerText('A', 0, '<size>1G</size>'))),
      /bits/,
    ],
    [
      'a huge array',
      deviceText(
        peripheralText(registerText('A', 0, '<dim>1G</dim><dimIncrement>4</dimIncrement>')),
      ),
      /dim of P\.A is 1073741824/,
    ],
    ['deep nesting', '<device>'.repeat(NESTING_MAX + 2), /elements are nested/],
    ['a long text', `<device><name>${'x'.repeat(TEXT_MAX + 1)}</name>`, /longer than/],
  ])('answers %s', (_, text, message) => {
    expect(failure(text).message).toMatch(message);
  });

  it('names line and column of what is wrong', () => {
    const text = `<device>\n<peripherals>\n<peripheral>\n<name>P</name>
   <baseAddress>nowhere</baseAddress></peripheral></peripherals></device>`;
    const error = failure(text);
    expect(error).toMatchObject({ line: 5, column: 4 });
    expect(error.message).toBe('line 5, column 4: P: "nowhere" is no number of CMSIS-SVD.');
  });

  it('is the answer to every later call, too', () => {
    const reader = new SvdReader();
    expect(() => reader.write('<html>')).toThrow(SvdError);
    expect(() => reader.write('<device>')).toThrow(/root element is <html>/);
    expect(() => reader.close()).toThrow(/root element is <html>/);
  });

  it('bounds what derivation multiplies', () => {
    const value = '<enumeratedValue><name>V</name><value>0</value></enumeratedValue>';
    const set = `<enumeratedValues>${value.repeat(3000)}</enumeratedValues>`;
    const fields = `<fields>${fieldText('F', '[3:0]', set)}</fields>`;
    const derived = Array.from(
      { length: 3000 },
      (_, at) => `<peripheral derivedFrom="P"><name>Q${at}</name></peripheral>`,
    );
    const base = peripheralText(registerText('A', 0, fields));
    expect(failure(deviceText(base + derived.join(''))).message).toMatch(/expands to more than/);
  });

  it('bounds names', () => {
    const text = deviceText(peripheralText(registerText('A'.repeat(NAME_MAX + 1), 0)));
    expect(failure(text).message).toMatch(/name is longer than 256/);
  });

  it('bounds arrays of arrays', () => {
    const dim = '<dim>60000</dim><dimIncrement>4</dimIncrement>';
    const registers = `<cluster><name>C[%s]</name><addressOffset>0</addressOffset>${dim}
      ${registerText('A[%s]', 0, dim)}</cluster>`;
    expect(failure(deviceText(peripheralText(registers))).message).toMatch(/expands to more than/);
  });
});
