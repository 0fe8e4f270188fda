/** Commands and completions put together from what the kernel and QEMU told. */
import { expect, it } from 'vitest';
import { TraceKind, traceEvent } from '../format/event.ts';
import type { Joined } from './merge.ts';
import { nvmeEvents } from './nvme-events.ts';

const write = (address: number, value: number): Joined => {
  return { from: 'below', event: traceEvent({ kind: TraceKind.Write, address, size: 4, value }) };
};
const within = (name: string, text: string): Joined => {
  return { from: 'within', event: { timeNs: 0, name, text }, timeNs: 7 };
};

/** Admin queues of two entries. */
const enabled = [
  write(0x24, 0x0001_0001),
  write(0x28, 0x10000),
  write(0x30, 0x20000),
  write(0x14, 0x460061),
];
const setup = within('nvme_setup_cmd', 'nvme0: qid=0, cmdid=8, nsid=5, flags=0x0, cmd=(x)');
const submit = within('submit', 'entry={0x500080006,0x0,0x0,0x53e5000,0x0,0x1,0x0,0x0}');
const taken = within('nvme_sq', 'nvme0: qid=0, head=1, tail=1');
const told = (result: string): Joined =>
  within('nvme_complete_rq', `nvme0: qid=0, cmdid=8, res=${result}, retries=0, status=0x2`);
const posted = {
  point: 'pci_nvme_enqueue_req_completion',
  numbers: { cid: 8, cqid: 0, dw0: 0x3f, dw1: 0, status: 2 },
};
const run = (joined: readonly Joined[]) =>
  nvmeEvents([...enabled, ...joined], [posted]).slice(enabled.length);

it('gives a command and its completion their bytes, addresses and doorbells', () => {
  const doorbells = [write(0x1000, 1), write(0x1004, 1)] as const;
  const events = run([setup, submit, doorbells[0], taken, doorbells[1], told('0x3f')]);
  const [command, , completion] = events;
  expect(command).toMatchObject({ kind: TraceKind.Command, space: 0, address: 0x10000, timeNs: 7 });
  expect(Buffer.from(command!.bytes!).toString('hex')).toBe(
    `0600080005000000${'00'.repeat(16)}00503e0500000000${'00'.repeat(8)}01${'00'.repeat(23)}`,
  );
  expect(completion).toMatchObject({ kind: TraceKind.Completion, space: 0, address: 0x20000 });
  expect(Buffer.from(completion!.bytes!).toString('hex')).toBe('3f000000000000000100000008000500');
  expect(events).toHaveLength(4);
});

it('turns the phase when a queue wraps', () => {
  const twice = nvmeEvents(
    [...enabled, setup, submit, taken, setup, submit, taken, taken],
    [posted, posted, posted],
  );
  const completions = twice.filter(({ kind }) => kind === TraceKind.Completion);
  expect(completions.map(({ address, bytes }) => [address, bytes![14]! % 2])).toEqual([
    [0x20000, 1],
    [0x20010, 1],
    [0x20000, 0],
  ]);
});

it('refuses doorbells that do not fit to the entries', () => {
  expect(() => run([setup, submit, write(0x1000, 2)])).toThrow('The doorbell at 0x1000 says 2');
});

it('refuses a probe that reads something else', () => {
  const other = within('submit', 'entry={0x1,0x0,0x0,0x0,0x0,0x0,0x0,0x0}');
  expect(() => run([setup, other])).toThrow('does not read commands: 0x1.');
});

it('refuses completions of which QEMU and the kernel tell differently', () => {
  expect(() => run([setup, submit, taken, told('0x40')])).toThrow('differ in the completion');
  expect(() => run([setup, submit, taken, taken])).toThrow('QEMU posted no completion to queue 0');
});
