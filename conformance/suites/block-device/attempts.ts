/** Many operations at once on a device with which something goes wrong: how each ends. */
import { IOReturnError, type IOReturnName } from '../../../drivers-under-test/host/io-return.ts';
import { expect } from '../../expect.ts';
import { failure, places } from '../driver/attempt.ts';
import type { Disk } from './disk.ts';
import { AREA } from './facts.ts';

/** Once the driver knows that the device is gone, or while it is not there for clients. */
export const GONE: readonly IOReturnName[] = ['kIOReturnOffline', 'kIOReturnNoDevice'];
/** How a request ends that a device or a bus in trouble did not carry out. */
export const ENDED: readonly IOReturnName[] = [
  ...GONE,
  'kIOReturnAborted',
  'kIOReturnDMAError',
  'kIOReturnDeviceError',
  'kIOReturnIOError',
  'kIOReturnNoMemory',
  'kIOReturnNoResources',
  'kIOReturnNotReadable',
  'kIOReturnNotResponding',
  'kIOReturnNotWritable',
  'kIOReturnTimeout',
];

export interface Begun {
  /** How each ended, `success` or the name of the code; undefined while it has not. */
  readonly ends: readonly (string | undefined)[];
  /** When all have ended. */
  readonly all: Promise<unknown>;
}

/** Ten operations at once, some over each other. */
export function begin(disk: Disk): Begun {
  const calls = [
    ...places(4).map((at) => () => disk.write(AREA.lba + at, 3, { fua: at === 2 })),
    ...places(4).map((at) => () => disk.read(AREA.lba + 2 * at, 2)),
    () => disk.flush(),
    () => disk.write(AREA.lba, AREA.blocks),
  ];
  const ends: (string | undefined)[] = calls.map(() => undefined);
  const all = calls.map(async (call, index) => {
    let how: string;
    try {
      how = (await failure(call)) ?? 'success';
    } catch (error) {
      how = String(error);
    }
    ends[index] = how;
  });
  return { ends, all: Promise.all(all) };
}

/** Each has ended as it may. */
export function expectEnds({ ends }: Begun, codes: readonly IOReturnName[]): void {
  for (const [index, end = 'not at all'] of ends.entries()) {
    const allowed = end === 'success' || codes.some((code) => code === end);
    expect.that(allowed, `how operation ${index} ends`, `success, ${codes.join(' or ')}`, end);
  }
}

/** What the call says, or undefined when it fails as it may where a device is in trouble. */
export async function tolerant<T>(
  call: () => Promise<T>,
  codes: readonly IOReturnName[] = ENDED,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof IOReturnError)) throw error;
    expect.that(
      codes.includes(error.codeName),
      'how a call ends',
      codes.join(' or '),
      error.codeName,
    );
    return undefined;
  }
}
