import { describe, expect, it } from 'vitest';
import { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import { Admin, Offset } from './layout.ts';
import { At, broken, judge, ENABLE, READY } from './scripted-host.ts';
import { nvmeRules } from './rules.ts';
import { registerCases } from './cases/register.ts';
import { doorbellCases } from './cases/doorbell.ts';
import { memoryCases } from './cases/memory.ts';
import { pointerCases } from './cases/pointer.ts';
import { commandCases } from './cases/command.ts';
import { queueCases } from './cases/queue.ts';
import { shutdownCases } from './cases/shutdown.ts';
import { type Case, NORMAL, SHUTDOWN_COMPLETE, read, running } from './cases/case.ts';

const cases: readonly Case[] = [
  ...registerCases,
  ...doorbellCases,
  ...memoryCases,
  ...pointerCases,
  ...commandCases,
  ...queueCases,
  ...shutdownCases,
];

describe.each(cases)('$id', ({ id, violating, innocent, unknown = [] }) => {
  it.each(violating.map((play, index) => ({ play, index })))('is broken: $index', ({ play }) => {
    const { armed, details } = judge(id, play);
    expect(details).toHaveLength(1);
    expect(armed).toBe(true);
  });

  it.each(innocent.map((play, index) => ({ play, index })))('holds: $index', ({ play }) => {
    expect(judge(id, play)).toEqual({ armed: true, details: [] });
  });

  it.each(unknown.map((play, index) => ({ play, index })))('is silent: $index', ({ play }) => {
    expect(judge(id, play)).toEqual({ armed: false, details: [] });
  });
});

it('has a case for every rule, and every id once', () => {
  const ids: string[] = nvmeRules.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(cases.map(({ id }) => id))).toEqual(new Set(ids));
  expect(cases).toHaveLength(ids.length);
});

it('has nothing against a driver that does all as it should', () => {
  const play = running((host) => {
    for (let count = 0; count < 100; count++) host.finish(1, host.submit(1, read()));
    for (const opcode of [Admin.DeleteSubmissionQueue, Admin.DeleteCompletionQueue]) {
      host.finish(0, host.submit(0, { opcode, dwords: { 10: 1 } }));
    }
    host.write(Offset.CC, ENABLE + NORMAL);
    host.status(READY + SHUTDOWN_COMPLETE);
    host.write(Offset.CC, 0x0046_0000);
    host.status(0);
    for (const at of [At.adminSubmission, At.adminCompletion, At.data]) host.unmap(at);
    host.lifecycle(Lifecycle.Stopped);
  });
  expect(broken(play)).toEqual([]);
});
