import { describe, expect, it } from 'vitest';
import type { FlashDevice } from '../drivers-under-test/host/classes/flash-device.ts';
import flashrom from '../drivers-under-test/third-party/flashrom/driver.ts';
import { builtIn } from './cli/catalog.ts';
import { programMissing } from './program.ts';
import { Scene } from './scene.ts';

const missing = programMissing(flashrom);
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

async function play(check: (scene: Scene) => Promise<void>): Promise<string> {
  const target = await builtIn.targets['sim:w25q16']?.make({ onChild: () => {} });
  if (target === undefined) throw new Error('There is no sim:w25q16.');
  const { exercises } = builtIn;
  const scene = new Scene({ target, driver: flashrom, seed: 1, rules: [], exercises, settle });
  try {
    const end = await scene.world.run(() => check(scene));
    if (end.end === 'threw') throw end.error;
    expect(end).toEqual({ end: 'returned', value: undefined });
    return scene.world.journal.hash();
  } finally {
    await scene.close();
  }
}

const bytes = Uint8Array.from({ length: 700 }, (_, index) => index % 251);

describe.skipIf(missing)(`flashrom (${missing ?? 'is installed'})`, () => {
  it('finds, erases, writes, verifies and reads the flash, the same way each time', async () => {
    const work = async (scene: Scene) => {
      const flash = await scene.start<FlashDevice>();
      expect(await flash.facts()).toMatchObject({ id: [0xef, 0x40, 0x15], bytes: 2 ** 21 });
      await flash.erase(0, 8192);
      await flash.program(4000, bytes);
      expect(await flash.read(4000, 700)).toEqual(bytes);
      expect(await flash.read(4700, 2)).toEqual(Uint8Array.of(0xff, 0xff));
    };
    expect(await play(work)).toBe(await play(work));
  });

  it('tells that it could not write, when the wires spoil what it reads back', async () => {
    await play(async (scene) => {
      scene.inject({ kind: 'floating-data', at: 2000, bytes: 1_000_000, value: 0 });
      const flash = await scene.start<FlashDevice>();
      await expect(flash.program(0, bytes)).rejects.toThrow('kIOReturn');
      expect(scene.struck).toBe(true);
    });
  });

  it('works after it was killed in the middle of an erase', async () => {
    await play(async (scene) => {
      const flash = await scene.start<FlashDevice>();
      const lost = flash.eraseAll().catch((error: unknown) => String(error));
      await scene.pass(150_000_000);
      scene.crash();
      expect(await lost).toContain('kIOReturnOffline');
      await scene.pass(10e9);
      const again = await scene.start<FlashDevice>();
      await again.program(0, bytes);
      expect(await again.read(0, 700)).toEqual(bytes);
    });
  });

  it('is alone with its programmer, and has neither Stop nor sleep', async () => {
    await play(async (scene) => {
      const flash = await scene.start<FlashDevice>();
      const first = flash.read(0, 4);
      await expect(flash.read(0, 4)).rejects.toThrow('One flashrom at a time');
      await first;
      await expect(scene.stop()).rejects.toThrow('flashrom is a program');
      await expect(scene.power(0)).rejects.toThrow('flashrom is a program');
      await expect(flash.statistics()).rejects.toThrow('counts nothing');
    });
  });
});
