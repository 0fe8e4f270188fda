/** Adds up what scenes touched, per driver and target, in the form of the result document. */
import { type CompiledMap } from '../../sim/registers/compile.ts';
import { type CoverageRecord, RegisterCoverage } from '../../sim/registers/coverage.ts';
import type { Coverage, RegisterCoverage as RegisterRow } from '../../reports/verdict.ts';
import type { Scene } from '../scene.ts';

interface Entry {
  readonly driver: string;
  readonly target: string;
  readonly device: string;
  readonly byBar: Map<number, RegisterCoverage>;
  readonly armed: Map<string, number>;
}

export class CoverageTally {
  readonly #entries = new Map<string, Entry>();

  add(driver: string, scene: Scene): void {
    const key = `${driver} ${scene.target.name}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      const { name, device } = scene.target;
      entry = { driver, target: name, device, byBar: new Map(), armed: new Map() };
      this.#entries.set(key, entry);
    }
    for (const [bar, coverage] of scene.device.coverage) {
      let sum = entry.byBar.get(bar);
      if (sum === undefined) {
        sum = new RegisterCoverage(coverage.map);
        entry.byBar.set(bar, sum);
      }
      sum.merge(coverage);
    }
    for (const [rule, count] of scene.rules.armed) {
      entry.armed.set(rule, (entry.armed.get(rule) ?? 0) + count);
    }
  }

  records(): Coverage[] {
    return [...this.#entries.values()].map(({ driver, target, device, byBar, armed }) => ({
      record: 'coverage',
      driver,
      target,
      device,
      registers: [...byBar].flatMap(([bar, sum]) => rows(bar, sum.map, sum.record())),
      rulesArmed: [...armed].map(([id, count]) => ({ id, count })),
      exclusions: [...byBar.values()].flatMap(({ map }) => exclusions(map)),
    }));
  }
}

function rows(bar: number, map: CompiledMap, record: CoverageRecord): RegisterRow[] {
  return record.registers.map((seen, index) => {
    const register = map.registers[index];
    if (register === undefined) throw new Error('A coverage record must fit its map.');
    return {
      name: seen.name,
      space: `BAR${bar}`,
      offset: register.at,
      size: register.bytes,
      reads: seen.reads,
      writes: seen.writes,
      bitsSeen0: hex(seen.zeros),
      bitsSeen1: hex(seen.ones),
      fields: register.fields.map(({ name, msb, lsb, values }) => {
        if (values === undefined) return { name, msb, lsb };
        const shown = seen.values[name] ?? [];
        const list = Object.keys(values).map((value) => ({
          name: value,
          seen: shown.includes(value),
        }));
        return { name, msb, lsb, values: list };
      }),
      illegal: [],
      effects: Object.entries(seen.effects).map(([name, count]) => ({ name, count })),
    };
  });
}

/** Lanes, low one first, as one hexadecimal number. */
function hex(lanes: readonly number[]): string {
  const digits = lanes.toReversed().map((lane) => (lane >>> 0).toString(16).padStart(8, '0'));
  return `0x${digits.join('')}`;
}

function exclusions(map: CompiledMap): Coverage['exclusions'] {
  return map.registers.flatMap(({ name, declaration }) =>
    Object.entries(declaration.exclude ?? {}).map(([test, reason]) => ({
      test,
      register: name,
      reason,
    })),
  );
}
