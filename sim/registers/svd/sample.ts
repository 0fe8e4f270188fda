/** Small CMSIS-SVD texts for the tests of this folder. */
import type { Loss, SvdPeripheral } from './device.ts';
import { parseSvd } from './reader.ts';

/** A device of the given peripherals; `properties` are its defaults. */
export function deviceText(peripherals: string, properties = '<size>32</size>'): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<device schemaVersion="1.3" xmlns:xs="http://www.w3.org/2001/XMLSchema-instance">
<name>CHIP</name><addressUnitBits>8</addressUnitBits><width>32</width>${properties}
<peripherals>${peripherals}</peripherals></device>`;
}

/** A peripheral `P` at 0 with the given content of `registers`. */
export function peripheralText(registers: string, properties = ''): string {
  const head = `<name>P</name><baseAddress>0</baseAddress>${properties}`;
  return `<peripheral>${head}<registers>${registers}</registers></peripheral>`;
}

export function registerText(name: string, offset: number | string, rest = ''): string {
  const place = `<name>${name}</name><addressOffset>${offset}</addressOffset>`;
  const known = '<resetValue>0</resetValue><access>read-write</access>';
  return `<register>${place}${known}${rest}</register>`;
}

export function fieldText(name: string, range: string, rest = ''): string {
  return `<field><name>${name}</name><bitRange>${range}</bitRange>${rest}</field>`;
}

/** The one peripheral of a device with these registers. */
export function peripheralOf(registers: string, properties?: string): SvdPeripheral {
  const [peripheral] = parseSvd(deviceText(peripheralText(registers, properties))).peripherals;
  if (peripheral === undefined) throw new Error('The sample has no peripheral.');
  return peripheral;
}

export function lossTexts(losses: readonly Loss[]): string[] {
  return losses.map(({ where, what }) => `${where}: ${what}`);
}
