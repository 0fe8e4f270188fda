/** What a display shows at a moment, as an onlooker sees it. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** One byte for each dot, row by row from the top left: 1 when it shines. */
  readonly dots: Uint8Array;
}
