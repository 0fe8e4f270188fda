/** Mutants of a device model that follow from its register map: one policy, reset or width each. */
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';
import { compile } from '../../../sim/registers/compile.ts';
import { ACCESS, type AccessName } from '../../../sim/registers/effects.ts';
import type {
  FieldDeclaration,
  RegisterDeclaration,
  RegisterMap,
} from '../../../sim/registers/declare.ts';

export interface MapMutantsOptions {
  readonly target: string;
  /** The module that exports the map as `registers`. */
  readonly file: string;
  readonly map: RegisterMap;
  /**
   * Mutants that are left out because nobody could tell them from the original, with the reason:
   * `LCR.WLS-reset`, or a field alone for its right to be written and its reset.
   */
  readonly equivalent: Readonly<Record<string, string>>;
}

/** What each policy is turned into. */
const FLIPPED: Readonly<Partial<Record<AccessName, AccessName>>> = {
  RW: 'RO',
  RO: 'RW',
  WO: 'RW',
  RC: 'RO',
  W1C: 'RW',
};

interface Change {
  readonly name: string;
  readonly what: string;
  readonly patch: Readonly<Record<string, unknown>>;
}

/** @throws RangeError when `equivalent` names a mutant that there is not */
export function mapMutants(options: MapMutantsOptions): DeviceMutant[] {
  const { map, equivalent } = options;
  const used = new Set<string>();
  const mutants = Object.entries(map.registers)
    .flatMap(([name, register]) => registerMutants(options, name, register))
    .filter(({ place, change }) => {
      const keys = [`${place}-${change}`, ...(change === 'narrow' ? [] : [place])];
      const key = keys.find((each) => equivalent[each] !== undefined);
      if (key !== undefined) used.add(key);
      return key === undefined;
    })
    .map(({ mutant }) => mutant);
  const stale = Object.keys(equivalent).find((key) => !used.has(key));
  if (stale !== undefined) throw new RangeError(`${map.name} has no mutant ${stale} to leave out.`);
  return mutants;
}

interface Candidate {
  readonly mutant: DeviceMutant;
  readonly place: string;
  readonly change: string;
}

function registerMutants(
  { target, file, map }: MapMutantsOptions,
  name: string,
  register: RegisterDeclaration,
): Candidate[] {
  const width = register.width ?? map.width;
  const fields = Object.entries(register.fields ?? {});
  const whole: FieldDeclaration = { bits: [width - 1, 0], ...register };
  const places: readonly (readonly [field: string, declared: FieldDeclaration])[] =
    fields.length === 0 ? [['', whole]] : fields;
  return places.flatMap(([field, declared]) => {
    const place = field === '' ? name : `${name}.${field}`;
    return fieldChanges(declared, register, field !== '')
      .filter(({ patch }) => isBuildable(map, name, field, patch))
      .map(({ name: change, what, patch }) => ({
        place,
        change,
        mutant: {
          id: `${map.name}-map/${place}-${change}`,
          target,
          file,
          what: `${place} ${what}.`,
          edits: [
            { find: 'export const registers = {', replace: 'const declared = {' },
            {
              find: '} as const satisfies RegisterMap;',
              replace: `} as const satisfies RegisterMap;\n${patched(name, field, patch)}`,
            },
          ],
        },
      }));
  });
}

/** What the register bank refuses to build is no mutant. */
function isBuildable(
  map: RegisterMap,
  name: string,
  field: string,
  patch: Change['patch'],
): boolean {
  const register = map.registers[name];
  const fields = register?.fields ?? {};
  const changed =
    field === ''
      ? { ...register, ...patch }
      : { ...register, fields: { ...fields, [field]: { ...fields[field], ...patch } } };
  try {
    compile({ ...map, registers: { ...map.registers, [name]: changed as RegisterDeclaration } });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function fieldChanges(
  field: FieldDeclaration,
  register: RegisterDeclaration,
  canNarrow: boolean,
): Change[] {
  const access = accessOf(field) ?? accessOf(register) ?? 'RW';
  const changes: Change[] = [];
  const flipped = FLIPPED[access];
  if (flipped !== undefined) {
    const what = `is ${flipped}, not ${access}`;
    changes.push({ name: flipped, what, patch: { access: flipped } });
  }
  const [msb, lsb] = field.bits;
  const hasReset = register.resetMask === undefined || Number(register.resetMask) !== 0;
  if (ACCESS[access].read !== 'none' && hasReset) {
    // A reset of the whole register goes by its fields where there are any.
    const reset = Number(field.reset ?? 0) + (Number(field.reset ?? 0) % 2 === 0 ? 1 : -1);
    changes.push({ name: 'reset', what: `is reset to ${reset}`, patch: { reset } });
  }
  // A constant whose upper bit is zero is the same without it.
  const isConstant = access === 'RO' && field.volatile !== true && register.volatile !== true;
  if (canNarrow && msb > lsb && !isConstant) {
    const what = `lacks bit ${msb}`;
    changes.push({ name: 'narrow', what, patch: { bits: [msb - 1, lsb] } });
  }
  return changes;
}

const accessOf = ({ access }: { readonly access?: AccessName }): AccessName | undefined => access;

/** The statement that exports the map with one change. */
function patched(register: string, field: string, patch: Change['patch']): string {
  const value = JSON.stringify(patch).slice(1, -1);
  const path = `declared.registers.${register}`;
  const changed =
    field === ''
      ? `...${path}, ${value}`
      : `...${path}, fields: { ...${path}.fields, ` +
        `${field}: { ...${path}.fields.${field}, ${value} } }`;
  return (
    'export const registers = { ...declared, registers: { ...declared.registers, ' +
    `${register}: { ${changed} } } } as never as typeof declared;`
  );
}
