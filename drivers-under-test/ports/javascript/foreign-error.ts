/** What foreign code threw, as an Error of ours: those of another realm are none to instanceof. */

export class ForeignError extends Error {
  override readonly name = 'ForeignError';
}

/** @returns it or one that says the same; errors of ours as they are */
export function asForeignError(error: unknown): Error {
  if (error instanceof Error) return error;
  if (typeof error !== 'object' || error === null) return new ForeignError(String(error));
  const { name, message, stack } = error as Partial<Error>;
  const made = new ForeignError(`${name ?? 'Error'}: ${message ?? ''}`, { cause: error });
  if (typeof stack === 'string') made.stack = stack;
  return made;
}
