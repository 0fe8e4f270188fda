/**
 * The log page Commands Supported and Effects: what each command may change, and what must not run
 * beside it. NVM Express Base Specification 1.4, of this name (secondary).
 */
import { AdminOpcode } from './admin-opcodes.ts';
import { IoOpcode } from './io-commands.ts';
import { CommandEffects } from './structures.ts';

type Effect = 'LBCC' | 'NCC' | 'NIC' | 'CCC';

/** CSE: no other command for this namespace, or for any. */
const Alone = { InNamespace: 1, Everywhere: 2 } as const;

const NONE: readonly Effect[] = [];
const ADMIN: Readonly<Record<keyof typeof AdminOpcode, readonly [readonly Effect[], number?]>> = {
  DeleteSubmissionQueue: [NONE],
  CreateSubmissionQueue: [NONE],
  GetLogPage: [NONE],
  DeleteCompletionQueue: [NONE],
  CreateCompletionQueue: [NONE],
  Identify: [NONE],
  Abort: [NONE],
  SetFeatures: [['CCC']],
  GetFeatures: [NONE],
  EventRequest: [NONE],
  NamespaceManagement: [['NIC']],
  FirmwareCommit: [['CCC']],
  FirmwareDownload: [NONE],
  SelfTest: [NONE],
  NamespaceAttachment: [['NIC']],
  FormatNvm: [['LBCC', 'NCC'], Alone.InNamespace],
};
const CHANGES: readonly Effect[] = ['LBCC'];
const IO: Readonly<Record<keyof typeof IoOpcode, readonly Effect[]>> = {
  Flush: NONE,
  Write: CHANGES,
  Read: NONE,
  WriteUncorrectable: CHANGES,
  Compare: NONE,
  WriteZeroes: CHANGES,
  DatasetManagement: CHANGES,
  Verify: NONE,
};

/** I/O commands come after 256 admin commands. */
const IO_AT = 256 * CommandEffects.bytes;

export function reportEffects(page: Uint8Array): void {
  for (const [name, opcode] of Object.entries(AdminOpcode)) {
    const [effects, alone] = ADMIN[name as keyof typeof AdminOpcode];
    put(page, opcode * CommandEffects.bytes, effects, alone ?? 0);
  }
  for (const [name, opcode] of Object.entries(IoOpcode)) {
    put(page, IO_AT + opcode * CommandEffects.bytes, IO[name as keyof typeof IoOpcode], 0);
  }
}

function put(page: Uint8Array, at: number, effects: readonly Effect[], alone: number): void {
  CommandEffects.CSUPP.set(page, at, 1);
  for (const effect of effects) CommandEffects[effect].set(page, at, 1);
  CommandEffects.CSE.set(page, at, alone);
}
