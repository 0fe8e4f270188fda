/**
 * What a driver of a small display with dots of one colour offers its clients. Places count from
 * the top left; what lies outside of the display is not drawn. When a call ends the display shows
 * it. A call that the bus fails ends with the error of the bus, and the driver goes on; after Stop
 * each fails with kIOReturnOffline.
 */
export interface DisplayFacts {
  readonly width: number;
  readonly height: number;
}

export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly isLit: boolean;
}

/** Glyphs of one size: each has `width` columns of `height` <= 8 dots, the lowest bit on top. */
export interface Font {
  readonly width: number;
  readonly height: number;
  readonly characters: string;
  /** `width` bytes for each character. */
  readonly columns: readonly number[];
}

export interface Display {
  facts(): DisplayFacts | Promise<DisplayFacts>;
  clear(): Promise<void>;
  dots(dots: readonly Dot[]): Promise<void>;
  /** From one dot to the other, both included. */
  line(x0: number, y0: number, x1: number, y1: number, isLit: boolean): Promise<void>;
  /** Filled; nothing when a side is 0. */
  rectangle(x: number, y: number, width: number, height: number, isLit: boolean): Promise<void>;
  /** Each dot of the font is a square of `size` dots; a column is free between characters. */
  text(x: number, y: number, text: string, font: Font, size: number): Promise<void>;
  /** One byte for each dot of the display, row by row: 1 is lit. */
  bitmap(dots: Uint8Array): Promise<void>;
  /** Any size, four bytes for each dot; alpha 0 leaves what is there, black is dark. */
  image(x: number, y: number, width: number, rgba: Uint8Array): Promise<void>;
  /** Lit and dark change places, until it is taken back. */
  invert(isInverse: boolean): Promise<void>;
  dim(isDim: boolean): Promise<void>;
  /** Dark, and what was drawn stays. */
  turn(isOn: boolean): Promise<void>;
}
