/** Interrupted or terminated: what was judged is in the result file, and nothing stays behind. */
import { endChildren } from '../runner/pool.ts';

const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** From here on both signals end the process in order. */
export function endOnSignals(folder: string): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.stderr.write(
        `\ndyno: stopped by ${signal}; what was judged is in ${folder}. ` +
          'The same command with --resume goes on.\n',
      );
      endChildren();
      process.exit(CODES[signal]);
    });
  }
}
