import { expect, it } from 'vitest';
import { EventKind, Journal } from '../../../sim/kernel/journal.ts';
import { RuleBook } from '../../rule-book.ts';
import { Admin, COMMAND_BYTES, COMPLETION_BYTES, Nvm, Offset } from './layout.ts';
import type { TrafficListener } from './listener.ts';
import { nvmeRules } from './rules.ts';
import { At, ScriptedHost } from './scripted-host.ts';
import { listenToTraffic, type Traffic } from './traffic.ts';

const quiet = { arm: () => {}, armOn: () => {}, violate: () => {}, maps: new Map<number, never>() };

function follow(host: ScriptedHost, listener: TrafficListener = {}): Traffic {
  const { journal, memory } = host;
  return listenToTraffic(
    { ...quiet, journal, memory, on: (kind, handler) => journal.observe(kind, handler) },
    listener,
  );
}

function kinds(journal: Journal): EventKind[] {
  return Array.from({ length: journal.count }, (_, at) => journal.kindAt(at));
}

it('records each command and each completion once, however many listen', () => {
  const host = new ScriptedHost();
  expect(follow(host)).toBe(follow(host));
  host.run();
  const before = kinds(host.journal);
  host.finish(1, host.submit(1, { opcode: Nvm.Read, nsid: 1, prp1: At.data }));
  const recorded = kinds(host.journal).slice(before.length);
  expect(recorded).toEqual([
    EventKind.BufferWrite,
    EventKind.Write,
    EventKind.Command,
    EventKind.Write,
    EventKind.Completion,
  ]);
  const command = before.length + 2;
  expect(host.journal.spaceAt(command)).toBe(1);
  expect(host.journal.addressAt(command)).toBe(At.submission);
  expect(host.journal.bytesAt(command)?.[0]).toBe(Nvm.Read);
});

it('follows queues round their ends, and commands out of order', () => {
  const host = new ScriptedHost();
  const submitted: number[] = [];
  const completed: number[] = [];
  const traffic = follow(host, {
    submitted: ({ id, isAdmin }) => void (isAdmin || submitted.push(id)),
    completed: ({ command }) => void (command.isAdmin || completed.push(command.id)),
  });
  host.run();
  for (let round = 0; round < 10; round++) {
    const [first, second] = [round * 2, round * 2 + 1];
    host.enter(1, { opcode: Nvm.Flush, nsid: 1, id: first });
    host.submit(1, { opcode: Nvm.Flush, nsid: 1, id: second });
    host.post(1, second);
    host.post(1, first);
    host.take(1);
    host.take(1);
  }
  expect(submitted).toEqual(Array.from({ length: 20 }, (_, id) => id));
  expect(completed.toSorted((a, b) => a - b)).toEqual(submitted);
  expect(traffic.queues.submission[1]?.inFlight.size).toBe(0);
});

it('learns what the controller is, and forgets its queues when it is disabled', () => {
  const host = new ScriptedHost();
  const traffic = follow(host);
  host.run();
  expect(traffic.identity.controller).toMatchObject({ transferExponent: 1, namespaces: 2 });
  expect(traffic.identity.blockBytes(1)).toBe(512);
  expect(traffic.identity.granted).toEqual({ submission: 2, completion: 2 });
  host.write(Offset.CC, 0);
  expect(traffic.queues.submission[1]).toBeDefined();
  host.status(0);
  expect(traffic.queues.submission).toEqual([]);
});

it('uses the commands of an imported trace, without any memory', () => {
  const journal = new Journal();
  const book = new RuleBook(nvmeRules, journal, new Map());
  const completion = new Uint8Array(COMPLETION_BYTES);
  const command = (opcode: number, id: number, flags = 0): void => {
    const bytes = new Uint8Array(COMMAND_BYTES);
    bytes.set([opcode, flags, id, 0, 1]);
    journal.recordBytes(EventKind.Command, 1, 0x1000, bytes);
  };
  const broken = (): string[] => book.broken.map(({ rule }) => rule.id);
  journal.record(EventKind.Read, 0, Offset.CC, 0x46_0001, 4);
  command(Nvm.Flush, 5);
  completion.set([1, 0, 5], 10);
  journal.recordBytes(EventKind.Completion, 1, 0x2000, completion);
  command(Nvm.Flush, 5);
  expect(broken()).toEqual([]);
  command(Nvm.Flush, 5);
  command(Nvm.Flush, 6, 4);
  expect(broken()).toEqual(['NVME-R17', 'NVME-R27']);
});

it('is not moved by what no host would write', () => {
  const host = new ScriptedHost();
  const traffic = follow(host);
  host.run();
  const wild = [0, 1, 0xffff, 0x1_0000, 0xffff_ffff];
  for (const offset of [0x1000, 0x1001, 0x1ffc, 0xffff_fffc, 2 ** 40]) {
    for (const value of wild) host.write(offset, value);
  }
  for (const prp1 of [1, 0xffff_ffff, At.data]) {
    for (const count of wild) {
      const dwords = { 10: 0x1ff_0000 + (count % 0x100), 11: count, 12: count };
      for (const opcode of [Admin.GetLogPage, Admin.CreateCompletionQueue, 0xff]) {
        host.submit(0, { opcode, prp1, prp2: 0xffff_fff8, dwords, id: count % 0x1_0000 });
      }
      host.post(0, count % 0x1_0000);
      host.poke(
        At.adminCompletion,
        Uint8Array.from({ length: 64 }, (_, at) => at * count),
      );
    }
  }
  traffic.sync();
  expect(traffic.queues.submission.length).toBeLessThan(3);
});
