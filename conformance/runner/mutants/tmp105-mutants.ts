/** Mutants of the TMP105 model, by hand. */
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';

const FOLDER = 'sim/devices/tmp105';

type SensorEdit = readonly [
  id: string,
  /** The file of the folder, without its ending. */
  file: 'model' | 'thermostat' | 'registers',
  what: string,
  find: string,
  replace: string,
];

const CLEAR_ON_READ = 'if (this.#latches) this.#clear();\n    if (index';

const edits: readonly SensorEdit[] = [
  [
    'fast',
    'registers',
    'A conversion takes half of its time.',
    'CONVERSION_TYPICAL_NS = 27_500_000',
    'CONVERSION_TYPICAL_NS = 13_000_000',
  ],
  [
    'slow',
    'registers',
    'A conversion takes twice its time.',
    'CONVERSION_TYPICAL_NS = 27_500_000',
    'CONVERSION_TYPICAL_NS = 55_000_000',
  ],
  [
    'pointer-forgotten',
    'model',
    'A read without a pointer is of the temperature.',
    'this.#isPointerNext = !isRead;',
    'this.#isPointerNext = !isRead;\n    if (isRead && this.#wasRead) this.#pointer = 0;\n' +
      '    this.#wasRead = isRead;',
  ],
  [
    'above-only',
    'thermostat',
    'T_HIGH itself makes no alert.',
    'temperature >= high',
    'temperature > high',
  ],
  [
    'at-the-lower-limit',
    'thermostat',
    'T_LOW itself ends an alert.',
    'temperature < low',
    'temperature <= low',
  ],
  [
    'faults-add-up',
    'thermostat',
    'A conversion inside the limits does not begin the count anew.',
    '    if (!isFault) {\n      this.#count = 0;\n',
    '    if (!isFault) {\n',
  ],
  [
    'no-queue',
    'thermostat',
    'One conversion makes an alert.',
    'if (this.#count < faults) return true;',
    'if (this.#count < faults - faults + 1) return true;',
  ],
  [
    'latched-and-counting',
    'thermostat',
    'A latched alert goes when the temperature does.',
    'if (latches && this.active) return false;',
    'if (latches && this.active && this.#count > 99) return false;',
  ],
  [
    'read-clears-nothing',
    'model',
    'A read does not end a latched alert.',
    CLEAR_ON_READ,
    'if (index',
  ],
  [
    'read-clears-all',
    'model',
    'A read ends an alert in comparator mode too.',
    CLEAR_ON_READ,
    'this.#clear();\n    if (index',
  ],
  [
    'answers-without-alert',
    'model',
    'It answers the alert response without an alert.',
    'isRead && this.#thermostat.active',
    'isRead',
  ],
  [
    'answers-without-direction',
    'model',
    'An alert response tells no limit.',
    'this.#address * 2 + (isHigh ? 1 : 0)',
    'this.#address * 2 + (isHigh ? 0 : 0)',
  ],
  [
    'answers-again',
    'model',
    'An alert response does not end the alert.',
    '      if (this.#latches) this.#clear();\n      return this.#address',
    '      return this.#address',
  ],
  [
    'deaf-to-reset',
    'model',
    'A general call resets nothing.',
    "if (byte === GENERAL_CALL_RESET) this.#reset('general call');",
    '',
  ],
  [
    'resets-at-any-call',
    'model',
    'Every general call resets it.',
    "if (byte === GENERAL_CALL_RESET) this.#reset('general call');",
    "this.#reset('general call');",
  ],
  [
    'takes-any-call',
    'model',
    'Every byte of a general call is acknowledged.',
    'return byte === GENERAL_CALL_RESET || byte === GENERAL_CALL_LATCH;',
    'return byte >= 0;',
  ],
  [
    'never-shuts-down',
    'model',
    'It converts in shutdown too.',
    'if (CONFIGURATION.SD === 1) this.#isConverting = false;',
    '',
  ],
  [
    'no-one-shot',
    'model',
    'OS starts nothing.',
    'SD === 1 ? isOneShot && !this.#isConverting :',
    'SD === 1 ? isOneShot && this.#isConverting :',
  ],
  [
    'alert-in-shutdown',
    'model',
    'Shutdown does not end a latched alert.',
    'if (SD === 1 && TM === 1) this.#thermostat.clear();',
    '',
  ],
  [
    'polarity-ignored',
    'model',
    'POL is ignored.',
    'this.#thermostat.active !== (this.bank.registers.CONFIGURATION.POL === 1)',
    'this.#thermostat.active',
  ],
  [
    'resolution-ignored',
    'model',
    'All temperatures have twelve bits.',
    'const coarse = 2 ** (HIGHEST_RESOLUTION - R);',
    'const coarse = 2 ** (HIGHEST_RESOLUTION - Math.max(R, HIGHEST_RESOLUTION));',
  ],
  [
    'overflows',
    'model',
    'Above its range it begins at the bottom.',
    'Math.min(Math.max(steps, -STEPS / 2), STEPS_MAX)',
    'Math.max(steps, -STEPS / 2)',
  ],
  [
    'first-at-once',
    'model',
    'The first temperature is there at once.',
    '    this.#restart();\n    this.#drive();\n  }\n\n  /** The temperature around',
    `    this.#restart();
    this.#conversion?.cancel();
    this.#converted();
    this.#drive();
  }

  /** The temperature around`,
  ],
  [
    'cut-keeps-registers',
    'model',
    'A power cut leaves the registers.',
    '    this.bank.reset();\n',
    '',
  ],
  [
    'cut-keeps-alert',
    'model',
    'A power cut leaves the alert.',
    '    this.#thermostat.reset();\n    this.#pointer',
    '    this.#pointer',
  ],
  [
    'one-byte-limits',
    'model',
    'The lower byte of a limit is not taken.',
    'if (index >= bytes) return true;',
    'if (index >= 1) return true;',
  ],
];

const extra: Readonly<Record<string, DeviceMutant['edits']>> = {
  'pointer-forgotten': [
    { find: '  #bytes = 0;\n', replace: '  #bytes = 0;\n  #wasRead = false;\n' },
  ],
};

export const tmp105Mutants: readonly DeviceMutant[] = edits.map(
  ([id, file, what, find, replace]) => ({
    id: `tmp105-model/${id}`,
    target: 'sim:tmp105',
    file: `${FOLDER}/${file}.ts`,
    what,
    edits: [...(extra[id] ?? []), { find, replace }],
  }),
);
