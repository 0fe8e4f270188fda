/** Where QEMU 7.2's controller, as Linux uses it, and our model are known to differ in a replay. */
import type { Difference } from '../../../traces/replay/tally.ts';
import type { KnownDifferences } from '../../../traces/replay/driver-player.ts';
import { structure } from '../../../sim/registers/structure.ts';
import { Admin } from '../../suites/nvme/commands.ts';

const CC = 0x14;
const Configuration = structure({
  name: 'CC',
  bytes: 4,
  fields: { CSS: [0, 4, 3] },
});
const Word = structure({ name: 'CC', bytes: 4, fields: { VALUE: [0, 0, 32] } });
/** All command sets of the controller: what a host may ask for where CAP.CSS has bit 6. */
const ALL_COMMAND_SETS = 6;
const NVM_COMMAND_SET = 0;
const word = new Uint8Array(Configuration.bytes);

const ONE_SET =
  'QEMU has the I/O command sets of revision 2.0 (CAP.CSS bit 6, CC.CSS 110b, Identify CNS 05h and ' +
  'above); the model is of revision 1.4 and has one.';

/** Dword 10 begins with CNS in Identify, and with the feature's identifier in Set Features. */
const Command = structure({
  name: 'submission queue entry',
  bytes: 64,
  fields: { OPC: [0, 0, 8], SELECTOR: [40, 0, 8] },
});
const DOORBELL_BUFFER = 0x7c;
const Feature = { NumberOfQueues: 0x07, HostBehavior: 0x16 } as const;
const Place = {
  expressType: 'configuration 0x82',
  deviceControl: 'configuration 0x88',
  deviceCapabilities2: 'configuration 0xa4',
  powerStatus: 'configuration 0x64',
} as const;

/** Whether a completion answers this command of the admin queue, with this selector if one is given. */
function answers(command: Uint8Array | undefined, opcode: number, ...selectors: number[]): boolean {
  if (command === undefined || Command.OPC.get(command) !== opcode) return false;
  return selectors.length === 0 || selectors.includes(Command.SELECTOR.get(command));
}

const CNS_OF_SETS = [0x05, 0x06, 0x07, 0x08, 0x1a, 0x1b, 0x1c] as const;

interface Known {
  readonly why: string;
  applies(difference: Difference, command: Uint8Array | undefined): boolean;
}

const KNOWN: readonly Known[] = [
  {
    why: ONE_SET,
    applies: ({ where }, command) =>
      /^CAP\.(?!.*\b(MQES|CQR|TO|DSTRD|MPS))/.test(where) ||
      (where.includes('queue 0') && answers(command, Admin.Identify, ...CNS_OF_SETS)),
  },
  {
    why: 'Host Behavior Support is optional (chapter Feature Values); QEMU has it, the model has not.',
    applies: ({ where }, command) =>
      where.includes('queue 0, STATUS') &&
      answers(command, Admin.SetFeatures, Feature.HostBehavior),
  },
  {
    why: 'A controller may grant more queues than were asked for: QEMU always grants 64.',
    applies: ({ where }, command) =>
      where.includes('queue 0, DW0') && answers(command, Admin.SetFeatures, Feature.NumberOfQueues),
  },
  {
    why:
      'Shadow doorbells lie in memory that nobody recorded: Doorbell Buffer Config is refused in a ' +
      'replay, and every doorbell that Linux rang is played.',
    applies: ({ where }, command) =>
      where.includes('queue 0, STATUS') && answers(command, DOORBELL_BUFFER),
  },
  {
    why:
      'Relaxed ordering, no snoop and a read request size of 512 are the defaults of Device Control ' +
      '(PCI Express 2.0); QEMU clears the register.',
    applies: ({ where, expected }) => where === Place.deviceControl && expected === '0x0',
  },
  {
    why: 'The port type of the PCI Express capability says where in the machine a function is.',
    applies: ({ where }) => where === Place.expressType,
  },
  {
    why: 'QEMU announces end-to-end prefixes (Device Capabilities 2); the model has no options there.',
    applies: ({ where, seen }) => where === Place.deviceCapabilities2 && seen === '0x0',
  },
  {
    why:
      'Whether the way from D3hot to D0 resets a function is for it to say (No_Soft_Reset): ' +
      "QEMU's says no, the model's yes.",
    applies: ({ where, expected, seen }) =>
      where === Place.powerStatus && expected === '0x8' && seen === '0x0',
  },
];

export const nvmeReplay: KnownDifferences = {
  explain: (difference, command) => KNOWN.find((each) => each.applies(difference, command))?.why,
  adapt: (bar, offset, value) => {
    if (bar !== 0 || offset !== CC) return value;
    Word.VALUE.set(word, 0, value);
    if (Configuration.CSS.get(word) === ALL_COMMAND_SETS) {
      Configuration.CSS.set(word, 0, NVM_COMMAND_SET);
    }
    return Word.VALUE.get(word);
  },
};
