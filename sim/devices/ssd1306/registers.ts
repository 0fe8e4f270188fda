/**
 * The command set of the SSD1306, as data: Solomon Systech SSD1306 rev. 1.1 (April 2008),
 * section 9, table 9-1 (secondary source).
 */

export const COLUMNS = 128;
export const PAGES = 8;
export const ROWS_OF_PAGE = 8;
export const ROWS = PAGES * ROWS_OF_PAGE;

/** The bits of a control byte, Co and D/C# (section 8.1.5, secondary). */
export const CONTROL = { isSingle: 0x80, isData: 0x40 } as const;

/** Memory addressing modes, table 9-1, command 20h. */
export const MODE = { horizontal: 0, vertical: 1, page: 2 } as const;

export interface Command {
  readonly name: string;
  readonly first: number;
  /** Default: `first` alone. */
  readonly last?: number;
  /** Bytes that follow. */
  readonly parameters: number;
  /** Taken and then ignored by the model. */
  readonly isIgnored?: true;
}

/** In the order of their codes. */
export const COMMANDS = [
  { name: 'column low', first: 0x00, last: 0x0f, parameters: 0 },
  { name: 'column high', first: 0x10, last: 0x1f, parameters: 0 },
  { name: 'addressing mode', first: 0x20, parameters: 1 },
  { name: 'column window', first: 0x21, parameters: 2 },
  { name: 'page window', first: 0x22, parameters: 2 },
  { name: 'horizontal scroll', first: 0x26, last: 0x27, parameters: 6, isIgnored: true },
  { name: 'diagonal scroll', first: 0x29, last: 0x2a, parameters: 5, isIgnored: true },
  { name: 'stop scrolling', first: 0x2e, parameters: 0 },
  { name: 'begin scrolling', first: 0x2f, parameters: 0, isIgnored: true },
  { name: 'start line', first: 0x40, last: 0x7f, parameters: 0 },
  { name: 'contrast', first: 0x81, parameters: 1 },
  { name: 'charge pump', first: 0x8d, parameters: 1 },
  { name: 'segment remap', first: 0xa0, last: 0xa1, parameters: 0 },
  { name: 'scroll area', first: 0xa3, parameters: 2, isIgnored: true },
  { name: 'entire display', first: 0xa4, last: 0xa5, parameters: 0 },
  { name: 'inverse', first: 0xa6, last: 0xa7, parameters: 0 },
  { name: 'multiplex', first: 0xa8, parameters: 1 },
  { name: 'display', first: 0xae, last: 0xaf, parameters: 0 },
  { name: 'page', first: 0xb0, last: 0xb7, parameters: 0 },
  { name: 'scan direction', first: 0xc0, last: 0xc8, parameters: 0 },
  { name: 'display offset', first: 0xd3, parameters: 1 },
  { name: 'clock', first: 0xd5, parameters: 1 },
  { name: 'precharge', first: 0xd9, parameters: 1 },
  { name: 'com pins', first: 0xda, parameters: 1 },
  { name: 'vcomh', first: 0xdb, parameters: 1 },
  { name: 'nop', first: 0xe3, parameters: 0 },
] as const satisfies readonly Command[];

export type CommandName = (typeof COMMANDS)[number]['name'];
