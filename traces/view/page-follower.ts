/** Which register an access means, where offsets mean something else on different pages. */
import type { CompiledMap, Register } from '../../sim/registers/compile.ts';
import { extract } from '../../sim/registers/driver-access.ts';

export class PageFollower {
  readonly #map: CompiledMap;
  #page = 0;

  constructor(map: CompiledMap) {
    this.#map = map;
  }

  /** A write was seen: it may select another page. */
  wrote(offset: number, value: number): void {
    const [registerName, fieldName] = this.#map.map.pageBy ?? [];
    const register = registerName === undefined ? undefined : this.#map.byName.get(registerName);
    const field = register?.fields.find(({ name }) => name === fieldName);
    if (register === undefined || field === undefined || register.at !== offset) return;
    this.#page = extract(value, field.msb, field.lsb) >>> 0;
  }

  /** The register at an offset now, whatever the size of the access. */
  register(side: 'read' | 'write', offset: number): Register | undefined {
    if (offset >= this.#map.extent) return undefined;
    const at = this.#map.find(side, this.#page, offset);
    return at ?? this.#map.find(side === 'read' ? 'write' : 'read', this.#page, offset);
  }
}
