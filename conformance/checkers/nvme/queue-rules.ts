/** The commands that make and delete I/O queues. */
import type { Rule } from '../../rule.ts';
import { ConfigKnowledge } from '../pci/config-knowledge.ts';
import { Admin, Feature, bitsOf } from './layout.ts';
import { armOnce, hex, nvmeRule } from './nvme-rule.ts';
import type { Command } from './queues.ts';
import { type Traffic, listenToTraffic } from './traffic.ts';

const CREATE = 'Create I/O Completion Queue command, Create I/O Submission Queue command';
const NUMBER = 'Number of Queues (Feature Identifier 07h)';
const ENTRIES_MIN = 2;
const NOT_ALLOWED = 0xffff;

const isCreation = ({ opcode }: Command): boolean =>
  opcode === Admin.CreateCompletionQueue || opcode === Admin.CreateSubmissionQueue;

const idOf = (command: Command): number => command.dword(10) % 0x10000;
const upper = (dword: number): number => bitsOf(dword, 16, 16);

/** A rule about admin commands as they are submitted; the check returns what is wrong. */
function adminRule(
  rule: Pick<Rule, 'id' | 'text' | 'bugClasses'> & { readonly section: string },
  concerns: (command: Command) => boolean,
  check: (command: Command, traffic: Traffic) => string | undefined,
): Rule {
  return nvmeRule({
    ...rule,
    watch(watch) {
      const arm = armOnce(watch);
      const traffic = listenToTraffic(watch, {
        submitted: (command) => {
          if (!command.isAdmin || !concerns(command)) return;
          arm();
          // What the controller has answered until now decides what exists.
          traffic.sync();
          const wrong = check(command, traffic);
          if (wrong !== undefined) watch.violate(`${command.name}: ${wrong}`);
        },
      });
    },
  });
}

/** Whether any submission queue is left that reports to this completion queue. */
function isUsed(traffic: Traffic, id: number): boolean {
  return traffic.queues.submission.some((queue) => queue?.completionQueue === id);
}

const hasIoQueues = ({ queues }: Traffic): boolean =>
  [queues.submission, queues.completion].some((list) =>
    list.some((queue) => queue !== undefined && queue.id !== 0),
  );

function overGrant(command: Command, { identity }: Traffic): string | undefined {
  const { granted } = identity;
  if (granted === undefined) return 'the number of queues was not asked for';
  const isCompletion = command.opcode === Admin.CreateCompletionQueue;
  const most = isCompletion ? granted.completion : granted.submission;
  return idOf(command) > most ? `queue ${idOf(command)} is beyond the ${most} granted` : undefined;
}

function entrySizes(command: Command, { controller, identity }: Traffic): string | undefined {
  const told = identity.controller;
  const configuration = controller.configuration ?? 0;
  const isCompletion = command.opcode === Admin.CreateCompletionQueue;
  const size = bitsOf(configuration, isCompletion ? 20 : 16, 4);
  const name = isCompletion ? 'IOCQES' : 'IOSQES';
  if (size === 0) return `CC.${name} is 0`;
  if (told === undefined) return undefined;
  const [least, most] = isCompletion ? told.completionEntry : told.submissionEntry;
  if (size >= least && size <= most) return undefined;
  return `CC.${name} is ${size}, not ${least} to ${most}`;
}

