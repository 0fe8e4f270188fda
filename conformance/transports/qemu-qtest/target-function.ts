/**
 * QEMU's function as a target gives it: register coverage is counted from the accesses, a hot
 * reset is a new device in the slot, and QEMU's death becomes a target that is unavailable.
 */
import type {
  BarInfo,
  DmaMemory,
  InterruptListener,
  PciFunction,
  ResetKind,
} from '../../../sim/buses/pci/function.ts';
import { InterruptKind } from '../../../sim/buses/pci/interrupt-kind.ts';
import { EventKind, type Journal } from '../../../sim/kernel/journal.ts';
import type { RegisterMirror } from '../../../sim/registers/mirror.ts';
import { TargetUnavailable } from '../../target.ts';
import type { DeviceFacts } from './device-facts.ts';
import type { QemuScene } from './machine.ts';
import { QemuDied } from './qemu.ts';

type Size = 1 | 2 | 4;

export interface TargetFunctionOptions {
  readonly mirrors: ReadonlyMap<number, RegisterMirror>;
  readonly journal: Journal;
  readonly hotReset: DeviceFacts['hotReset'];
}

export class TargetFunction implements PciFunction {
  readonly bars: readonly (BarInfo | undefined)[];
  readonly memory: DmaMemory;
  /** Set once QEMU has died in this scene. */
  lost: TargetUnavailable | undefined;
  readonly #scene: QemuScene;
  readonly #mirrors: ReadonlyMap<number, RegisterMirror>;
  readonly #journal: Journal;
  readonly #hotReset: DeviceFacts['hotReset'];
  #last = 'no access';

  constructor(scene: QemuScene, { mirrors, journal, hotReset }: TargetFunctionOptions) {
    this.#scene = scene;
    this.#journal = journal;
    this.#mirrors = mirrors;
    this.#hotReset = hotReset;
    this.bars = scene.function.bars;
    scene.function.memory.journal = journal;
    this.memory = scene.function.memory;
  }

  get high(): number {
    return this.#scene.function.high;
  }

  configRead(offset: number, size: Size): number {
    return this.guard(() => this.#scene.function.configRead(offset, size));
  }

  configWrite(offset: number, size: Size, value: number): void {
    this.#last = `config+0x${offset.toString(16)} <- 0x${value.toString(16)}`;
    this.guard(() => this.#scene.function.configWrite(offset, size, value));
  }

  read(bar: number, offset: number, size: Size | 8): number {
    return this.guard(() => {
      const value = this.#scene.function.read(bar, offset, size);
      const high = size === 8 ? this.high : 0;
      this.#mirrors.get(bar)?.read(offset, size, value, high);
      return value;
    });
  }

  write(bar: number, offset: number, size: Size | 8, value: number, high = 0): void {
    this.#last = `BAR${bar}+0x${offset.toString(16)} <- 0x${value.toString(16)}`;
    this.guard(() => {
      this.#scene.function.write(bar, offset, size, value, high);
      this.#mirrors.get(bar)?.write(offset, size, value, high);
    });
  }

  reset(kind: ResetKind): boolean {
    if (kind === 'hot' && this.#hotReset === 'replaced') return this.cyclePower();
    return this.guard(() => {
      if (!this.#scene.function.reset(kind)) return false;
      this.#wasReset(kind);
      return true;
    });
  }

  /** Another device in the slot, with the media of the one before. */
  cyclePower(): boolean {
    return this.guard(() => {
      this.#wasReset('power');
      return this.#scene.replace();
    });
  }

  #wasReset(domain: ResetKind | 'power'): void {
    for (const mirror of this.#mirrors.values()) mirror.forget();
    this.#journal.note(EventKind.Reset, domain);
  }

  listen(listener: InterruptListener): void {
    const journal = this.#journal;
    this.#scene.function.listen({
      level: (asserted) => {
        journal.record(EventKind.Interrupt, InterruptKind.Level, 0, asserted ? 1 : 0);
        listener.level(asserted);
      },
      message: (vector) => {
        journal.record(EventKind.Interrupt, InterruptKind.Message, vector, 1);
        listener.message(vector);
      },
    });
  }

  route(mechanism: 'none' | 'msi' | 'msix', vectors: number): boolean {
    return this.guard(() => this.#scene.function.route(mechanism, vectors));
  }

  remove(): void {
    this.#journal.note(EventKind.Removed, 'removed');
    this.guard(() => this.#scene.function.remove());
  }

  /** @throws TargetUnavailable from QEMU's death on, whatever the driver does with it */
  guard<T>(action: () => T): T {
    if (this.lost !== undefined) throw this.lost;
    try {
      return action();
    } catch (error) {
      if (!(error instanceof QemuDied)) throw error;
      const message = `${error.message} (the last write was ${this.#last}).`;
      this.lost = new TargetUnavailable(message, { cause: error });
      throw this.lost;
    }
  }
}
