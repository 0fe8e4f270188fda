/** Commands and completions of NVMe in words, for people who read a journal. */
import {
  Admin,
  COMMAND_BYTES,
  COMPLETION_BYTES,
  Nvm,
  PHASE,
  dword,
  qword,
  word,
} from './layout.ts';

/** Commands that name blocks in dwords 10 to 12. */
const RANGED: ReadonlySet<number> = new Set([
  Nvm.Write,
  Nvm.Read,
  Nvm.WriteUncorrectable,
  Nvm.Compare,
  Nvm.WriteZeroes,
  Nvm.Verify,
]);
const STATUS_CODES = 256;
const STATUS_TYPES = 8;

const hex = (value: number): string => `0x${value.toString(16)}`;

/** Such as "queue 1, Read 7: namespace 1, 8 blocks from 64"; undefined for other bytes. */
export function describeCommand(queue: number, bytes: Uint8Array): string | undefined {
  if (bytes.length !== COMMAND_BYTES) return undefined;
  const opcode = bytes[0] as number;
  const names = Object.entries(queue === 0 ? Admin : Nvm);
  const name = names.find(([, code]) => code === opcode)?.[0] ?? `opcode ${hex(opcode)}`;
  const head = `queue ${queue}, ${name} ${word(bytes, 2)}: namespace ${hex(dword(bytes, 4))}`;
  if (queue !== 0 && RANGED.has(opcode)) {
    return `${head}, ${word(bytes, 48) + 1} blocks from ${qword(bytes, 40)}`;
  }
  return `${head}, dwords ${hex(dword(bytes, 40))} ${hex(dword(bytes, 44))}`;
}

/** Such as "queue 1 ends command 7 of queue 1: status 0x0, type 0, head 3". */
export function describeCompletion(queue: number, bytes: Uint8Array): string | undefined {
  if (bytes.length !== COMPLETION_BYTES) return undefined;
  const status = Math.floor(word(bytes, PHASE) / 2);
  const type = Math.floor(status / STATUS_CODES) % STATUS_TYPES;
  const what = `command ${word(bytes, 12)} of queue ${word(bytes, 10)}`;
  const how = status === 0 ? 'success' : `status ${hex(status % STATUS_CODES)} of type ${type}`;
  return `queue ${queue} ends ${what}: ${how}, head ${word(bytes, 8)}`;
}