const making: readonly Rule[] = [
  adminRule(
    {
      id: 'NVME-R33',
      section: CREATE,
      text: 'A queue is made with an identifier that is not 0 and not in use.',
      bugClasses: ['BC-02', 'BC-22'],
    },
    isCreation,
    (command, { queues }) => {
      const id = idOf(command);
      if (id === 0) return 'the identifier is 0';
      const isCompletion = command.opcode === Admin.CreateCompletionQueue;
      const list = isCompletion ? queues.completion : queues.submission;
      return list[id] === undefined ? undefined : `there is a queue ${id}`;
    },
  ),
  adminRule(
    {
      id: 'NVME-R34',
      section: `${CREATE}; Controller Capabilities (CAP), MQES and CQR`,
      text: 'A queue is made page aligned, contiguous where CAP.CQR says so, within MQES.',
      bugClasses: ['BC-17', 'BC-02'],
    },
    isCreation,
    (command, { controller }) => {
      const entries = upper(command.dword(10)) + 1;
      const most = controller.capabilities?.entriesMax ?? 0x10000;
      if (entries < ENTRIES_MIN || entries > most) return `${entries} entries, of 2 to ${most}`;
      if (command.prp1 % controller.pageBytes !== 0) return `it begins at ${hex(command.prp1)}`;
      const isContiguous = command.dword(11) % 2 === 1;
      const must = controller.capabilities?.contiguous === true;
      return must && !isContiguous ? 'PC is 0' : undefined;
    },
  ),
  adminRule(
    {
      id: 'NVME-R35',
      section: 'Create I/O Submission Queue command',
      text: 'A completion queue is made before the submission queues that report to it.',
      bugClasses: ['BC-19'],
    },
    ({ opcode }) => opcode === Admin.CreateSubmissionQueue,
    (command, { queues }) => {
      const id = upper(command.dword(11));
      if (id === 0) return 'it reports to the admin completion queue';
      return queues.completion[id] === undefined ? `completion queue ${id} is missing` : undefined;
    },
  ),
  adminRule(
    {
      id: 'NVME-R37',
      section: NUMBER,
      text: 'I/O queues are made after their number was asked for, and no more than were granted.',
      bugClasses: ['BC-02', 'BC-19'],
    },
    isCreation,
    overGrant,
  ),
  adminRule(
    {
      id: 'NVME-R39',
      section: 'Controller Configuration (CC), IOSQES and IOCQES',
      text: 'The entry sizes in CC are those that Identify allows before an I/O queue is made.',
      bugClasses: ['BC-19', 'BC-17'],
    },
    isCreation,
    entrySizes,
  ),
];

const deleting: readonly Rule[] = [
  adminRule(
    {
      id: 'NVME-R36',
      section: 'Delete I/O Completion Queue command, Delete I/O Submission Queue command',
      text: 'Only queues that exist are deleted, a completion queue after its submission queues.',
      bugClasses: ['BC-19', 'BC-22'],
    },
    ({ opcode }) =>
      opcode === Admin.DeleteCompletionQueue || opcode === Admin.DeleteSubmissionQueue,
    (command, traffic) => {
      const id = idOf(command);
      const isCompletion = command.opcode === Admin.DeleteCompletionQueue;
      const list = isCompletion ? traffic.queues.completion : traffic.queues.submission;
      if (id === 0 || list[id] === undefined) return `there is no such I/O queue ${id}`;
      if (!isCompletion || !isUsed(traffic, id)) return undefined;
      return `a submission queue reports to completion queue ${id} still`;
    },
  ),
  adminRule(
    {
      id: 'NVME-R38',
      section: NUMBER,
      text: 'The number of queues is set while there is no I/O queue, and never to 65,536.',
      bugClasses: ['BC-19'],
    },
    (command) =>
      command.opcode === Admin.SetFeatures && command.dword(10) % 256 === Feature.NumberOfQueues,
    (command, traffic) => {
      if (hasIoQueues(traffic)) return 'there are I/O queues';
      const asked = command.dword(11);
      const tooMany = asked % 0x10000 === NOT_ALLOWED || upper(asked) === NOT_ALLOWED;
      return tooMany ? `${hex(asked)} is asked for` : undefined;
    },
  ),
];

const vectors: Rule = nvmeRule({
  id: 'NVME-R40',
  section: 'Create I/O Completion Queue command, IV',
  text: 'A completion queue is given an interrupt vector that the function has.',
  bugClasses: ['BC-02', 'BC-10'],
  watch(watch) {
    const config = new ConfigKnowledge(watch);
    listenToTraffic(watch, {
      submitted: (command) => {
        if (!command.isAdmin || command.opcode !== Admin.CreateCompletionQueue) return;
        const there = config.vectors;
        if (there === undefined || bitsOf(command.dword(11), 1, 1) === 0) return;
        watch.arm();
        const vector = upper(command.dword(11));
        if (vector >= there) watch.violate(`${command.name}: vector ${vector} of ${there}`);
      },
    });
  },
});

export const queueRules: readonly Rule[] = [...making, ...deleting, vectors];
