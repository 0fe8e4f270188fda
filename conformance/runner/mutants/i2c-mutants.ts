/** Mutants of the simulated I2C bus, by hand. */
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';

const FILE = 'sim/buses/i2c/sim-bus.ts';

type BusEdit = readonly [id: string, target: string, what: string, find: string, replace: string];

const edits: readonly BusEdit[] = [
  [
    'eight-clocks',
    'sim:24c02',
    'A byte takes eight clocks: there is none for the acknowledge bit.',
    'const CLOCKS_OF_BYTE = 9;',
    'const CLOCKS_OF_BYTE = 8;',
  ],
  [
    'no-stop',
    'sim:24c02',
    'Targets do not see the stop.',
    'for (const target of this.#addressed) target.stop();',
    'this.#addressed.clear();',
  ],
  [
    'presence-acknowledges',
    'sim:24c02',
    'A target that is there acknowledges, whatever it says.',
    'const acknowledged = this.#target?.start(isRead) ?? false;',
    'this.#target?.start(isRead);\n      const acknowledged = this.#target !== undefined;',
  ],
  [
    'refusal-ignored',
    'sim:tmp105',
    'A byte that is not acknowledged does not end its transfer.',
    'if (!acknowledged) {',
    'if (!acknowledged && message.address > 0x7f) {',
  ],
  [
    'reads-into-the-first',
    'sim:tmp105',
    'What later messages read goes where the first one did.',
    '(this.#read.at(-1) as Uint8Array)[at]',
    '(this.#read.at(0) as Uint8Array)[at]',
  ],
  [
    'lowest-bit-ignored',
    'sim:ssd1306',
    'A target acknowledges the address above its own too.',
    'target: (message) => this.#targets.get((message.tenBit ? TEN_BIT : 0) + message.address),',
    `target: ({ address, tenBit }) =>
        this.#targets.get((tenBit ? TEN_BIT : 0) + address) ?? this.#targets.get(address - 1),`,
  ],
  [
    'address-alone',
    'sim:tmp105',
    'The direction is not told: a read begins as a write does.',
    'const acknowledged = this.#target?.start(isRead) ?? false;',
    'const acknowledged = this.#target?.start(false) ?? false;',
  ],
];

export const i2cMutants: readonly DeviceMutant[] = edits.map(
  ([id, target, what, find, replace]) => ({
    id: `i2c-bus/${id}`,
    target,
    file: FILE,
    what,
    edits: [{ find, replace }],
  }),
);
