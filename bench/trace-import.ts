/**
 * Reads a trace in a process of its own, for its peak memory; prints events, time of the processor
 * (others use it too) and peak.
 */
import { Journal } from '../sim/kernel/journal.ts';
import { openTrace } from '../traces/files/trace-file.ts';
import { feedJournal } from '../traces/format/journal-feed.ts';

const [path = '', how = 'import'] = process.argv.slice(2);
const journal = new Journal();
const before = process.cpuUsage();
const trace = openTrace(path);
let events = 0;
for (const batch of trace.batches()) {
  events += batch.length;
  if (how !== 'replay') continue;
  for (let index = 0; index < batch.length; index++) feedJournal(journal, batch, index);
}
const { user, system } = process.cpuUsage(before);
const ms = (user + system) / 1000;
const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ events, ms, peakMiB }));
