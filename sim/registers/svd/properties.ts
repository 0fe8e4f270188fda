/** The properties that devices, peripherals and clusters hand down to their registers. */
import type { Note, SvdAccess } from './device.ts';
import type { Element } from './elements.ts';
import { accessWord, lenientNumber } from './values.ts';

export interface Properties {
  readonly size?: bigint | undefined;
  readonly access?: SvdAccess | undefined;
  readonly resetValue?: bigint | undefined;
  readonly resetMask?: bigint | undefined;
}

/** An element's own properties over those handed down to it. */
export function propertiesOf(
  element: Pick<Element, 'leaves' | 'line'>,
  inherited: Properties,
  where: string,
  note: Note,
): Properties {
  const { size, access, resetValue, resetMask, protection } = element.leaves;
  if (protection !== undefined) {
    const text = protection.text.slice(0, 40);
    note(where, `protection ${text}: who may access it is not modelled`, protection.line);
  }
  return {
    size: lenientNumber(size, where, note) ?? inherited.size,
    access: accessWord(access, where, note) ?? inherited.access,
    resetValue: lenientNumber(resetValue, where, note) ?? inherited.resetValue,
    resetMask: lenientNumber(resetMask, where, note) ?? inherited.resetMask,
  };
}
