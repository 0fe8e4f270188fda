/** One register as a declaration, without its place. */
import type { FieldDeclaration, RegisterDeclaration, Width } from '../declare.ts';
import type { Note, SvdRegisterBody } from './device.ts';
import { commonRights, declareField, type MapField, mapFields } from './map-fields.ts';
import { declareRights, rightsOf } from './rights.ts';

export interface MapRegister {
  /** Added to the register's name and offset; a register of more than 64 bits has several parts. */
  readonly suffix: string;
  readonly offset: number;
  readonly width: Width;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly declaration: Omit<RegisterDeclaration, 'at' | 'width'>;
}

const WIDTHS: readonly Width[] = [8, 16, 32, 64];
const PART_BITS = 32;

export function mapRegister(body: SvdRegisterBody, note: Note): MapRegister[] {
  const lost = (what: string) => note(body.where, what, body.line);
  const width = WIDTHS.find((candidate) => candidate >= body.size);
  if (width === undefined) return mapParts(body, lost, note);
  if (width !== body.size) lost(`has ${body.size} bits; became ${width} wide`);
  return [mapOne(body, width, note)];
}

/** Words of 32 bits; a field of such a register cannot be declared. */
function mapParts(body: SvdRegisterBody, lost: (what: string) => void, note: Note): MapRegister[] {
  const count = Math.ceil(body.size / PART_BITS);
  lost(`has ${body.size} bits; became ${count} words without fields`);
  return Array.from({ length: count }, (_, index) => {
    const shift = BigInt(index * PART_BITS);
    const slice = (bits: bigint | undefined) =>
      bits === undefined ? undefined : (bits >> shift) & 0xffffffffn;
    const part: SvdRegisterBody = {
      ...body,
      resetValue: slice(body.resetValue),
      resetMask: slice(body.resetMask),
      fields: [],
    };
    const silent: Note = () => {};
    const mapped = mapOne(part, PART_BITS, index === 0 ? note : silent);
    return { ...mapped, suffix: `_W${index}`, offset: (index * PART_BITS) / 8 };
  });
}

function mapOne(body: SvdRegisterBody, width: Width, note: Note): MapRegister {
  const lost = (what: string) => note(body.where, what, body.line);
  const whole = rightsOf(body, lost);
  const fields = mapFields(body, width, note);
  if (body.access === undefined && body.fields.some(({ access }) => access === undefined)) {
    lost('has no access; read-write was taken');
  }
  const common = commonRights(fields, whole);
  const all = fields.length === 0 ? [whole] : fields.map(({ rights }) => rights);
  const declared: Record<string, FieldDeclaration> = Object.fromEntries(
    fields.map((field) => [field.name, declareField(field, common)]),
  );
  const readable = all.some(({ read }) => read !== 'none');
  const untold = body.readAction?.startsWith('modify') === true;
  return {
    suffix: '',
    offset: 0,
    width,
    readable,
    writable: all.some(({ write }) => write !== 'ignore'),
    declaration: {
      ...declareRights(common),
      ...declareReset(body, width, readable ? undefined : maskOf(fields), lost),
      ...(common.volatile ? { volatile: true } : {}),
      ...(untold || body.fields.some(({ readAction }) => readAction?.startsWith('modify') === true)
        ? { exclude: { 'read-effects': 'SVD does not tell what a read changes.' } }
        : {}),
      ...(fields.length === 0 ? {} : { fields: declared }),
    },
  };
}

function maskOf(fields: readonly MapField[]): bigint | undefined {
  if (fields.length === 0) return undefined;
  return fields.reduce(
    (mask, { msb, lsb }) => mask | (((1n << BigInt(msb - lsb + 1)) - 1n) << BigInt(lsb)),
    0n,
  );
}

/** `visible` limits the reset value of a register that cannot be read to its fields. */
function declareReset(
  body: SvdRegisterBody,
  width: number,
  visible: bigint | undefined,
  lost: (what: string) => void,
) {
  const all = (1n << BigInt(width)) - 1n;
  const used = (1n << BigInt(Math.min(body.size, width))) - 1n;
  if (body.resetValue === undefined) {
    lost('has no resetValue; unknown after a reset');
    return { resetMask: 0 };
  }
  if (body.resetValue > all) lost(`its resetValue was cut to ${width} bits`);
  const mask = (body.resetMask ?? all) & all;
  const reset = body.resetValue & mask & (visible ?? all);
  return {
    ...(reset === 0n ? {} : { reset: plain(reset) }),
    ...((mask & used) === used ? {} : { resetMask: plain(mask) }),
  };
}

/** Numbers where they are exact. */
function plain(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
