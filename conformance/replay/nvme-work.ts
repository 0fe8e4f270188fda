/** What a recorded NVMe driver was asked for, from its commands: names, and the same work again. */
import type { BlockDevice } from '../../drivers-under-test/host/classes/block-device.ts';
import { clientBuffer } from '../../drivers-under-test/host/client-memory.ts';
import { kIOMemoryDirectionInOut } from '../../drivers-under-test/host/io-memory-descriptor.ts';
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../drivers-under-test/host/io-service.ts';
import { EventKind } from '../../sim/kernel/journal.ts';
import type { EventBatch } from '../../traces/format/batch.ts';
import { TraceKind } from '../../traces/format/event.ts';
import { type Phase, PhaseFollower, SLEEP_ASKED } from '../../traces/migration/phases.ts';
import type { NamedCommand } from '../../traces/migration/summary.ts';
import { Admin, Nvm, dword, qword, word } from '../checkers/nvme/layout.ts';
import type { Scene } from '../scene.ts';

const BLOCKS_IN = 48;
const FIRST_BLOCK = 40;
const OPCODE_NAMES = {
  admin: namesOf(Admin),
  io: namesOf(Nvm),
};
const MOVES: ReadonlySet<number> = new Set([Nvm.Read, Nvm.Write, Nvm.Compare]);
const hex = (value: number) => `${value.toString(16).toUpperCase().padStart(2, '0')}h`;

function namesOf(opcodes: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(opcodes).map(([name, opcode]) => [opcode, name]));
}

/** Admin commands with the dword that says what of; I/O commands with their blocks. */
export function nameNvmeCommand(queue: number, bytes: Uint8Array): NamedCommand | undefined {
  if (bytes.length !== 64) return undefined;
  const opcode = bytes[0] as number;
  const unit = dword(bytes, 4) - 1;
  if (queue === 0) {
    const name = OPCODE_NAMES.admin.get(opcode) ?? `admin command ${hex(opcode)}`;
    return { name: `${name}${selector(bytes)}` };
  }
  const name = OPCODE_NAMES.io.get(opcode) ?? `command ${hex(opcode)}`;
  if (!MOVES.has(opcode)) return { name: `${name} unit ${unit}` };
  const blocks = word(bytes, BLOCKS_IN) + 1;
  return { name, range: { unit, first: qword(bytes, FIRST_BLOCK), blocks } };
}

/** Identify, features and log pages say what of in the low byte of dword 10. */
function selector(bytes: Uint8Array): string {
  const opcode = bytes[0] as number;
  const says: readonly number[] = [Admin.Identify, Admin.SetFeatures, Admin.GetFeatures];
  const isLog = opcode === Admin.GetLogPage;
  return says.includes(opcode) || isLog ? ` ${hex(dword(bytes, 40) % 256)}` : '';
}

interface Work {
  readonly phase: Phase;
  readonly opcode: number;
  readonly unit: number;
  readonly first: number;
  readonly blocks: number;
}

const WORK_MAX = 100_000;
/** Phases in which clients ask. */
const ASKED_IN: readonly Phase[] = ['io', 'power'];

/** Reads, writes, flushes and trims of the recording; what a driver does by itself is left out. */
export function workOf(batches: Iterable<EventBatch>): Work[] {
  const follower = new PhaseFollower();
  const work: Work[] = [];
  for (const batch of batches) {
    for (let index = 0; index < batch.length; index++) {
      const kind = batch.kinds[index] as TraceKind;
      const queue = batch.spaces[index] as number;
      follower.take(kind, queue, batch.texts[index] as string);
      const { phase } = follower;
      const bytes = batch.bytesAt(index);
      if (kind !== TraceKind.Command || queue === 0 || bytes?.length !== 64) continue;
      if (phase === undefined || !ASKED_IN.includes(phase) || work.length === WORK_MAX) continue;
      const unit = dword(bytes, 4) - 1;
      const blocks = word(bytes, BLOCKS_IN) + 1;
      work.push({ phase, opcode: bytes[0]!, unit, first: qword(bytes, FIRST_BLOCK), blocks });
    }
  }
  return work;
}

/** The new driver is asked for the same: started, at work, asleep and awake, at work, stopped. */
export async function doWork(scene: Scene, work: readonly Work[]): Promise<void> {
  const device = await scene.start<BlockDevice>();
  for (const each of work) if (each.phase === 'io') await doOne(scene, device, each);
  const later = work.filter(({ phase }) => phase === 'power');
  if (later.length > 0) {
    scene.world.journal.note(EventKind.Lifecycle, SLEEP_ASKED);
    await scene.power(kIOServicePowerCapabilityOff);
    await scene.power(kIOServicePowerCapabilityOn);
    for (const each of later) await doOne(scene, device, each);
  }
  await scene.stop();
}

async function doOne(scene: Scene, device: BlockDevice, work: Work): Promise<void> {
  const { opcode, unit, first, blocks } = work;
  if (opcode === Nvm.Flush) return device.flush(unit);
  // Which blocks were trimmed lies in memory that was not recorded: some.
  if (opcode === Nvm.DatasetManagement) return device.trim(unit, [{ lba: 0, blocks: 1 }]);
  if (opcode !== Nvm.Read && opcode !== Nvm.Write) return;
  const { blockBytes } = await device.geometry(unit);
  const length = blocks * blockBytes;
  const buffer = clientBuffer(scene.memory, kIOMemoryDirectionInOut, length);
  const segments = [{ buffer, offset: 0, length }];
  try {
    if (opcode === Nvm.Read) await device.read(unit, first, segments);
    else await device.write(unit, first, segments);
  } finally {
    buffer.release();
  }
}
