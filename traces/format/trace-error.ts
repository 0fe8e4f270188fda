/** A file that is no trace, or a broken one: one sentence, with the place. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
  /** `line 3, column 7` of text, `byte 1234` of a binary file. Counted from 1, bytes from 0. */
  readonly place: string;

  constructor(sentence: string, place: string) {
    super(`${place}: ${sentence}`);
    this.place = place;
  }
}

export function atLine(line: number, column: number): string {
  return `line ${line}, column ${column}`;
}

export function atByte(offset: number): string {
  return `byte ${offset}`;
}
