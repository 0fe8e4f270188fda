/**
 * QEMU's virtual time: it stands still but for pass(). Read from the HPET (IA-PC HPET
 * Specification 1.0a: general configuration at 0x10, main counter at 0xf0), which counts 10 ns.
 *
 * Not modelled: steps to the nanosecond. One pass takes at least a third of a millisecond of
 * wall time, and virtual time follows it.
 */
import type { Qemu } from './qemu.ts';
import { sleepMs } from './sleep.ts';

const HPET = 0xfed0_0000;
const NS_PER_TICK = 10;
const NS_PER_MS = 1e6;
const STEP_MS = 0.2;
/** No single pass is longer, in wall time. */
const PASS_MAX_NS = 10e9;

export class QemuClock {
  readonly #qemu: Qemu;

  constructor(qemu: Qemu) {
    this.#qemu = qemu;
    qemu.qtest.write(HPET + 0x10, 4, 1);
  }

  /** Virtual nanoseconds since QEMU started. */
  now(): number {
    const { low, high } = this.#qemu.qtest.readQuad(HPET + 0xf0);
    return (high * 2 ** 32 + low) * NS_PER_TICK;
  }

  /**
   * Lets time pass: at least `ns`, or less where `until` says that something has happened.
   * `until` is asked several times a millisecond, while QEMU runs, and may access the device.
   * @returns nanoseconds of virtual time that really passed
   * @throws RangeError when `ns` is not 0 .. PASS_MAX_NS; QemuDied
   */
  pass(ns: number, until: () => boolean = () => false): number {
    if (!(ns >= 0 && ns <= PASS_MAX_NS)) throw new RangeError(`${ns} ns cannot pass at once`);
    const from = this.now();
    this.#qemu.qmp.cont();
    try {
      // Wall time may run ahead of the clock that QEMU has just started: ask that one.
      for (let left = ns; left > 0 && !until(); left = from + ns - this.now()) {
        sleepMs(Math.min(left / NS_PER_MS, STEP_MS));
      }
    } finally {
      this.#qemu.qmp.stop();
    }
    return this.now() - from;
  }
}
