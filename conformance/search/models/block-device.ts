/** Block storage: everything that its units hold can be explained by what was asked of them. */
import type { BlockDevice } from '../../../drivers-under-test/host/classes/block-device.ts';
import type { IOReturnName } from '../../../drivers-under-test/host/io-return.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import { ExpectationError, expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { ENDED } from '../../suites/block-device/attempts.ts';
import { ClientBuffers, type Layout } from '../../suites/block-device/client-buffers.ts';
import { Disk } from '../../suites/block-device/disk.ts';
import { AREA } from '../../suites/block-device/facts.ts';
import { verified } from '../../suites/block-device/workload.ts';
import { NVME_ANSWERS } from '../answers.ts';
import { pciFaultWords } from '../faults.ts';
import type { Play, SearchModel } from '../model.ts';
import type { Step, Value } from '../scenario.ts';
import { BLOCK_WORDS, WRONG_CALLS } from './block-words.ts';
import { Life } from './life.ts';
import { LIFE_START } from './life-words.ts';

/** CAP, CC, CSTS, and the doorbells' neighbourhood. */
const OFFSETS = [0x00, 0x04, 0x14, 0x1c, 0x1000];
/** Bulk transfers of each client have a place of their own. */
const BULK_LBA = 4096;
const BULK_BLOCKS = 1024;
const WORD = 4;
/** What a device says besides when it may say anything. */
const SAID: readonly IOReturnName[] = [...ENDED, 'kIOReturnNoSpace', 'kIOReturnNotReady'];
/** Faults that change data, or what the unit looks like. */
const DATA_LIES: ReadonlySet<string> = new Set([
  'stuck-bits',
  'false-read',
  'changed-buffer',
  'flipped-bit',
  'false-structure',
]);

export const blockDeviceModel: SearchModel = {
  name: 'BlockDevice',
  vocabulary: {
    steps: BLOCK_WORDS,
    faults: pciFaultWords({ accesses: 400, interrupts: 60, allocations: 60, offsets: OFFSETS }),
    answers: NVME_ANSWERS,
  },
  start: LIFE_START,
  sometimes: ['stop while busy', 'sleep while busy', 'crash while busy', 'removal while busy'],
  play: (scene, reach) => new BlockPlay(scene, reach),
};

class BlockPlay implements Play {
  readonly #scene: Scene;
  readonly #life: Life<BlockDevice>;
  /** What clients know of the first unit; undefined before it was looked at. */
  #disk: Disk | undefined;
  /** The disk is that of the driver that runs, and can be used. */
  #isReady = false;
  #wasCut = false;
  #isTrue = true;

