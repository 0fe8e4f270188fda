/** One clear sentence for whatever ended a command, and the published exit code. */
import { EXIT } from '../../reports/summary.ts';
import { ResultFileError } from '../../reports/result-file.ts';
import { TraceError } from '../../traces/format/trace-error.ts';
import { TargetUnavailable } from '../target.ts';
import { UsageError } from '../usage-error.ts';

export function report(error: unknown): number {
  if (error instanceof UsageError) return say(error.message, EXIT.usage);
  if (error instanceof ResultFileError) return say(error.message, error.exitCode);
  if (error instanceof TraceError) return say(error.message, EXIT.usage);
  if (error instanceof TargetUnavailable) return say(error.message, EXIT.infrastructure);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return say(`This is a fault of driver-dyno, not of your driver; please report it.\n${text}`, 70);
}

function say(text: string, code: number): number {
  process.stderr.write(`dyno: ${text}\n`);
  return code;
}
