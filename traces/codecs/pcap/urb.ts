/**
 * A USB request block as an event: `space` is the endpoint with its direction (0x80 is in),
 * `address` bus times 256 plus device, `value` the length that was asked for or came, `bytes` the
 * data, and `text` the rest as words `key=value` in a fixed order. What is 0 or usual is not said.
 */

export const TRANSFERS = ['iso', 'interrupt', 'control', 'bulk'] as const;

/** The usual flag of a request without setup bytes. */
export const NO_SETUP = 0x2d;

export interface Urb {
  readonly id: bigint;
  /** Index in `TRANSFERS`. */
  readonly transfer: number;
  /** A submission that failed at once. */
  readonly isError: boolean;
  readonly status: number;
  /** Eight bytes, or the flag that says why there are none. */
  readonly setup: Uint8Array | number;
  /** Why there is no data; undefined when there is. */
  readonly noData: number | undefined;
  readonly interval: number;
  readonly frame: number;
  readonly flags: number;
  /** Of isochronous transfers: counted errors and frames, and descriptors of 16 bytes. */
  readonly errors: number;
  readonly frames: number;
  readonly descriptors: Uint8Array;
}

export const DESCRIPTOR_BYTES = 16;
export const DESCRIPTORS_MAX = 128;

export function urbText(urb: Urb): string {
  const { id, transfer, isError, status, setup, noData, descriptors } = urb;
  const words = [`urb=0x${id.toString(16)}`, `type=${TRANSFERS[transfer] ?? ''}`];
  if (isError) words.push('error');
  if (status !== 0) words.push(`status=${status}`);
  if (typeof setup !== 'number') words.push(`setup=${plainHex(setup)}`);
  else if (setup !== NO_SETUP) words.push(`no-setup=${setup}`);
  if (noData !== undefined) words.push(`no-data=${noData}`);
  for (const key of ['interval', 'frame', 'flags', 'errors', 'frames'] as const) {
    if (urb[key] !== 0) words.push(`${key}=${urb[key]}`);
  }
  if (descriptors.length > 0) words.push(`descriptors=${plainHex(descriptors)}`);
  return words.join(' ');
}

const WORD = /^([a-z-]+)(?:=(.*))?$/;

/** What a text says; undefined when it is not exactly what `urbText` would say. */
export function parseUrbText(text: string): Urb | undefined {
  const said = new Map<string, string>();
  for (const word of text.split(' ')) {
    const [, key, value = ''] = WORD.exec(word) ?? [];
    if (key === undefined || said.has(key)) return undefined;
    said.set(key, value);
  }
  const id = said.get('urb') ?? '';
  if (!/^0x[0-9a-f]{1,16}$/.test(id)) return undefined;
  const number = (key: string, usual = 0) => Number(said.get(key) ?? usual);
  const setup = said.get('setup');
  const urb: Urb = {
    id: BigInt(id),
    transfer: TRANSFERS.findIndex((name) => name === said.get('type')),
    isError: said.has('error'),
    status: number('status'),
    setup: setup === undefined ? number('no-setup', NO_SETUP) : bytesOf(setup),
    noData: said.has('no-data') ? number('no-data') : undefined,
    interval: number('interval'),
    frame: number('frame'),
    flags: number('flags'),
    errors: number('errors'),
    frames: number('frames'),
    descriptors: bytesOf(said.get('descriptors') ?? ''),
  };
  return isPossible(urb) && urbText(urb) === text ? urb : undefined;
}

function isPossible(urb: Urb): boolean {
  const { transfer, setup, noData, flags, descriptors } = urb;
  const isSigned = (value: number) => value === (value | 0);
  const isByte = (value: number) => value === (value & 0xff) && value !== 0;
  const isIso = transfer === 0;
  return (
    transfer >= 0 &&
    [urb.status, urb.interval, urb.frame, urb.errors, urb.frames].every(isSigned) &&
    flags === flags >>> 0 &&
    (typeof setup === 'number' ? isByte(setup) : setup.length === 8) &&
    (noData === undefined || isByte(noData)) &&
    (isIso || (urb.errors === 0 && urb.frames === 0)) &&
    (typeof setup === 'number' || (urb.errors === 0 && urb.frames === 0)) &&
    descriptors.length % DESCRIPTOR_BYTES === 0 &&
    descriptors.length <= DESCRIPTORS_MAX * DESCRIPTOR_BYTES
  );
}

function bytesOf(hex: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) return new Uint8Array(1);
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) =>
    Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16),
  );
}

function plainHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
