/** What doorbells, queues and data pointers must be like. */
import type { Rule } from '../../rule.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import { nvmeBase } from '../../specs/nvme/documents.ts';
import { armOnce, troubleRule } from './nvme-rule.ts';
import { listenToTraffic } from './traffic.ts';

const DOORBELL = 'Submission Queue y Tail Doorbell, Completion Queue y Head Doorbell';
const QUEUES = 'Submission Queue and Completion Queue Definition';
const PRP = 'Physical Region Page Entry and List';

const doorbells: readonly Rule[] = [
  troubleRule(
    {
      id: 'NVME-R11',
      section: 'Controller Status (CSTS), field RDY',
      text: 'No doorbell is rung before RDY was seen as 1, or once EN is 0.',
      bugClasses: ['BC-19', 'BC-22'],
    },
    ['not-ready'],
    'rang',
  ),
  troubleRule(
    {
      id: 'NVME-R12',
      section: DOORBELL,
      text: 'Doorbells are rung of queues only that exist: created, and not deleted.',
      bugClasses: ['BC-02', 'BC-18', 'BC-22'],
    },
    ['no-queue'],
    'rang',
  ),
  troubleRule(
    {
      id: 'NVME-R13',
      section: DOORBELL,
      text: 'A doorbell is given a value below the number of entries of its queue.',
      bugClasses: ['BC-02', 'BC-26'],
    },
    ['range'],
    'rang',
  ),
  troubleRule(
    {
      id: 'NVME-R14',
      section: 'Asynchronous Event Request command, Invalid Doorbell Write Value',
      text: 'A doorbell is rung to move a pointer, not with the value that it has.',
      bugClasses: ['BC-18'],
    },
    ['same-value'],
    'rang',
  ),
  troubleRule(
    {
      id: 'NVME-R15',
      section: `${QUEUES}, Full Queue`,
      text: 'No command is added to a full submission queue: one entry stays free.',
      bugClasses: ['BC-02', 'BC-25'],
    },
    ['full'],
    'submitted',
  ),
  troubleRule(
    {
      id: 'NVME-R16',
      section: `${QUEUES}; Completion Queue Entry, Phase Tag`,
      text: 'The head of a completion queue does not pass what the controller has posted.',
      bugClasses: ['BC-02', 'BC-10', 'BC-13'],
    },
    ['not-posted'],
    'completed',
  ),
  troubleRule(
    {
      id: 'NVME-R26',
      section: 'Controller Shutdown',
      text: 'After a shutdown notification no command is submitted before a reset.',
      bugClasses: ['BC-19', 'BC-20'],
    },
    ['after-shutdown'],
    'submitted',
  ),
];

const memory: readonly Rule[] = [
  troubleRule(
    {
      id: 'NVME-R17',
      section: 'Submission Queue Entry, Command Identifier',
      text: 'A command identifier is unique among the commands in flight of its queue.',
      bugClasses: ['BC-13', 'BC-23'],
    },
    ['duplicate-id'],
    'submitted',
  ),
  troubleRule(
    {
      id: 'NVME-R18',
      section: QUEUES,
      text: 'The whole memory of a queue is mapped when the queue is made.',
      bugClasses: ['BC-14', 'BC-21'],
    },
    ['queue-memory'],
    'accessed',
  ),
  troubleRule(
    {
      id: 'NVME-R19',
      section: 'Controller Level Reset; Queue Management',
      text: 'The memory of a queue stays mapped until the queue is gone.',
      bugClasses: ['BC-14', 'BC-12', 'BC-19'],
    },
    ['queue-unmapped'],
    'rang',
  ),
  troubleRule(
    {
      id: 'NVME-R20',
      section: 'Completion Queue Entry, Phase Tag',
      text: 'The phase tags of a completion queue are 0 when the queue is made.',
      bugClasses: ['BC-22', 'BC-28', 'BC-13'],
    },
    ['stale-phase'],
    'accessed',
  ),
  troubleRule(
    {
      id: 'NVME-R21',
      section: QUEUES,
      text: 'An entry is complete before its doorbell is rung, and is left alone until it is fetched.',
      bugClasses: ['BC-16', 'BC-04'],
    },
    ['rewritten'],
    'submitted',
  ),
  troubleRule(
    {
      id: 'NVME-R25',
      section: PRP,
      text: 'What a command refers to stays mapped until the command has completed.',
      bugClasses: ['BC-14', 'BC-23'],
    },
    ['data-unmapped'],
    'submitted',
  ),
];

const pointers: readonly Rule[] = [
  troubleRule(
    {
      id: 'NVME-R22',
      section: PRP,
      text: 'PRP1 is dword aligned, a PRP list qword aligned, every other entry begins at a page.',
      bugClasses: ['BC-17'],
    },
    ['offset', 'list-offset'],
    'submitted',
  ),
  troubleRule(
    {
      id: 'NVME-R23',
      section: PRP,
      text: 'All that a command transfers, and its PRP lists, is mapped when it is submitted.',
      bugClasses: ['BC-01', 'BC-14'],
    },
    ['unmapped', 'list-unmapped'],
    'submitted',
  ),
  troubleRule(
    {
      id: 'NVME-R24',
      section: 'Identify Controller data structure, MDTS',
      text: 'No command transfers more than MDTS allows.',
      bugClasses: ['BC-01', 'BC-27'],
    },
    ['too-long'],
    'submitted',
  ),
];

/** Once a fault has struck, what the device answers is the fault's. */
const device: Rule = {
  id: 'NVME-R44',
  cite: nvmeBase('Completion Queue Entry'),
  text: 'A completion names a command that is in flight, of a queue that reports to it.',
  subject: 'device',
  device: 'nvme',
  bugClasses: [],
  watch(watch) {
    let faulty = false;
    watch.on(EventKind.Fault, () => (faulty = true));
    const arm = armOnce(watch);
    listenToTraffic(watch, {
      completed: arm,
      trouble: (kind, detail) => {
        if (kind !== 'not-in-flight' || faulty) return;
        arm();
        watch.violate(detail);
      },
    });
  },
};

export const trafficRules: readonly Rule[] = [...doorbells, ...memory, ...pointers, device];
