/** Many functions are made of few declarations: each is built (and so compiled) once. */

/** Declarations kept; past them the oldest goes. */
const KEPT_MAX = 256;

/** `make` must depend on nothing but its argument, which must be plain data. */
export function memoised<A, R>(make: (argument: A) => R): (argument: A) => R {
  const known = new Map<string, R>();
  return (argument) => {
    const key = JSON.stringify(argument);
    let result = known.get(key);
    if (result === undefined) {
      result = make(argument);
      if (known.size === KEPT_MAX) known.delete(known.keys().next().value as string);
      known.set(key, result);
    }
    return result;
  };
}
