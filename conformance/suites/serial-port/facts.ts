/** What the suites of serial ports share: settings, bytes, the far end, citations. */
import fc from 'fast-check';
import type {
  SerialEvent,
  SerialPort,
  SerialSettings,
} from '../../../drivers-under-test/host/classes/serial-port.ts';
import type { LineFormat } from '../../../sim/buses/uart/format.ts';
import type { SerialFarEnd } from '../../../sim/buses/uart/peer.ts';
import type { Citation } from '../../citation.ts';
import { Inconclusive } from '../../expect.ts';
import type { Scene } from '../../scene.ts';

export const SECOND = 1e9;
export const MILLISECOND = 1e6;

export const SETTINGS: SerialSettings = {
  baud: 115_200,
  dataBits: 8,
  parity: 'none',
  stopBits: 1,
  flowControl: 'none',
};

/** Ten bits at 115200 baud. */
export const CHARACTER_NS = SECOND / 11_520;
/** Until a receiver with FIFOs tells of what is below its trigger level, and as much again. */
export const QUIET_NS = 10 * CHARACTER_NS;

/** The class contract: `drivers-under-test/host/classes/serial-port.ts`. */
export const contract = (section: string): Citation => ({
  document: 'SerialPort class contract',
  revision: '1',
  section,
  basis: 'read',
});

/** National Semiconductor's data sheet, TL/C/8652. */
export const datasheet = (section: string): Citation => ({
  document: 'PC16550D',
  revision: 'June 1995',
  section,
  basis: 'read',
});

export function farEnd(scene: Scene): SerialFarEnd {
  const { peer } = scene.hardware;
  if (peer === undefined)
    throw new Inconclusive(`${scene.target.name} has no far end of the line.`);
  return peer;
}

/** The format that the far end needs to understand these settings. */
export function formatFor({ baud, dataBits, parity, stopBits }: SerialSettings): LineFormat {
  return { bitNs: SECOND / baud, dataBits, parity, stopBits };
}

/** Starts the driver, opens the port, and sets the far end to the same format. */
export async function opened(
  scene: Scene,
  settings: SerialSettings = SETTINGS,
): Promise<{ port: SerialPort; peer: SerialFarEnd }> {
  const peer = farEnd(scene);
  peer.format = formatFor(settings);
  const port = await scene.start<SerialPort>();
  await port.open(settings);
  return { port, peer };
}

/** Writes everything and waits until it has left. */
export async function send(port: SerialPort, bytes: Uint8Array): Promise<number> {
  const taken = await port.write(bytes, 10 * SECOND);
  await port.drain(SECOND);
  return taken;
}

/** Every event that is there. */
export async function events(port: SerialPort): Promise<SerialEvent[]> {
  const found: SerialEvent[] = [];
  for (let count = 0; count < EVENTS_MAX; count++) {
    const event = await port.nextEvent(0);
    if (event === undefined) break;
    found.push(event);
  }
  return found;
}

const EVENTS_MAX = 10_000;

/** Bytes that differ from their neighbours, so that a lost or doubled one shows. */
export function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + 3) % 256);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Lengths around the FIFO's depth matter most. */
export const someBytes = fc.oneof(
  fc.constantFrom(1, 15, 16, 17, 32, 33).map(pattern),
  fc.uint8Array({ minLength: 1, maxLength: 100 }),
);

export const showBytes = (bytes: Uint8Array) => `${bytes.length} bytes: ${[...bytes].join(' ')}`;
