/** Features that QEMU 7.2's controller and our model treat differently. */
import type { NvmeCommand, NvmeDifference } from '../../generators/nvme-steps.ts';
import { Admin } from '../../suites/nvme/commands.ts';
import { NVME, type NvmeExplanation, differentStatus, inPart } from './answers.ts';

const FEATURE = {
  arbitration: 0x01,
  powerManagement: 0x02,
  temperatureThreshold: 0x04,
  errorRecovery: 0x05,
  numberOfQueues: 0x07,
  interruptCoalescing: 0x08,
  interruptVector: 0x09,
  writeAtomicity: 0x0a,
  eventKinds: 0x0b,
  timestamp: 0x0e,
  hostBehavior: 0x16,
  commandSetProfile: 0x19,
} as const;
const NOT_CHANGEABLE = 0x10e;
const NOT_SAVEABLE = 0x10d;
const SAVE = 2 ** 31;
const CURRENT = 0;
const SELECTS = 4;
const CAPABILITIES = 3;
/** Saveable, for each namespace, changeable. */
const CAPABILITY_BITS = 0b111n;
const COALESCING_DISABLED = 0x1_0000n;
const SENSOR_FIRST = 0x1_0000;
/** Behind TLER and DULBE. */
const ERROR_RECOVERY_END = 2n ** 17n;
/** Behind the bits of the health, of namespaces and of firmware. */
const EVENT_KINDS_END = 2n ** 10n;

const featureOf = ({ dword10 = 0 }: NvmeCommand) => dword10 % 256;
const selectOf = ({ dword10 = 0 }: NvmeCommand) => Math.floor(dword10 / 256) % 8;
const gets = (command: NvmeCommand, isAdmin: boolean) =>
  isAdmin && command.opcode === Admin.GetFeatures;
const sets = (command: NvmeCommand, isAdmin: boolean) =>
  isAdmin && command.opcode === Admin.SetFeatures;

/** What QEMU refuses to change. */
const FIXED: readonly number[] = [
  FEATURE.arbitration,
  FEATURE.powerManagement,
  FEATURE.interruptCoalescing,
  FEATURE.interruptVector,
  FEATURE.writeAtomicity,
];

/** Of a feature that the program has set before. */
function wasSet({ program, index }: NvmeDifference, feature: number): boolean {
  return program.steps
    .slice(0, index + 1)
    .some(
      (step) =>
        step.kind === 'commands' &&
        step.queue === 0 &&
        step.commands.some((each) => sets(each, true) && featureOf(each) === feature),
    );
}

function wasSetBeforeReset(difference: NvmeDifference, feature: number): boolean {
  const { program, index } = difference;
  const reset = program.steps.findLastIndex(({ kind }, at) => kind === 'enable' && at < index);
  return reset >= 0 && wasSet({ ...difference, index: reset }, feature);
}

/** An interrupt that the model keeps back. */
function isCoalesced(difference: NvmeDifference): boolean {
  const { part } = difference;
  if (part !== 'vectors' && part !== 'INTx') return false;
  return wasSet(difference, FEATURE.interruptCoalescing);
}

