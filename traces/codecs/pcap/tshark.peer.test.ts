/** What Wireshark's dissectors see in the files that we write. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TraceKind, type TraceEvent } from '../../format/event.ts';
import { arbitraryEvent, encoded } from '../../format/events.fixture.ts';
import { emptyHeader } from '../../format/header.ts';
import { PcapngEncoder } from './encoder.ts';
import { parseUrbText } from './urb.ts';
import { arbitraryUrb } from './urbs.fixture.ts';

const PROGRAM = 'tshark';
const isMissing = spawnSync(PROGRAM, ['--version']).error !== undefined;
if (isMissing && process.env['DYNO_PEERS'] === 'required') {
  throw new Error('tshark is required here: apt-get install tshark.');
}

const FIELDS = [
  'frame.time_epoch',
  'usb.urb_id',
  'usb.urb_type',
  'usb.transfer_type',
  'usb.endpoint_address',
  'usb.device_address',
  'usb.bus_id',
  'usb.urb_status',
  'usb.urb_len',
  'usb.data_len',
] as const;

/** Rows of fields, as tshark dissects the file. */
function dissected(events: readonly TraceEvent[], fields: readonly string[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'dyno-tshark-'));
  try {
    const file = join(folder, 'trace.pcapng');
    const trace = { header: emptyHeader('usb'), events, footer: undefined };
    writeFileSync(file, encoded(new PcapngEncoder(), trace));
    const words = ['-n', '-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
    const output = execFileSync(PROGRAM, words, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the dissector should say of a request. */
function expected({ timeNs, kind, space, address, value, text = '', bytes }: TraceEvent): string[] {
  const urb = parseUrbText(text);
  if (urb === undefined) throw new Error(`${text} is no request.`);
  const done = urb.isError ? 'E' : 'C';
  const hex = (number: number) => `0x${number.toString(16).padStart(2, '0')}`;
  const captured = (bytes?.length ?? 0) + urb.descriptors.length;
  return [
    `${Math.floor(timeNs / 1e9)}.${String(timeNs % 1e9).padStart(9, '0')}`,
    `0x${urb.id.toString(16).padStart(16, '0')}`,
    `'${kind === TraceKind.Command ? 'S' : done}'`,
    hex(urb.transfer),
    hex(space),
    String(address % 256),
    String(Math.floor(address / 256)),
    String(urb.status),
    String(value),
    String(captured),
  ];
}

describe.skipIf(isMissing)('tshark (Debian package tshark)', () => {
  it('sees every request of USB with its fields', () => {
    const events = fc.sample(arbitraryUrb, { numRuns: 2000, seed: 1 });
    expect(dissected(events, FIELDS)).toEqual(events.map(expected));
  });

  it('sees every other event as one packet', () => {
    const events = fc.sample(arbitraryEvent, { numRuns: 2000, seed: 1 });
    const rows = dissected(events, ['frame.number', 'frame.protocols', 'data.data']);
    expect(rows.length).toBe(events.length);
    expect(rows.map(([number]) => Number(number))).toEqual(events.map((_, at) => at + 1));
  });
});
