/** What the npm package `oled-i2c-bus` 1.0.12 offers, as its README says and its code does. */
export interface OledFont {
  readonly width: number;
  readonly height: number;
  readonly fontData: readonly number[];
  readonly lookup: readonly string[];
}

export type Pixel = readonly [x: number, y: number, colour: number];

export interface OledDisplay {
  clearDisplay(): void;
  dimDisplay(isDim: boolean): void;
  drawBitmap(pixels: readonly number[]): void;
  drawLine(x0: number, y0: number, x1: number, y1: number, colour: number): void;
  drawPixel(pixels: readonly Pixel[]): void;
  drawRGBAImage(
    image: { readonly width: number; readonly height: number; readonly data: Uint8Array },
    x: number,
    y: number,
  ): void;
  fillRect(x: number, y: number, width: number, height: number, colour: number): void;
  invertDisplay(isInverse: boolean): void;
  setCursor(x: number, y: number): void;
  turnOffDisplay(): void;
  turnOnDisplay(): void;
  writeString(
    font: OledFont,
    size: number,
    text: string,
    colour: number,
    wrap: boolean,
    sync: boolean,
  ): void;
}

export type OledConstructor = new (
  bus: object,
  options: { readonly width: number; readonly height: number; readonly address: number },
) => OledDisplay;
