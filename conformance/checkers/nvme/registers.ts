/** Accesses to the controller's registers, and the order of enabling it. */
import type { Rule } from '../../rule.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import { InterruptKind } from '../../../sim/buses/pci/interrupt-kind.ts';
import { CapabilityId, ConfigKnowledge } from '../pci/config-knowledge.ts';
import { Offset, READ_ONLY, WIDE, bitsOf } from './layout.ts';
import { armOnce, hex, nvmeRule } from './nvme-rule.ts';
import { listenToTraffic } from './traffic.ts';

const CC = 'Controller Configuration (CC)';
/** Bits of CC, and of AQA, that nobody may set. */
const CC_RESERVED = 0xff00000e;
const AQA_RESERVED = 0xf000f000;
const ENTRIES_MIN = 2;
const WEIGHTED = 1;
const VENDOR_ARBITRATION = 7;
const ADMIN_ONLY = 7;

const isEnable = (value: number): boolean => value % 2 === 1;

export const registerRules: readonly Rule[] = [
  nvmeRule({
    id: 'NVME-R01',
    section: 'Register Definition',
    text: 'A register is accessed as a whole or by aligned double words.',
    bugClasses: ['BC-17'],
    watch(watch) {
      const arm = armOnce(watch);
      listenToTraffic(watch, {
        accessed: ({ offset, size, isWrite }) => {
          arm();
          const fits = size === 4 ? offset % 4 === 0 : size === 8 && WIDE.includes(offset);
          if (fits) return;
          const what = `${size}-byte ${isWrite ? 'write' : 'read'}`;
          watch.violate(`a ${what} at ${hex(offset)}`);
        },
      });
    },
  }),
  nvmeRule({
    id: 'NVME-R02',
    section: 'Register Definition',
    text: 'Nothing is written to read-only registers, or into reserved bits of CC and AQA.',
    bugClasses: ['BC-18'],
    watch(watch) {
      const arm = armOnce(watch);
      listenToTraffic(watch, {
        accessed: ({ offset, value, isWrite }) => {
          if (!isWrite) return;
          arm();
          const readOnly = READ_ONLY.some(([first, last]) => offset >= first && offset <= last);
          const reserved = offset === Offset.CC ? CC_RESERVED : 0;
          const inAdmin = offset === Offset.AQA ? AQA_RESERVED : 0;
          if (readOnly || (value & (reserved + inAdmin)) !== 0) {
            watch.violate(`${hex(value)} is written at ${hex(offset)}`);
          }
        },
      });
    },
  }),
  nvmeRule({
    id: 'NVME-R03',
    section: 'Interrupt Mask Set (INTMS), Interrupt Mask Clear (INTMC)',
    text: 'INTMS and INTMC are left alone while the controller signals by MSI-X.',
    bugClasses: ['BC-18', 'BC-11'],
    watch(watch) {
      const { journal } = watch;
      const config = new ConfigKnowledge(watch);
      let messages = false;
      watch.on(EventKind.Interrupt, (at) => {
        if (!messages) messages = journal.spaceAt(at) === InterruptKind.Message;
      });
      for (const kind of [EventKind.Reset, EventKind.Lifecycle]) {
        watch.on(kind, () => (messages = false));
      }
      const arm = armOnce(watch);
      listenToTraffic(watch, {
        accessed: ({ offset, isWrite }) => {
          const hasMsiX = config.enabled(CapabilityId.MsiX);
          // The platform turned it on: its messages tell, where there is no other way to send any.
          const told = messages && hasMsiX !== undefined;
          const only = config.enabled(CapabilityId.Msi) === undefined;
          if (hasMsiX !== true && !(told && only)) return;
          arm();
          if (offset !== Offset.INTMS && offset !== Offset.INTMC) return;
          const what = isWrite ? 'written' : 'read';
          watch.violate(`${offset === Offset.INTMS ? 'INTMS' : 'INTMC'} is ${what}`);
        },
      });
    },
  }),
  nvmeRule({
    id: 'NVME-R04',
    section: CC,
    text: 'MPS, CSS and AMS change only while EN is 0.',
    bugClasses: ['BC-18', 'BC-19'],
    watch(watch) {
      const { controller } = listenToTraffic(watch, {
        accessed: ({ offset, value, isWrite }) => {
          const { configuration: before, enabled, judges } = controller;
          if (!isWrite || offset !== Offset.CC || !isEnable(value)) return;
          if (before === undefined || enabled !== true || !judges) return;
          watch.arm();
          if (bitsOf(before, 4, 10) === bitsOf(value, 4, 10)) return;
          watch.violate(`CC goes from ${hex(before)} to ${hex(value)} while enabled`);
        },
      });
    },
  }),
  nvmeRule({
    id: 'NVME-R05',
    section: CC,
    text: 'The controller is enabled with a page size, command set and arbitration of CAP only.',
    bugClasses: ['BC-19'],
    watch(watch) {
      const { controller } = listenToTraffic(watch, {
        accessed: ({ offset, value, isWrite }) => {
          const { capabilities, enabled, judges } = controller;
          if (!isWrite || offset !== Offset.CC || !isEnable(value) || enabled === true) return;
          if (capabilities === undefined || !judges) return;
          watch.arm();
          const page = bitsOf(value, 7, 4);
          if (page < capabilities.pageMinimum || page > capabilities.pageMaximum) {
            watch.violate(`CC.MPS is ${page}`);
          }
          const commandSet = bitsOf(value, 4, 3);
          const hasSet = bitsOf(capabilities.commandSets, commandSet, 1) === 1;
          if (!hasSet && commandSet !== ADMIN_ONLY) watch.violate(`CC.CSS is ${commandSet}`);
          const arbitration = bitsOf(value, 11, 3);
          const weighted = arbitration === WEIGHTED && capabilities.arbitration % 2 === 1;
          const own = arbitration === VENDOR_ARBITRATION && capabilities.arbitration >= 2;
          if (arbitration !== 0 && !weighted && !own) watch.violate(`CC.AMS is ${arbitration}`);
          if (bitsOf(value, 14, 2) !== 0) watch.violate('CC.SHN is set together with EN');
        },
      });
    },
  }),
  nvmeRule({
    id: 'NVME-R06',
    section: 'Controller Initialization',
    text: 'The controller is enabled only once CSTS.RDY was seen as 0.',
    bugClasses: ['BC-19', 'BC-22', 'BC-28'],
    watch(watch) {
      const { controller } = listenToTraffic(watch, {
        accessed: ({ offset, value, isWrite }) => {
          const { enabled, idleSeen, judges } = controller;
          if (!isWrite || offset !== Offset.CC || !isEnable(value)) return;
          if (enabled === true || !judges) return;
          watch.arm();
          if (!idleSeen) watch.violate('CC.EN is set before RDY was seen as 0');
        },
      });
    },
  }),
  nvmeRule({
    id: 'NVME-R07',
    section: 'Controller Initialization',
    text: 'AQA, ASQ and ACQ are set up before the controller is enabled.',
    bugClasses: ['BC-19', 'BC-21'],
    watch(watch) {
      const { controller } = listenToTraffic(watch, {
        accessed: ({ offset, value, isWrite }) => {
          const { enabled, adminQueues, fromStart, judges } = controller;
          if (!isWrite || offset !== Offset.CC || !isEnable(value)) return;
          if (enabled === true || !fromStart || !judges) return;
          watch.arm();
          if (!adminQueues) watch.violate('CC.EN is set before AQA, ASQ and ACQ were written');
        },
      });
    },
  }),
  nvmeRule({
    id: 'NVME-R08',
    section: 'Admin Queue Attributes (AQA)',
    text: 'AQA, ASQ and ACQ change only while EN is 0.',
    bugClasses: ['BC-18', 'BC-19'],
    watch(watch) {
      const { controller } = listenToTraffic(watch, {
        accessed: ({ offset, isWrite }) => {
          if (!isWrite || offset < Offset.AQA || offset >= Offset.ACQ + 8) return;
          watch.arm();
          if (controller.enabled !== true || !controller.judges) return;
          watch.violate(`the register at ${hex(offset)} is written while EN is 1`);
        },
      });
    },
  }),
  nvmeRule({
    id: 'NVME-R09',
    section: 'Admin Submission Queue Base Address (ASQ)',
    text: 'Admin queues begin at a page of CC.MPS and have 2 to 4,096 entries.',
    bugClasses: ['BC-17'],
    watch(watch) {
      const { controller } = listenToTraffic(watch, {
        accessed: ({ offset, value, isWrite }) => {
          const { enabled, adminQueues, bases, judges } = controller;
          if (!isWrite || offset !== Offset.CC || !isEnable(value)) return;
          if (enabled === true || !adminQueues || !judges) return;
          watch.arm();
          const page = 2 ** (12 + bitsOf(value, 7, 4));
          for (const base of [bases.submission, bases.completion]) {
            if (base % page !== 0) watch.violate(`an admin queue begins at ${hex(base)}`);
          }
          const { submissionEntries, completionEntries } = controller;
          if (Math.min(submissionEntries, completionEntries) >= ENTRIES_MIN) return;
          watch.violate('an admin queue has one entry only');
        },
      });
    },
  }),
  nvmeRule({
    id: 'NVME-R10',
    section: 'Controller Capabilities (CAP), field TO',
    text: 'A driver waits for RDY as long as CAP.TO says before it gives up.',
    bugClasses: ['BC-06'],
    watch(watch) {
      const { journal } = watch;
      const { controller } = listenToTraffic(watch, {
        accessed: ({ offset, value, isWrite }) => {
          const { enabled, readySeen, capabilities, changedNs, fatal } = controller;
          if (!isWrite || offset !== Offset.CC || isEnable(value) || enabled !== true) return;
          // What an earlier driver has left is not waited for.
          if (capabilities === undefined || !controller.changed || !controller.judges) return;
          watch.arm();
          const waited = journal.now - changedNs;
          if (readySeen || fatal || waited >= capabilities.timeoutNs) return;
          const whole = `${waited} ns of ${capabilities.timeoutNs}`;
          watch.violate(`EN is cleared ${whole} after it was set, with RDY never seen as 1`);
        },
      });
    },
  }),
];
