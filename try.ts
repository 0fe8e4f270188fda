import { builtIn } from '/work/wt/driver/conformance/cli/catalog.ts';
import { Scene } from '/work/wt/driver/conformance/scene.ts';
import driver from '/work/wt/driver/drivers-under-test/samples/nvme/driver.ts';
import { IOBufferMemoryDescriptor } from '/work/wt/driver/drivers-under-test/host/io-buffer-memory-descriptor.ts';
import { DEFAULT_LIMITS } from '/work/wt/driver/sim/kernel/world.ts';
import { EVENT_KINDS, EventKind } from '/work/wt/driver/sim/kernel/journal.ts';
const name = process.argv[2] ?? 'qemu:nvme';
const target = await builtIn.targets[name]!.make({ onChild() {} } as any);
const settle = () => new Promise<void>((r) => setImmediate(r));
const scene = new Scene({
  target,
  driver,
  seed: 1,
  rules: builtIn.rules,
  exercises: {},
  settle,
} as any);
const end = await scene.world.run(async () => {
  const d = await scene.start<any>();
  console.log('units', await d.units());
  for (let u = 0; u < (await d.units()); u++) console.log(await d.geometry(u), await d.identity(u));
  const owner = (scene as any).clientMemory ?? (scene as any).memoryOwner ?? scene.service;
  const out = IOBufferMemoryDescriptor.Create(owner, 3, 65536);
  const back = IOBufferMemoryDescriptor.Create(owner, 3, 65536);
  const data = new Uint8Array(65536).map((_, i) => (i * 7 + (i >> 8)) & 255);
  out.CreateMapping().write(0, data);
  for (const unit of [0, 1]) {
    await d.write(
      unit,
      8,
      [
        { buffer: out, offset: 0, length: 32768 },
        { buffer: out, offset: 32772, length: 4096 * 2 - 4 },
        { buffer: out, offset: 44000, length: 4 },
      ],
      { fua: true },
    );
    await d.flush(unit);
    await d.read(unit, 8, [{ buffer: back, offset: 100, length: 40960 }]);
    const got = back.CreateMapping().read(100, 40960);
    const want = new Uint8Array(40960);
    want.set(data.subarray(0, 32768));
    want.set(data.subarray(32772, 32772 + 8188), 32768);
    want.set(data.subarray(44000, 44004), 40956);
    console.log(
      'equal',
      got.every((b, i) => b === want[i]),
    );
  }
  await d.trim(0, [
    { lba: 0, blocks: 8 },
    { lba: 100, blocks: 8 },
  ]);
  await d.writeZeroes(0, { lba: 8, blocks: 16 });
  await d.read(0, 8, [{ buffer: back, offset: 0, length: 8192 }]);
  console.log(
    'zero',
    back
      .CreateMapping()
      .read(0, 8192)
      .every((b) => b === 0),
  );
  await Promise.all(
    Array.from({ length: 300 }, (_, i) =>
      d.read(1, i, [{ buffer: back, offset: 0, length: 4096 }]),
    ),
  );
  console.log(await d.statistics());
  await d.format(0, 512);
  console.log('formatted');
  await scene.power(0);
  console.log('asleep');
  await scene.power(2);
  await d.read(1, 5, [{ buffer: back, offset: 0, length: 4096 }]);
  console.log(await d.nextEvent(1000), await d.statistics());
  out.release();
  back.release();
  await scene.stop();
}, DEFAULT_LIMITS);
console.log(end, 'time', scene.world.now, 'events', scene.world.journal.count);
console.log(scene.host.violations, (scene.rules as any).violations ?? '');
console.log(scene.host.unhandledErrors);
if (process.argv[3]) {
  const j = scene.world.journal;
  for (let i = Math.max(0, j.count - Number(process.argv[3])); i < j.count; i++) {
    const at = j.place(i)!;
    const k = EVENT_KINDS.find((n) => EventKind[n] === j.kindAt(at));
    console.log(
      i,
      j.timeAt(at),
      k,
      j.spaceAt(at),
      j.addressAt(at).toString(16),
      ['Lifecycle', 'Operation', 'Violation', 'Fault', 'Gap'].includes(k!)
        ? j.textAt(at)
        : j.valueAt(at).toString(16),
    );
  }
}
target.close();
