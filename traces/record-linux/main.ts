/**
 * `npm run record-linux -- NAME...` records what Linux's own drivers do to devices of QEMU, into
 * the corpus: Debian's kernel, a machine without acceleration, a short workload.
 */
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { PROVENANCE_FILE, type RecordedFacts, TRACE_FILE, traceOfCorpus } from './corpus-trace.ts';
import { initramfsFor } from './initramfs.ts';
import { FILTER_POINTS, LogFilter } from './log-filter.ts';
import { type Boot, bootGuest, QEMU } from './machine.ts';
import { type DebianPackage, debianPackage, kernelPackage } from './packages.ts';
import { type Recording, RECORDINGS } from './recordings.ts';
import { usbmonCapture } from './usbmon-capture.ts';

const CORPUS = join(import.meta.dirname, '../corpus');

/** Records one driver. @returns the folder in the corpus @throws Error saying what is missing */
async function record(name: string, recording: Recording, out: string): Promise<string> {
  const { pciName, tracePoints = [] } = recording;
  const kernel = kernelPackage();
  const busybox = debianPackage('busybox-static');
  const version = readdirSync(join(kernel.folder, 'lib/modules'))[0]!;
  const modules = join(kernel.folder, 'lib/modules', version);
  const work = mkdtempSync(join(tmpdir(), 'dyno-record-'));
  try {
    const guest = {
      kernel: join(kernel.folder, 'boot', `vmlinuz-${version}`),
      initramfs: initramfsFor(recording, join(busybox.folder, 'bin/busybox'), modules),
      options: recording.options,
      tracePoints: pciName === undefined ? [] : [...FILTER_POINTS, ...tracePoints],
    };
    const boot = await bootGuest(guest, work);
    const folder = join(out, recording.folder);
    await write(join(folder, 'raw'), recording, boot);
    const facts = provenance(name, recording, kernel);
    writeFileSync(join(folder, PROVENANCE_FILE), `${JSON.stringify(facts, undefined, 2)}\n`);
    writeFileSync(join(folder, TRACE_FILE), traceOfCorpus(folder, recording.folder));
    return folder;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What was recorded, before any interpretation. */
async function write(folder: string, { pciName }: Recording, { files, log }: Boot): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) {
    const bytes = Buffer.from(text, 'latin1');
    if (name === 'usbmon') keep(folder, 'usbmon.pcap', usbmonCapture(bytes));
    else keep(folder, name, bytes);
  }
  if (pciName === undefined) return;
  const irq = files.get('irq');
  const filter = new LogFilter(pciName, irq === undefined ? undefined : Number(irq));
  let kept = '';
  for await (const line of createInterface({ input: createReadStream(log, 'latin1') })) {
    for (const wanted of filter.lines(line)) kept += `${wanted}\n`;
  }
  keep(folder, 'qemu-log', Buffer.from(kept, 'latin1'));
}

function keep(folder: string, name: string, bytes: Uint8Array): void {
  writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
}

function provenance(
  name: string,
  { device, driver }: Recording,
  kernel: DebianPackage,
): RecordedFacts {
  const qemu = execFileSync(QEMU, ['--version'], { encoding: 'utf8' }).split('\n')[0]!;
  return {
    driver: `linux/${driver[0] ?? name}`,
    kernel: `${kernel.name} ${kernel.version}`,
    device,
    firmware: qemu,
    date: new Date().toISOString().slice(0, 10),
    how: `npm run record-linux -- ${name}`,
    licence: 'Apache-2.0',
  };
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string', default: CORPUS } },
  });
  const known = Object.keys(RECORDINGS);
  const unknown = positionals.find((name) => RECORDINGS[name] === undefined);
  if (positionals.length === 0 || unknown !== undefined) {
    console.error(`Usage: npm run record-linux -- ${known.join(' | ')} [--out FOLDER]`);
    return 2;
  }
  for (const name of positionals) {
    const began = performance.now();
    const folder = await record(name, RECORDINGS[name]!, values.out);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(`${name}: recorded into ${folder} in ${seconds} s`);
  }
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