  constructor(scene: Scene, reach: (state: string) => void) {
    this.#scene = scene;
    this.#life = new Life(scene, reach);
    this.#life.mayGiveUp = true;
    this.#life.troubleCodes = SAID;
    this.#life.afterStart = () => this.#look();
    this.#life.exercise = () => this.#exercise();
    this.#life.onPowerCut = () => void (this.#wasCut = true);
    this.#life.onChange = (state) => {
      if (state === 'off') this.#isReady = false;
    };
    const { journal } = scene.world;
    journal.observe(EventKind.Fault, (at) => {
      if (DATA_LIES.has(journal.textAt(at).split(':')[0] ?? '')) this.#believeNothing();
    });
  }

  begin(): Promise<void> {
    return this.#life.begin();
  }

  state(): string {
    return this.#life.describe();
  }

  async finish(): Promise<void> {
    const disk = this.#disk;
    if (!this.#life.inTrouble && this.#life.state === 'up' && disk !== undefined && this.#isReady) {
      await this.#life.call({ name: 'the last read', begin: () => this.#verify(disk) });
    }
    await this.#life.finish();
  }

  perform(step: Step): Promise<void> | void {
    const { word: name, with: values } = step;
    switch (name) {
      case 'read':
        return this.#onDisk(name, step, (disk, lba, blocks) =>
          disk.read(lba, blocks, layoutOf(values)),
        );
      case 'write':
        return this.#onDisk(name, step, (disk, lba, blocks) =>
          disk.write(lba, blocks, { fua: values['fua'] === true, layout: layoutOf(values) }),
        );
      case 'zeroes':
        if (this.#scene.driver.ics['writeZeroes'] !== true) return;
        return this.#onDisk(name, step, (disk, lba, blocks) => disk.writeZeroes({ lba, blocks }));
      case 'trim':
        if (this.#scene.driver.ics['trim'] !== true) return;
        return this.#onDisk(name, step, (disk, lba, blocks) => disk.trim([{ lba, blocks }]));
      case 'flush':
        return this.#onDisk(name, step, (disk) => disk.flush());
      case 'bulk':
        return this.#bulk(step);
      case 'geometry':
      case 'identity':
        return this.#local(name, (device) => device[name](Number(values['unit'])));
      case 'statistics':
        return this.#local(name, (device) => device.statistics());
      case 'next-event':
        return this.#local(name, (device) => device.nextEvent(Number(values['timeout'])));
      case 'format':
        return this.#format(Number(values['blockBytes']));
      case 'firmware':
        return this.#firmware(Number(values['words']));
      case 'wrong-call': {
        const begin = WRONG_CALLS[String(values['which'])] ?? (() => undefined);
        return this.#life.call({ name, begin, refusal: ['kIOReturnBadArgument'] });
      }
      default:
        return this.#life.perform(step);
    }
  }

  #local(name: string, begin: (device: BlockDevice) => unknown): Promise<void> | void {
    return this.#life.call({ name, begin, isLocal: true });
  }

  /** An operation that the history keeps; while nobody knows what is there, it goes elsewhere. */
  #onDisk(
    name: string,
    { with: values }: Step,
    begin: (disk: Disk, lba: number, blocks: number) => Promise<unknown>,
  ): Promise<void> | void {
    const disk = this.#disk;
    if (disk === undefined || (!this.#isReady && this.#life.state === 'up')) return;
    const at = Number(values['at'] ?? 0);
    const most = Math.min(AREA.blocks - at, disk.geometry.maxTransferBlocks);
    const blocks = Math.min(Number(values['blocks'] ?? 1), most);
    return this.#life.call({ name, begin: () => begin(disk, AREA.lba + at, blocks) });
  }

  /** Writes much and reads it back, where nobody else does. */
  #bulk({ client, with: values }: Step): Promise<void> | void {
    const geometry = this.#disk?.geometry;
    if (geometry === undefined) return;
    const { blockBytes, maxTransferBlocks } = geometry;
    const blocks = Math.min(Number(values['blocks']), maxTransferBlocks, BULK_BLOCKS);
    const lba = BULK_LBA + client * BULK_BLOCKS;
    const bytes = new Uint8Array(blocks * blockBytes).map((_, index) => (index * 7 + blocks) % 251);
    return this.#life.call({
      name: 'bulk',
      begin: async (device) => {
        const out = new ClientBuffers(this.#scene, 'write', bytes.length, layoutOf(values));
        const back = new ClientBuffers(this.#scene, 'read', bytes.length, layoutOf(values));
        try {
          out.set(bytes);
          await device.write(0, lba, out.segments);
          await device.read(0, lba, back.segments);
          return back.get();
        } finally {
          out.giveBack();
          back.giveBack();
        }
      },
      check: (seen) => {
        const isSame = seen.every((byte, index) => byte === bytes[index]);
        expect.that(isSame, 'what a bulk read brings', 'what was written', 'something else');
      },
    });
  }

  /** Of the second unit: the first one is looked at all the time. */
  #format(blockBytes: number): Promise<void> | void {
    const isPossible = blockBytes === 512 || blockBytes === 4096;
    if (this.#scene.driver.ics['format'] !== true) return;
    return this.#life.call({
      name: 'format',
      begin: (device) => device.format(1, blockBytes),
      refusal: isPossible ? undefined : ['kIOReturnUnsupported'],
    });
  }

  #firmware(words: number): Promise<void> | void {
    if (this.#scene.driver.ics['firmware'] !== true) return;
    return this.#life.call({
      name: 'updateFirmware',
      begin: (device) => device.updateFirmware(new Uint8Array(words * WORD)),
      mayFail: () => ['kIOReturnBadMedia'],
    });
  }

  /** What is on the first unit, for the driver that has just started. */
  async #look(): Promise<void> {
    const before = this.#disk;
    const disk = await (before?.reopened() ?? Disk.open(this.#scene, { repeats: true }));
    if (before === undefined || !this.#isTrue) await disk.survey(AREA);
    else if (this.#wasCut) await this.#unlessLied(disk.verifySurvival(before, AREA));
    else await this.#unlessLied(disk.verifyContinuation(before, AREA));
    // What is there from here on lasts: the history that begins now knows no writes for it.
    await disk.device.flush(0);
    this.#disk = disk;
    this.#wasCut = false;
    this.#isReady = true;
  }

  /** Everything that was read can be explained. */
  async #verify(disk: Disk): Promise<void> {
    if (this.#isTrue) await this.#unlessLied(verified(disk, AREA));
  }

  async #unlessLied(judgement: Promise<void>): Promise<void> {
    try {
      await judgement;
    } catch (error) {
      if (this.#isTrue || !(error instanceof ExpectationError)) throw error;
    }
  }

  /** A fault changed data, or what the unit says of itself. */
  #believeNothing(): void {
    this.#isTrue = false;
    this.#life.troubleCodes = undefined;
  }

  async #exercise(): Promise<void> {
    if (this.#disk === undefined || !this.#isReady) await this.#look();
    else await this.#verify(this.#disk);
    await this.#scene.simpleIO();
  }
}

function layoutOf(values: Readonly<Record<string, Value>>): Layout {
  const cut = Number(values['cut']);
  return { offset: Number(values['word']) * WORD, cuts: cut === 0 ? [] : [cut] };
}
