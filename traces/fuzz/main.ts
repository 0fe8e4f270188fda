/** `npm run traces:fuzz -- [--runs N] [--round-trips N] [--seed N] [codecs...]`. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CODECS } from './codecs.ts';
import { FuzzFailure, mutations, roundTrips } from './fuzz.ts';

const MIB = 1_048_576;

const { values, positionals } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    'round-trips': { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
  allowPositionals: true,
});
const seed = Number(values.seed);

for (const codec of CODECS) {
  if (positionals.length > 0 && !positionals.includes(codec.name)) continue;
  try {
    const began = performance.now();
    const trips = roundTrips(codec, Number(values['round-trips']), seed);
    const { runs, accepted, refused, slowestMs } = mutations(codec, Number(values.runs), seed);
    const seconds = (performance.now() - began) / 1000;
    const peak = process.resourceUsage().maxRSS / 1024;
    console.log(
      `${codec.name.padEnd(12)} ${trips.runs} round trips; ${runs} mutated files: ` +
        `${accepted} taken, ${refused} refused; slowest ${slowestMs.toFixed(1)} ms, ` +
        `${seconds.toFixed(0)} s, peak ${peak.toFixed(0)} MiB, heap ` +
        `${(process.memoryUsage().heapUsed / MIB).toFixed(0)} MiB`,
    );
  } catch (error) {
    if (!(error instanceof FuzzFailure)) throw error;
    const path = `fuzz-${codec.name}.bin`;
    writeFileSync(path, error.file);
    console.error(`${codec.name}: ${error.message}; the file is ${path}`, error.cause ?? '');
    process.exitCode = 1;
  }
}
