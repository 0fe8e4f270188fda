/** `dyno svd import`: a peripheral of a CMSIS-SVD file as the source of a registers.ts. */
import { readFileSync } from 'node:fs';
import type { SvdDevice } from '../../sim/registers/svd/device.ts';
import { SvdError } from '../../sim/registers/svd/error.ts';
import { printRegistersTs } from '../../sim/registers/svd/print.ts';
import { parseSvd } from '../../sim/registers/svd/reader.ts';
import { toRegisterMap } from '../../sim/registers/svd/to-map.ts';
import { UsageError } from '../usage-error.ts';

export interface SvdOptions {
  peripheral?: string;
  list: boolean;
}

export function svdImportVerb(file: string, { peripheral, list }: SvdOptions): number {
  if (peripheral === undefined && !list) {
    throw new UsageError('Name a peripheral with --peripheral, or see them with --list.');
  }
  const device = parse(file);
  if (peripheral === undefined) {
    for (const { name, baseAddress, registers } of device.peripherals) {
      const at = `0x${baseAddress.toString(16).padStart(8, '0')}`;
      process.stdout.write(`${at}  ${name}  ${registers.length} registers\n`);
    }
    return 0;
  }
  if (!device.peripherals.some(({ name }) => name === peripheral)) {
    const known = device.peripherals.map(({ name }) => name).join(', ');
    throw new UsageError(`${file} has no peripheral ${peripheral}; it has ${known}.`);
  }
  const { map, losses } = toRegisterMap(device, peripheral);
  process.stdout.write(printRegistersTs(map, losses, { declarations: 'driver-dyno/sim' }));
  for (const { where, what, line } of losses) {
    process.stderr.write(`${file}:${line}: not expressed: ${where}: ${what}\n`);
  }
  return 0;
}

function parse(file: string): SvdDevice {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new UsageError(`${file} cannot be read: ${why}.`);
  }
  try {
    return parseSvd(text);
  } catch (error) {
    if (!(error instanceof SvdError)) throw error;
    throw new UsageError(`${file}: ${error.message}`);
  }
}
