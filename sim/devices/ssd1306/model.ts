/**
 * A 128 x 64 OLED panel with its SSD1306 controller on I2C: Solomon Systech SSD1306 rev. 1.1
 * (April 2008); section 8.7 read, the rest from secondary sources.
 *
 * The glass is the usual module's, mounted with COM0 at the bottom and SEG0 at the right: remapped
 * both ways, as drivers do, RAM and picture agree. After power-on the RAM holds anything.
 *
 * Not modelled: scrolling (its commands are taken and ignored, which the report says), the shades
 * that contrast makes, the charge pump's voltages, other wirings of the COM pins, RESET#.
 */
import type { I2cTarget } from '../../buses/i2c/sim-bus.ts';
import type { Picture } from '../../buses/panel/picture.ts';
import { EventKind } from '../../kernel/journal.ts';
import type { World } from '../../kernel/world.ts';
import {
  COLUMNS,
  COMMANDS,
  CONTROL,
  type Command,
  type CommandName,
  MODE,
  PAGES,
  ROWS,
  ROWS_OF_PAGE,
} from './registers.ts';

/** Bit 6 of the status: the display is off (section 9, table 9-2, secondary). */
const STATUS_OFF = 0x40;
const NIBBLE = 16;
const BYTES = 256;

interface Window {
  first: number;
  last: number;
}

export class Ssd1306 implements I2cTarget {
  /** By page and segment; the lowest bit is the upper row. */
  readonly ram = new Uint8Array(PAGES * COLUMNS);
  contrast = 0x7f;
  isOn = false;
  isInverse = false;
  readonly #world: World;
  #isEntirelyLit = false;
  #isRemapped = false;
  #isScannedDown = false;
  #startLine = 0;
  #offset = 0;
  #multiplex = ROWS;
  #mode: number = MODE.page;
  #column = 0;
  #page = 0;
  readonly #columns: Window = { first: 0, last: COLUMNS - 1 };
  readonly #pages: Window = { first: 0, last: PAGES - 1 };
  /** What the next byte of the transfer is. */
  #next: 'control' | 'command' | 'data' = 'control';
  #isSingle = false;
  #command: Command | undefined;
  #parameters: number[] = [];

  constructor(world: World) {
    this.#world = world;
    const random = world.random('ssd1306');
    this.ram.forEach((_, at) => (this.ram[at] = random.below(BYTES)));
  }

  start(): boolean {
    this.#next = 'control';
    return true;
  }

