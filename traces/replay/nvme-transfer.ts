/** How many bytes of host memory a recorded command is about. */
import { Admin, GetLogPage, Io, MOVES_BLOCKS, Nvm, PAGE, Sqe } from './nvme-layout.ts';

/** What a hostile recording may ask for at the most. */
export const TRANSFER_BYTES_MAX = 4 * 2 ** 20;
const DWORD = 4;
const RANGE_BYTES = 16;

/** 0 where it has no data, or more than a recording may ask for. */
export function transferBytes(isAdmin: boolean, sqe: Uint8Array, blockBytes: number): number {
  const bytes = isAdmin ? adminBytes(sqe) : ioBytes(sqe, blockBytes);
  return bytes > TRANSFER_BYTES_MAX ? 0 : bytes;
}

function adminBytes(sqe: Uint8Array): number {
  switch (Sqe.OPC.get(sqe)) {
    case Admin.GetLogPage:
      return (GetLogPage.NUMDU.get(sqe) * 0x1_0000 + GetLogPage.NUMDL.get(sqe) + 1) * DWORD;
    case Admin.FirmwareDownload:
      return (Sqe.CDW10.get(sqe) + 1) * DWORD;
    case Admin.SecuritySend:
    case Admin.SecurityReceive:
      return Sqe.CDW11.get(sqe);
    default:
      return PAGE;
  }
}

function ioBytes(sqe: Uint8Array, blockBytes: number): number {
  const opcode = Sqe.OPC.get(sqe);
  if (MOVES_BLOCKS.has(opcode)) return (Io.NLB.get(sqe) + 1) * blockBytes;
  return opcode === Nvm.DatasetManagement ? (Io.NR.get(sqe) + 1) * RANGE_BYTES : 0;
}
