/** From the tree of a file to a device: derivation, inherited properties, arrays of peripherals. */
import { shapeOf } from './derive.ts';
import type {
  Loss,
  Note,
  SvdAddressBlock,
  SvdDevice,
  SvdInterrupt,
  SvdPeripheral,
} from './device.ts';
import { expandDim } from './dim.ts';
import type { Element, Shape } from './elements.ts';
import { SvdError } from './error.ts';
import { EXPANDED_MAX } from './limits.ts';
import { Names } from './names.ts';
import { type Properties, propertiesOf } from './properties.ts';
import { resolveRegisters } from './registers.ts';
import { type Resolution, noteStrays } from './resolution.ts';
import { Scopes } from './scopes.ts';
import { lenientNumber, requiredNumber } from './values.ts';

/** @throws SvdError with the place of what cannot be understood. */
export function resolveDevice(element: Element): SvdDevice {
  const { leaves, children } = element;
  const name = leaves.name?.text ?? 'device';
  let spent = 0;
  const spend = (count: number, at: Element) => {
    spent += count;
    if (spent > EXPANDED_MAX) {
      throw new SvdError(`The file expands to more than ${EXPANDED_MAX} registers and fields.`, at);
    }
  };
  const losses: Loss[] = [];
  const note = collector(losses, element, spend);
  noteStrays(element, name, note);
  const scopes = new Scopes();
  const width = Number(lenientNumber(leaves.width, name, note) ?? 32n);
  const unit = lenientNumber(leaves.addressUnitBits, name, note) ?? 8n;
  if (unit !== 8n) {
    note(name, `addressUnitBits ${unit} was taken as 8: offsets are bytes`, element.line);
  }
  const properties = propertiesOf(element, {}, name, note);
  const peripherals: SvdPeripheral[] = [];
  for (const child of children) {
    if (child.kind !== 'peripheral') continue;
    peripherals.push(...resolvePeripheral(child, properties, { scopes, spend }));
  }
  return {
    name,
    version: leaves.version?.text,
    endian: endianOf(children, name, note),
    width,
    peripherals: withUniqueNames(peripherals, note),
    losses,
  };
}

function collector(losses: Loss[], element: Element, spend: Resolution['spend']): Note {
  return (where, what, line) => {
    spend(1, element);
    losses.push({ where, what, line });
  };
}

function endianOf(children: readonly Element[], name: string, note: Note): 'little' | 'big' {
  const leaf = children.find(({ kind }) => kind === 'cpu')?.leaves.endian;
  const text = leaf?.text.toLowerCase() ?? 'little';
  if (leaf !== undefined && text !== 'little' && text !== 'big') {
    note(name, `endian "${leaf.text.slice(0, 40)}" was taken as little`, leaf.line);
  }
  return text === 'big' ? 'big' : 'little';
}

function resolvePeripheral(
  element: Element,
  inherited: Properties,
  shared: Omit<Resolution, 'note'>,
): SvdPeripheral[] {
  const losses: Loss[] = [];
  const resolution: Resolution = { ...shared, note: collector(losses, element, shared.spend) };
  const { note, spend } = resolution;
  const shape = shapeOf(element, resolution.scopes);
  const { leaves } = shape;
  const where = leaves.name?.text ?? '';
  if (where === '') throw new SvdError('A peripheral has no name.', element);
  noteStrays(element, where, note);
  const base = requiredNumber(element, leaves.baseAddress, `The baseAddress of ${where}`);
  const properties = propertiesOf({ ...element, leaves }, inherited, where, note);
  const { names, increment } = expandDim(element, shape, where, note);
  spend(names.length + shape.children.length, element);
  const blocks = addressBlocks(shape, where, note);
  const lines = interrupts(shape, where, note);
  const registers = resolveRegisters(shape, { where, properties }, resolution);
  if (registers.length === 0) note(where, 'describes no registers', element.line);
  return names.map((name, index) => ({
    name,
    line: element.line,
    baseAddress: base + BigInt(increment) * BigInt(index),
    groupName: leaves.groupName?.text,
    alternateOf: leaves.alternatePeripheral?.text,
    addressBlocks: blocks,
    interrupts: lines,
    registers,
    losses,
  }));
}

function addressBlocks({ children }: Shape, where: string, note: Note): SvdAddressBlock[] {
  const blocks = children.filter(({ kind }) => kind === 'addressBlock');
  return blocks.map((block) => {
    const { offset, size, usage, protection } = block.leaves;
    noteStrays(block, where, note);
    if (protection !== undefined) {
      note(where, `protection ${protection.text.slice(0, 40)} of an address block`, block.line);
    }
    return {
      offset: lenientNumber(offset, where, note) ?? 0n,
      size: lenientNumber(size, where, note) ?? 0n,
      usage: usage?.text ?? 'registers',
    };
  });
}

function interrupts({ children }: Shape, where: string, note: Note): SvdInterrupt[] {
  return children
    .filter(({ kind }) => kind === 'interrupt')
    .map((interrupt) => {
      noteStrays(interrupt, where, note);
      const { name, value } = interrupt.leaves;
      const number = Number(value?.text ?? Number.NaN);
      if (!Number.isInteger(number)) note(where, 'an interrupt has no number', interrupt.line);
      return { name: name?.text ?? '', value: Number.isInteger(number) ? number : -1 };
    });
}

function withUniqueNames(peripherals: readonly SvdPeripheral[], note: Note): SvdPeripheral[] {
  const names = new Names();
  return peripherals.map((peripheral) => {
    const name = names.take(peripheral.name);
    if (name === peripheral.name) return peripheral;
    note(
      peripheral.name,
      `is the name of another peripheral, too; became ${name}`,
      peripheral.line,
    );
    return { ...peripheral, name };
  });
}
