/** Where something stands in the file, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A file that cannot be read as CMSIS-SVD: one sentence, with the place. */
export class SvdError extends Error {
  override readonly name = 'SvdError';
  readonly line: number;
  readonly column: number;

  constructor(sentence: string, { line, column }: Position) {
    super(`line ${line}, column ${column}: ${sentence}`);
    this.line = line;
    this.column = column;
  }
}
