/** Names of a file as keys of a declaration: identifiers, and each only once. */

/** An identifier that resembles the name; never one that looks like an index or a prototype. */
export function identifier(name: string): string {
  const plain = name.replaceAll(/[^\w$]/g, '_');
  if (plain === '__proto__') return '__proto___';
  return /^[A-Za-z_$]/.test(plain) ? plain : `_${plain}`;
}

/** Properties that a view of a register has besides its fields (see `views.ts`). */
const VIEW_PROPERTIES = new Set(['value', 'state', 'constructor']);

/** An identifier that a field of a register can have. */
export function fieldIdentifier(name: string): string {
  const plain = identifier(name);
  return VIEW_PROPERTIES.has(plain) ? `${plain}_` : plain;
}

/** Hands out names: the second `X` becomes `X_2`. */
export class Names {
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();

  has(name: string): boolean {
    return this.#taken.has(name);
  }

  take(wanted: string): string {
    let name = wanted;
    while (this.#taken.has(name)) {
      const next = this.#next.get(wanted) ?? 2;
      this.#next.set(wanted, next + 1);
      name = `${wanted}_${next}`;
    }
    this.#taken.add(name);
    return name;
  }
}