export const featureExplanations: readonly NvmeExplanation[] = [
  {
    id: 'nvme-reserved-select',
    cite: NVME,
    why:
      'Values 4 to 7 of SEL are reserved (chapter Get Features): the model ends the command with ' +
      'Invalid Field in Command, QEMU takes them for another value.',
    example: ['admin queue: Get Features 07h with SEL 111b'],
    explains: (difference) => {
      const reserved = (command: NvmeCommand, isAdmin: boolean) =>
        gets(command, isAdmin) && selectOf(command) >= SELECTS;
      return (
        differentStatus(({ command, isAdmin }) => reserved(command, isAdmin))(difference) |
        inPart('result', reserved)(difference)
      );
    },
  },
  {
    id: 'nvme-feature-capabilities',
    cite: NVME,
    why:
      'Which features can be changed or saved is for the controller to say (chapter Get Features, ' +
      'SEL 011b): the model can save most, QEMU none, and some it cannot change.',
    example: ['admin queue: Get Features 02h with SEL 011b'],
    explains: (difference) =>
      CAPABILITY_BITS &
      inPart(
        'result',
        (command, isAdmin) => gets(command, isAdmin) && selectOf(command) === CAPABILITIES,
      )(difference),
  },
  {
    id: 'nvme-feature-defaults',
    cite: NVME,
    why: 'Default values are for the controller to choose (chapter Get Features, SEL 001b and 010b).',
    example: ['admin queue: Get Features 06h with SEL 010b'],
    explains: inPart(
      'result',
      (command, isAdmin) => gets(command, isAdmin) && [1, 2].includes(selectOf(command)),
    ),
  },
  {
    id: 'nvme-fixed-features',
    cite: NVME,
    why:
      'QEMU cannot change arbitration, power management, interrupt coalescing and write atomicity, ' +
      'and says so by Feature Not Changeable; the model can.',
    example: ['admin queue: Set Features 01h'],
    explains: (difference) =>
      differentStatus(
        ({ command, isAdmin, theirs }) =>
          sets(command, isAdmin) && FIXED.includes(featureOf(command)) && theirs === NOT_CHANGEABLE,
      )(difference) |
      inPart(
        'result',
        (command, isAdmin) =>
          gets(command, isAdmin) &&
          selectOf(command) === CURRENT &&
          FIXED.includes(featureOf(command)) &&
          wasSet(difference, featureOf(command)),
      )(difference) |
      (isCoalesced(difference) ? 1n : 0n),
  },
  {
    id: 'nvme-features-over-reset',
    cite: NVME,
    why:
      'A reset of the controller brings features back to what was saved, or to their defaults ' +
      '(chapter Feature Values); QEMU keeps what was set last.',
    example: ['admin queue: Set Features 04h, CC.EN 0 and 1, Get Features 04h'],
    explains: (difference) =>
      inPart(
        'result',
        (command, isAdmin) =>
          gets(command, isAdmin) && wasSetBeforeReset(difference, featureOf(command)),
      )(difference),
  },
  {
    id: 'nvme-event-kinds',
    cite: NVME,
    why:
      'Asynchronous Event Configuration (chapter of that name) has a bit for each kind of event: ' +
      'the model keeps those of the kinds that it has, QEMU all 32.',
    example: ['admin queue: Set Features 0Bh with FFFFh, Get Features 0Bh'],
    explains: (difference) =>
      inPart(
        'result',
        (command, isAdmin) => gets(command, isAdmin) && featureOf(command) === FEATURE.eventKinds,
      )(difference) & -EVENT_KINDS_END,
  },
  {
    id: 'nvme-error-recovery-reserved',
    cite: NVME,
    why:
      'Error Recovery (chapter of that name) has TLER and DULBE; what is behind them is reserved: ' +
      'the model keeps none of it, QEMU all 32 bits.',
    example: ['admin queue: Set Features 05h with 20000h, Get Features 05h'],
    explains: (difference) =>
      inPart(
        'result',
        (command, isAdmin) =>
          gets(command, isAdmin) && featureOf(command) === FEATURE.errorRecovery,
      )(difference) & -ERROR_RECOVERY_END,
  },
  {
    id: 'nvme-saved-features',
    cite: NVME,
    why:
      'QEMU saves no feature (Identify Controller, ONCS) and refuses SV first, with Feature ' +
      'Identifier Not Saveable.',
    example: ['admin queue: Set Features 04h with SV'],
    explains: differentStatus(
      ({ command, isAdmin, theirs }) =>
        sets(command, isAdmin) && (command.dword10 ?? 0) >= SAVE && theirs === NOT_SAVEABLE,
    ),
    ends: true,
  },
  {
    id: 'nvme-other-sensors',
    cite: NVME,
    why:
      'The model keeps a threshold for each sensor, as chapter Temperature Threshold has it, with ' +
      'the defaults FFFFh and 0, and refuses reserved values; QEMU has the composite temperature ' +
      'alone, answers 0 for the others and refuses nothing.',
    example: ['admin queue: Get Features 04h for sensor 1'],
    explains: (difference) => {
      const ofSensor = (command: NvmeCommand, isAdmin: boolean) =>
        (gets(command, isAdmin) || sets(command, isAdmin)) &&
        featureOf(command) === FEATURE.temperatureThreshold &&
        (command.dword11 ?? 0) >= SENSOR_FIRST;
      return (
        inPart('result', ofSensor)(difference) |
        differentStatus(({ command, isAdmin }) => ofSensor(command, isAdmin))(difference)
      );
    },
  },
  {
    id: 'nvme-queues-granted',
    cite: NVME,
    why:
      'A controller may grant more queues than were asked for (chapter Number of Queues): QEMU ' +
      'always grants all 64, the model as many as are wanted.',
    example: ['admin queue: Set Features 07h with 0'],
    explains: inPart(
      'result',
      (command, isAdmin) => sets(command, isAdmin) && featureOf(command) === FEATURE.numberOfQueues,
    ),
    ends: true,
  },
  {
    id: 'nvme-admin-vector',
    cite: NVME,
    why:
      'Interrupts of the admin queue are not coalesced (chapter Interrupt Vector Configuration): ' +
      'QEMU says so by CD for vector 0, the model shows CD as the host left it.',
    example: ['admin queue: Get Features 09h for vector 0'],
    explains: (difference) =>
      COALESCING_DISABLED &
      inPart(
        'result',
        (command, isAdmin) =>
          gets(command, isAdmin) &&
          featureOf(command) === FEATURE.interruptVector &&
          (command.dword11 ?? 0) % 0x1_0000 === 0,
      )(difference),
  },
  {
    id: 'nvme-capabilities-of-a-namespace',
    cite: NVME,
    why:
      'What can be done with a feature (SEL 011b) is the same for all namespaces: the model does ' +
      'not look at NSID then, QEMU does (chapter Get Features).',
    example: ['admin queue: Get Features 05h with SEL 011b, namespace 0'],
    explains: differentStatus(
      ({ command, isAdmin, ours }) =>
        gets(command, isAdmin) && selectOf(command) === CAPABILITIES && ours === 0,
    ),
  },
  {
    id: 'nvme-newer-features',
    cite: NVME,
    why:
      'Host Behavior Support is optional, I/O Command Set Profile is of revision 2.0: QEMU has ' +
      'both, the model has not.',
    example: ['admin queue: Get Features 16h'],
    explains: differentStatus(
      ({ command, isAdmin }) =>
        (gets(command, isAdmin) || sets(command, isAdmin)) &&
        [FEATURE.hostBehavior, FEATURE.commandSetProfile].includes(
          featureOf(command) as 0x16 | 0x19,
        ),
    ),
  },
  {
    id: 'nvme-clock',
    cite: NVME,
    why:
      "A timestamp counts milliseconds: QEMU's clock stands still but for the steps that it is " +
      "given, the model's is the world's (chapter Timestamp).",
    example: ['admin queue: Get Features 0Eh'],
    explains: inPart(
      'data',
      (command, isAdmin) => gets(command, isAdmin) && featureOf(command) === FEATURE.timestamp,
    ),
  },
];
