import { expect, it } from 'vitest';
import { World } from '../../kernel/world.ts';
import { BenchExecution, commandOf } from './bench.ts';
import { firmwareImage, isIntact } from './firmware-image.ts';
import { Firmware } from './firmware.ts';
import { FirmwareCommit, FirmwareDownload, FirmwareSlots } from './structures.ts';

const [REPLACE, REPLACE_AND_ACTIVATE, ACTIVATE, ACTIVATE_NOW] = [0, 1, 2, 3];

function bench() {
  const world = new World({ seed: 1, settle: () => Promise.resolve() });
  let starts = 0;
  const firmware = new Firmware(true, () => starts++);
  const run = (execute: (it: BenchExecution) => void, sqe: Uint8Array, memory: Uint8Array) => {
    const execution = new BenchExecution(world, (it) => execute(it as BenchExecution), sqe, memory);
    execute(execution);
    world.advance(10_000_000);
    return execution.status;
  };
  const download = (bytes: Uint8Array, offset: number) => {
    const sqe = commandOf(FirmwareDownload, { NUMD: bytes.length / 4 - 1, OFST: offset / 4 });
    return run((it) => firmware.download(it), sqe, bytes);
  };
  const commit = (FS: number, CA: number) =>
    run((it) => firmware.commit(it), commandOf(FirmwareCommit, { FS, CA }), new Uint8Array(0));
  const slots = () => {
    const page = new Uint8Array(512);
    firmware.report(page);
    const { ACTIVE, NEXT, FRS1, FRS2, FRS3 } = FirmwareSlots;
    const names = [FRS1, FRS2, FRS3].map((field) => field.getText(page));
    return [ACTIVE.get(page), NEXT.get(page), ...names].join(' ').trimEnd();
  };
  return { firmware, download, commit, slots, starts: () => starts };
}

const image = firmwareImage({ revision: '2.0', bytes: 12_288 });

it('puts an image together from pieces in any order, and a reset activates it', () => {
  const { firmware, download, commit, slots } = bench();
  expect(slots()).toBe('1 0 1.0');
  for (const at of [8192, 0, 4096]) expect(download(image.slice(at, at + 4096), at)).toBe(0);
  expect(commit(2, REPLACE_AND_ACTIVATE)).toBe(0);
  expect(slots()).toBe('1 2 1.0 2.0');
  expect(firmware.revision).toBe('1.0');
  firmware.reset();
  expect(slots()).toBe('2 0 1.0 2.0');
  expect(firmware.revision).toBe('2.0');
});

it('stores without activating, and activates what is stored', () => {
  const { firmware, download, commit, slots } = bench();
  download(image, 0);
  expect(commit(3, REPLACE)).toBe(0);
  firmware.reset();
  expect(slots()).toBe('1 0 1.0  2.0');
  expect(commit(3, ACTIVATE)).toBe(0);
  firmware.reset();
  expect(slots()).toBe('3 0 1.0  2.0');
});

it('activates at once, downloaded or stored, and tells', () => {
  const { firmware, download, commit, slots, starts } = bench();
  download(image, 0);
  expect(commit(2, ACTIVATE_NOW)).toBe(0);
  expect([slots(), firmware.revision, starts()]).toEqual(['2 0 1.0 2.0', '2.0', 1]);
  expect(commit(1, ACTIVATE_NOW)).toBe(0);
  expect([firmware.revision, starts()]).toEqual(['1.0', 2]);
});

it('activates an image that needs a reset at the next one, and says so', () => {
  const { firmware, download, commit } = bench();
  download(firmwareImage({ revision: '3.0', bytes: 4096, needsReset: true }), 0);
  expect(commit(2, ACTIVATE_NOW)).toBe(0x111);
  expect(firmware.revision).toBe('1.0');
  firmware.reset();
  expect(firmware.revision).toBe('3.0');
});

it('chooses a slot that is not running', () => {
  const { firmware, download, commit, slots } = bench();
  for (const expected of ['3 0 1.0  2.0', '2 0 1.0 2.0 2.0']) {
    download(image, 0);
    expect(commit(0, REPLACE_AND_ACTIVATE)).toBe(0);
    firmware.reset();
    expect(slots()).toBe(expected);
  }
});

it('refuses pieces that overlap, and what is beyond the largest image', () => {
  const { download } = bench();
  expect(download(image.slice(0, 4096), 4096)).toBe(0);
  expect(download(image.slice(0, 8), 4092)).toBe(0x114);
  expect(download(image.slice(0, 4), 8188)).toBe(0x114);
  expect(download(image.slice(0, 4), 8192)).toBe(0);
  expect(download(image.slice(0, 8), 1024 * 1024 - 4)).toBe(0x02);
});

it('refuses wrong slots and actions', () => {
  const { download, commit } = bench();
  for (const [slot, action] of [
    [1, REPLACE],
    [4, REPLACE],
    [0, ACTIVATE],
  ] as const) {
    download(image, 0);
    expect(commit(slot, action)).toBe(0x106);
  }
  for (const action of [4, 6, 7]) expect(commit(2, action)).toBe(0x02);
});

it('refuses a bad image, which leaves everything as it was', () => {
  const { firmware, download, commit, slots } = bench();
  expect(commit(2, REPLACE_AND_ACTIVATE)).toBe(0x107);
  expect(commit(2, ACTIVATE)).toBe(0x107);
  download(image.slice(4096), 4096);
  expect(commit(2, REPLACE_AND_ACTIVATE)).toBe(0x107);
  for (const at of [0, 4096]) download(image.slice(4096 - at, 8192 - at), at);
  download(image.slice(8192), 8192);
  expect(commit(2, REPLACE_AND_ACTIVATE)).toBe(0x107);
  firmware.reset();
  expect(slots()).toBe('1 0 1.0');
});

it('forgets what was downloaded at a reset', () => {
  const { firmware, download, commit } = bench();
  download(image.slice(0, 4096), 0);
  firmware.reset();
  expect(download(image, 0)).toBe(0);
  expect(commit(2, REPLACE)).toBe(0);
});

it('sees every changed byte of an image', () => {
  const small = firmwareImage({ revision: '1', bytes: 64 });
  for (let at = 0; at < small.length; at++) {
    const changed = small.slice();
    changed[at] = (changed[at]! + 1) % 256;
    // Bits of the dword of NEEDS_RESET that mean nothing are checked like all others.
    expect(isIntact(changed)).toBe(false);
  }
  expect(isIntact(small)).toBe(true);
  expect(isIntact(new Uint8Array(8))).toBe(false);
});
