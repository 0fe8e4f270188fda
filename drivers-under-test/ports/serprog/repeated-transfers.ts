/** Finds the dead poll of a program: it asks a device the same for ever. */

/** Polls of a chip erase that takes 80 s, at a hundred a second. */
const REPEATS_MAX = 8000;
/** Longer transactions are no polls. */
const POLL_BYTES_MAX = 8;

export class RepeatedTransfers {
  #last = '';
  #count = 0;

  /** @returns what is asked for ever, when it is */
  note(write: Uint8Array, read: Uint8Array): string | undefined {
    const isPoll = write.length + read.length <= POLL_BYTES_MAX;
    const now = isPoll ? `${hex(write)} answered ${hex(read)}` : '';
    this.#count = isPoll && now === this.#last ? this.#count + 1 : 1;
    this.#last = now;
    if (this.#count !== REPEATS_MAX) return undefined;
    return `The program sent ${now} ${REPEATS_MAX} times in a row and would go on for ever.`;
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ') || 'nothing';
}
