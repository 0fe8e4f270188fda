/** Classes of `bug-classes.md` that no mutant here has, because neither device can show them. */
export const CLASSES = Array.from(
  { length: 28 },
  (_, at) => `BC-${String(at + 1).padStart(2, '0')}`,
);

export const NOT_HERE: Readonly<Record<string, string>> = {};
