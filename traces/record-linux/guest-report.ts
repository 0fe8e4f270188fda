/** What the guest sent through its second serial port: files, and how its workload ended. */
import { gunzipSync } from 'node:zlib';

const LINE_FEED = 0x0a;
const FILE_BYTES_MAX = 64 * 2 ** 20;

/**
 * Reads lines `file NAME SIZE`, each followed by that many compressed bytes, up to a line `done`.
 * @returns the files' texts by name
 * @throws Error when the workload failed, or the report ends early
 */
export function readGuestReport(bytes: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(LINE_FEED, at);
    const line = bytes.toString('latin1', at, end < 0 ? bytes.length : end);
    if (line === 'done') return files;
    if (line.startsWith('fail ')) throw new Error(`The guest gave up: ${line.slice(5)}`);
    const [, name, size] = /^file (\S+) (\d+)$/.exec(line) ?? [];
    if (name === undefined || end < 0) {
      throw new Error(`The guest's report has ${JSON.stringify(line.slice(0, 80))} at byte ${at}.`);
    }
    at = end + 1 + Number(size);
    const text = gunzipSync(bytes.subarray(end + 1, at), { maxOutputLength: FILE_BYTES_MAX });
    files.set(name, text.toString('latin1'));
  }
  throw new Error(`The guest's report ends after ${bytes.length} bytes, without the line "done".`);
}
