/** What the kernel recorded within the guest: accesses by mmiotrace, events of a trace buffer. */

export interface GuestAccess {
  readonly timeNs: number;
  readonly isWrite: boolean;
  readonly size: number;
  readonly address: number;
  readonly value: bigint;
}

export interface GuestEvent {
  readonly timeNs: number;
  /** Name of the event, such as `nvme_setup_cmd`. */
  readonly name: string;
  /** Its text. */
  readonly text: string;
}

const ACCESS = /^([RW]) (\d) (\d+)\.(\d{6}) \d+ 0x([0-9a-f]+) 0x([0-9a-f]+) /;
/** Lines of mmiotrace that are no access. */
const SILENT = /^(VERSION 20070824$|PCIDEV |LSPCI |MAP |UNMAP |MARK )/;
const LOST = /\bLost \d+ events|\[LOST \d+ EVENTS\]/;
const EVENT = /^ *.{1,16}-\d+ +\[\d+\] +\S+ +(\d+)\.(\d{6}): (\w+): (.*)$/;

/** Accesses of a recording of mmiotrace. @throws Error for a loss, or a line of unknown form */
export function readMmiotrace(text: string): GuestAccess[] {
  const accesses: GuestAccess[] = [];
  for (const line of linesOf(text)) {
    const [, operation, size, seconds, micros, address, value] = ACCESS.exec(line) ?? [];
    if (value === undefined) {
      if (SILENT.test(line)) continue;
      throw new Error(`mmiotrace has a line of unknown form: ${line}`);
    }
    accesses.push({
      timeNs: nanoseconds(seconds!, micros!),
      isWrite: operation === 'W',
      size: Number(size),
      address: Number(`0x${address}`),
      value: BigInt(`0x${value}`),
    });
  }
  return accesses;
}

/** Events of a trace buffer in its text form. @throws Error for a loss, or an unknown form */
export function readGuestEvents(text: string): GuestEvent[] {
  const events: GuestEvent[] = [];
  for (const line of linesOf(text)) {
    if (line.startsWith('#')) continue;
    const [, seconds, micros, name, rest] = EVENT.exec(line) ?? [];
    if (rest === undefined) throw new Error(`The trace has a line of unknown form: ${line}`);
    events.push({ timeNs: nanoseconds(seconds!, micros!), name: name!, text: rest });
  }
  return events;
}

function linesOf(text: string): string[] {
  if (LOST.test(text)) throw new Error('The kernel lost events: enlarge its trace buffers.');
  return text.split('\n').filter((line) => line !== '');
}

function nanoseconds(seconds: string, micros: string): number {
  return Number(seconds) * 1_000_000_000 + Number(micros) * 1000;
}
