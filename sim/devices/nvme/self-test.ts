/**
 * Device Self-test: looks for blocks that cannot be read, in its own time.
 *
 * NVM Express Base Specification 1.4, "Device Self-test command", "Device Self-test Operations",
 * "Device Self-test log" (secondary sources). Not modelled: vendor specific tests, segments.
 */
import type { ScheduledEvent } from '../../kernel/event-queue.ts';
import type { World } from '../../kernel/world.ts';
import type { Execution } from './execution.ts';
import { BROADCAST, type Namespaces } from './namespaces.ts';
import { Status, StatusField } from './status.ts';
import { Command, SELF_TEST_RESULTS, SelfTest, SelfTestLog, SelfTestResult } from './structures.ts';

const Code = { Short: 1, Extended: 2, Abort: 15 } as const;
const Result = {
  Passed: 0,
  AbortedByCommand: 1,
  AbortedByReset: 2,
  AbortedByRemoval: 3,
  AbortedByFormat: 4,
  SegmentFailed: 7,
  Unused: 15,
} as const;
/** The specification allows a short test two minutes. */
const SHORT_NS = 1_000_000_000;
/** EDSTT, in minutes. */
export const EXTENDED_MINUTES = 1;
const MINUTE_NS = 60_000_000_000;
const HOUR_NS = 60 * MINUTE_NS;

interface Running {
  readonly code: number;
  readonly nsid: number;
  readonly sinceNs: number;
  readonly durationNs: number;
  readonly end: ScheduledEvent;
}

interface Report {
  readonly result: number;
  readonly code: number;
  readonly nsid: number;
  readonly hours: number;
  readonly failed: { readonly nsid: number; readonly lba: number } | undefined;
}

export class SelfTester {
  readonly #world: World;
  readonly #namespaces: Namespaces;
  /** Newest first. */
  readonly #reports: Report[] = [];
  #running: Running | undefined;

  constructor(world: World, namespaces: Namespaces) {
    this.#world = world;
    this.#namespaces = namespaces;
  }

  /** The Device Self-test command: it ends when the test has begun. */
  execute(execution: Execution): void {
    const code = SelfTest.STC.get(execution.sqe);
    const nsid = Command.NSID.get(execution.sqe);
    if (code === Code.Abort) {
      this.#stop(Result.AbortedByCommand);
      return execution.complete(Status.Success);
    }
    if (code !== Code.Short && code !== Code.Extended) {
      return execution.fail(Status.InvalidField, SelfTest.STC);
    }
    if (nsid !== 0 && nsid !== BROADCAST && this.#namespaces.active(nsid) === undefined) {
      return execution.fail(this.#namespaces.refusal(nsid), Command.NSID);
    }
    if (this.#running !== undefined) return execution.fail(Status.SelfTestInProgress);
    const durationNs = code === Code.Short ? SHORT_NS : EXTENDED_MINUTES * MINUTE_NS;
    const end = this.#world.after(durationNs, () => this.#finish());
    this.#running = { code, nsid, sinceNs: this.#world.now, durationNs, end };
    execution.complete(Status.Success);
  }

  /** The Device Self-test log page. */
  report(page: Uint8Array): void {
    const running = this.#running;
    if (running !== undefined) {
      const passed = (this.#world.now - running.sinceNs) / running.durationNs;
      SelfTestLog.CURRENT.set(page, 0, running.code);
      SelfTestLog.COMPLETION.set(page, 0, Math.floor(passed * 100));
    }
    for (let index = 0; index < SELF_TEST_RESULTS; index++) {
      describe(page, SelfTestLog.bytes + index * SelfTestResult.bytes, this.#reports[index]);
    }
  }

  /** A reset of the controller: a short test ends, an extended one goes on. */
  reset(): void {
    if (this.#running?.code === Code.Short) this.#stop(Result.AbortedByReset);
  }

  formatted(nsid: number): void {
    if (this.#tests(nsid)) this.#stop(Result.AbortedByFormat);
  }

  removed(nsid: number): void {
    if (this.#running?.nsid === nsid) this.#stop(Result.AbortedByRemoval);
  }

  #tests(nsid: number): boolean {
    return this.#running?.nsid === nsid || this.#running?.nsid === BROADCAST;
  }

  #stop(result: number): void {
    this.#running?.end.cancel();
    this.#conclude(result, undefined);
  }

  #finish(): void {
    for (const { id, media, attached } of this.#namespaces.allocated()) {
      if (!attached || !this.#tests(id) || media.uncorrectable === 0) continue;
      this.#conclude(Result.SegmentFailed, { nsid: id, lba: media.firstUncorrectable() });
      return;
    }
    this.#conclude(Result.Passed, undefined);
  }

  #conclude(result: number, failed: Report['failed']): void {
    if (this.#running === undefined) return;
    const { code, nsid } = this.#running;
    const hours = Math.floor(this.#world.now / HOUR_NS);
    this.#running = undefined;
    this.#reports.unshift({ result, code, nsid, hours, failed });
    this.#reports.length = Math.min(this.#reports.length, SELF_TEST_RESULTS);
  }
}

function describe(page: Uint8Array, at: number, report: Report | undefined): void {
  const { RESULT, CODE, SEGMENT, POWER_ON_HOURS, NSID, LBA, STATUS_TYPE, STATUS_CODE } =
    SelfTestResult;
  RESULT.set(page, at, report?.result ?? Result.Unused);
  if (report === undefined) return;
  CODE.set(page, at, report.code);
  POWER_ON_HOURS.set(page, at, report.hours);
  NSID.set(page, at, report.nsid);
  if (report.failed === undefined) return;
  // Valid: namespace, block, status type and status code.
  SelfTestResult.VALID.set(page, at, 15);
  SEGMENT.set(page, at, 1);
  NSID.set(page, at, report.failed.nsid);
  LBA.set(page, at, report.failed.lba);
  const status = new Uint8Array(StatusField.bytes);
  new DataView(status.buffer).setUint16(0, Status.UnrecoveredRead, true);
  STATUS_TYPE.set(page, at, StatusField.SCT.get(status));
  STATUS_CODE.set(page, at, StatusField.SC.get(status));
}
