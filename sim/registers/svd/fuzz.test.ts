import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { SvdError } from './error.ts';
import { printRegistersTs } from './print.ts';
import { parseSvd } from './reader.ts';
import { deviceText, fieldText, peripheralText, registerText } from './sample.ts';
import { toRegisterMap } from './to-map.ts';

const VALUES = `<enumeratedValues><name>E</name><enumeratedValue><name>ON</name>
  <value>0b1x</value></enumeratedValue></enumeratedValues>`;
const SMALL = deviceText(
  peripheralText(
    registerText('A', 0, `<fields>${fieldText('F', '[3:0]', VALUES)}</fields>`) +
      registerText('B%s', 4, '<dim>2</dim><dimIncrement>4</dimIncrement>') +
      '<register derivedFrom="A"><name>C</name><addressOffset>12</addressOffset></register>' +
      `<cluster><name>D[%s]</name><addressOffset>16</addressOffset><dim>2</dim>
       <dimIncrement>8</dimIncrement>${registerText('E', 0)}</cluster>`,
  ),
);

/** Everything in the file: its elements, values, attributes, and some that are not in it. */
const PIECES = [
  ...new Set(SMALL.match(/<[^>]*>|[^<>]+/g)),
  ...['<dim>9</dim>', '-1', '99999999999999999999', '<size>128</size>', '__proto__', '#1xx', '%s'],
  ...['<access>read-only</access>', '<readAction>clear</readAction>', '<size>0</size>', '\0', '&'],
];

const edit = fc.record({
  at: fc.nat(SMALL.length),
  remove: fc.nat(40),
  insert: fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom(...PIECES)),
});

/** Cuts at characters break the XML; exchanging whole pieces mostly leaves it well formed. */
const cut = fc
  .array(edit, { minLength: 1, maxLength: 4 })
  .map((edits) =>
    edits.reduce(
      (text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove),
      SMALL,
    ),
  );
const leaf = /<(\w+)>([^<>]*)<\/\1>/g;
const exchanged = fc
  .array(fc.tuple(fc.nat(60), fc.constantFrom(...PIECES, '', '0', '64')), { maxLength: 6 })
  .map((edits) => {
    const byIndex = new Map(edits);
    let index = 0;
    return SMALL.replaceAll(leaf, (all, name: string) => {
      const piece = byIndex.get(index++);
      if (piece === undefined) return all;
      return piece.startsWith('<') ? `${all}${piece}` : `<${name}>${piece}</${name}>`;
    });
  });

it('reads a mutated file, or refuses it with a place', () => {
  let read = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.oneof(cut, exchanged), (text) => {
      let device;
      try {
        device = parseSvd(text);
      } catch (error) {
        if (!(error instanceof SvdError)) throw error;
        refused++;
        return;
      }
      read++;
      for (const { name } of device.peripherals) {
        const { map, losses } = toRegisterMap(device, name);
        expect(compile(map).map).toBe(map);
        expect(printRegistersTs(map, losses)).toContain('export const registers');
      }
    }),
    { numRuns: 600 },
  );
  expect(read).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(50);
});