  /** A control byte says what one byte is that follows it, or all that follow (section 8.1.5). */
  write(byte: number): boolean {
    if (this.#next === 'control') {
      this.#isSingle = (byte & CONTROL.isSingle) !== 0;
      this.#next = (byte & CONTROL.isData) === 0 ? 'command' : 'data';
      return true;
    }
    if (this.#next === 'data') this.#store(byte);
    else this.#commandByte(byte);
    if (this.#isSingle) this.#next = 'control';
    return true;
  }

  read(): number {
    return this.isOn ? 0 : STATUS_OFF;
  }

  /** A command of several bytes may come in several transfers. */
  stop(): void {}

  /** What an onlooker sees. */
  picture(): Picture {
    const dots = new Uint8Array(COLUMNS * ROWS);
    for (let y = 0; y < ROWS; y++) {
      for (let x = 0; x < COLUMNS; x++) dots[y * COLUMNS + x] = this.#shines(x, y) ? 1 : 0;
    }
    return { width: COLUMNS, height: ROWS, dots };
  }

  #shines(x: number, y: number): boolean {
    if (!this.isOn) return false;
    const com = ROWS - 1 - y;
    const line = this.#isScannedDown ? this.#multiplex - 1 - com : com;
    if (line < 0 || line >= this.#multiplex) return false;
    if (this.#isEntirelyLit) return true;
    const row = (line + this.#startLine + this.#offset) % ROWS;
    const page = Math.floor(row / ROWS_OF_PAGE);
    const byte = this.ram[page * COLUMNS + (COLUMNS - 1 - x)] as number;
    const isSet = Math.floor(byte / 2 ** (row % ROWS_OF_PAGE)) % 2 === 1;
    return isSet !== this.isInverse;
  }

  /** Segment remapping counts when data is written, not when it is shown (section 10.1.8). */
  #store(byte: number): void {
    const segment = this.#isRemapped ? COLUMNS - 1 - this.#column : this.#column;
    this.ram[this.#page * COLUMNS + segment] = byte;
    if (this.#mode === MODE.vertical) {
      if (this.#step('page')) this.#step('column');
    } else if (this.#step('column') && this.#mode === MODE.horizontal) {
      this.#step('page');
    }
  }

  /** One on; at the end of its window back to the beginning, which it tells. */
  #step(which: 'column' | 'page'): boolean {
    const isColumn = which === 'column';
    const at = isColumn ? this.#column : this.#page;
    const { first, last } = isColumn ? this.#columns : this.#pages;
    const end = isColumn ? COLUMNS - 1 : PAGES - 1;
    const isLast = at === last || at === end;
    const next = isLast ? first : at + 1;
    if (isColumn) this.#column = next;
    else this.#page = next;
    return isLast;
  }

  #commandByte(byte: number): void {
    if (this.#command === undefined) {
      const found = COMMANDS.find((each: Command) => {
        return byte >= each.first && byte <= (each.last ?? each.first);
      });
      if (found === undefined) {
        this.#gap(`undocumented: command ${byte.toString(16)}h: no such command is documented`);
        return;
      }
      this.#command = found;
      this.#parameters = [byte];
    } else {
      this.#parameters.push(byte);
    }
    const command = this.#command;
    if (this.#parameters.length <= command.parameters) return;
    this.#command = undefined;
    const [code = 0, first = 0, second = 0] = this.#parameters;
    if (command.isIgnored) this.#gap(`limitation: ${command.name}: scrolling is not modelled`);
    else this.#obey(command.name as CommandName, code - command.first, first, second);
  }

  /** @param within the code within its range of codes */
  #obey(name: CommandName, within: number, first: number, second: number): void {
    switch (name) {
      case 'column low':
        this.#column = this.#column - (this.#column % NIBBLE) + within;
        break;
      case 'column high':
        this.#column = ((within * NIBBLE) % COLUMNS) + (this.#column % NIBBLE);
        break;
      case 'page':
        this.#page = within;
        break;
      case 'addressing mode':
        this.#mode = first % 4;
        break;
      case 'column window':
        this.#columns.first = first % COLUMNS;
        this.#columns.last = second % COLUMNS;
        this.#column = this.#columns.first;
        break;
      case 'page window':
        this.#pages.first = first % PAGES;
        this.#pages.last = second % PAGES;
        this.#page = this.#pages.first;
        break;
      default:
        this.#set(name, within, first);
    }
  }

  /** What changes the look of the whole panel. */
  #set(name: CommandName, within: number, first: number): void {
    switch (name) {
      case 'start line':
        this.#startLine = within;
        break;
      case 'display offset':
        this.#offset = first % ROWS;
        break;
      case 'multiplex':
        // 0 to 14 are not allowed (section 10.1.11).
        if (first % ROWS >= 15) this.#multiplex = (first % ROWS) + 1;
        else this.#gap('reserved: multiplex: ratios below 16 are not allowed');
        break;
      case 'contrast':
        this.contrast = first;
        break;
      case 'segment remap':
        this.#isRemapped = within === 1;
        break;
      case 'scan direction':
        this.#isScannedDown = within === 8;
        break;
      case 'entire display':
        this.#isEntirelyLit = within === 1;
        break;
      case 'inverse':
        this.isInverse = within === 1;
        break;
      case 'display':
        this.isOn = within === 1;
        break;
      default:
      // Clock, precharge, pins, voltages and the charge pump change nothing that is modelled.
    }
  }

  #gap(text: string): void {
    this.#world.journal.note(EventKind.Gap, text);
  }
}
