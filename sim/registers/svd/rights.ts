/** The effect words of CMSIS-SVD on the two axes of a register map. */
import { type AccessName, accessName, type ReadEffect, type WriteEffect } from '../effects.ts';
import type { SvdAccess, SvdEffects, SvdWriteEffect } from './device.ts';

export interface Rights {
  readonly read: ReadEffect;
  readonly write: WriteEffect;
  /**
   * SVD does not say what the hardware changes by itself. What software cannot write is the
   * hardware's by definition, even where it happens to be constant; so is what a read or a write
   * changes in a way that the file does not tell.
   */
  readonly volatile: boolean;
}

const ACCESS: Readonly<Record<SvdAccess, Pick<Rights, 'read' | 'write'>>> = {
  'read-only': { read: 'value', write: 'ignore' },
  'write-only': { read: 'none', write: 'value' },
  'read-write': { read: 'value', write: 'value' },
  writeOnce: { read: 'none', write: 'value-once' },
  'read-writeOnce': { read: 'value', write: 'value-once' },
};

const WRITE: Readonly<Record<SvdWriteEffect, WriteEffect>> = {
  oneToClear: 'w1c',
  oneToSet: 'w1s',
  oneToToggle: 'w1t',
  zeroToClear: 'w0c',
  zeroToSet: 'w0s',
  zeroToToggle: 'w0t',
  clear: 'clear',
  set: 'set',
  modify: 'value',
};

/** The axes; what they cannot express goes to `lost`. Without an access, read-write is meant. */
export function rightsOf(effects: SvdEffects, lost: (what: string) => void): Rights {
  const { access = 'read-write', modifiedWriteValues, readAction } = effects;
  const axes = ACCESS[access];
  let { read, write } = axes;
  if (readAction !== undefined) {
    if (read === 'none') lost(`readAction ${readAction} of what cannot be read`);
    else if (readAction === 'clear' || readAction === 'set') read = readAction;
    else lost(`readAction ${readAction}: what a read changes is not told`);
  }
  if (modifiedWriteValues !== undefined) {
    if (write === 'ignore') lost(`modifiedWriteValues ${modifiedWriteValues} of a read-only field`);
    else if (modifiedWriteValues === 'modify') lost('modifiedWriteValues modify: plain writes');
    else {
      if (write === 'value-once') lost(`${access} together with ${modifiedWriteValues}: not once`);
      write = WRITE[modifiedWriteValues];
    }
  }
  const untold = modifiedWriteValues === 'modify' || readAction?.startsWith('modify') === true;
  return { read, write, volatile: read !== 'none' && (write === 'ignore' || untold) };
}

export function sameRights(a: Rights, b: Rights): boolean {
  return a.read === b.read && a.write === b.write;
}

export type DeclaredRights =
  | { readonly access: AccessName }
  | { readonly read: ReadEffect; readonly write: WriteEffect };

/** By name where the combination has one. */
export function declareRights({ read, write }: Rights): DeclaredRights {
  const access = accessName(read, write);
  return access === undefined ? { read, write } : { access };
}
