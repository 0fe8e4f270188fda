import { expect, it } from 'vitest';
import { PciPort } from '../../../sim/buses/pci/port.ts';
import { lineFormat } from '../../../sim/buses/uart/format.ts';
import { World } from '../../../sim/kernel/world.ts';
import { pciSerialMachine } from '../../../sim/machines/pci-serial.ts';
import type { SerialPort, SerialSettings } from '../../host/classes/serial-port.ts';
import { Host } from '../../host/host.ts';
import { IOPCIDevice } from '../../host/io-pci-device.ts';
import driver, { Uart16550Driver } from './driver.ts';

const SETTINGS: SerialSettings = {
  baud: 9600,
  dataBits: 8,
  parity: 'none',
  stopBits: 1,
  flowControl: 'none',
};
const SECOND = 1e9;
const CHARACTER_NS = SECOND / 960;
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function bench() {
  const world = new World({ seed: 1, settle });
  const machine = pciSerialMachine(world);
  machine.peer.format = lineFormat(9600);
  const host = new Host(world, driver, machine.function.memory);
  const provider = new IOPCIDevice(host, new PciPort(world, machine.function));
  return { world, machine, peer: machine.peer, host, provider };
}
type Bench = ReturnType<typeof bench>;

/** Starts the driver, plays, stops it; nothing may be left. */
async function play(
  scene: (driver: SerialPort, bench: Bench) => Promise<void>,
  settings: SerialSettings | null = SETTINGS,
): Promise<Bench> {
  const it = bench();
  const end = await it.world.run(async () => {
    const service = (await it.host.start(it.provider)) as Uart16550Driver;
    const client: SerialPort = new Proxy(service, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        return (...args: unknown[]) =>
          it.host.call(service, String(name), () => method.apply(target, args));
      },
    });
    if (settings !== null) await client.open(settings);
    await scene(client, it);
    await it.host.stop(service);
  });
  if (end.end === 'threw') throw end.error;
  expect(end.end).toBe('returned');
  expect(it.host.violations).toEqual([]);
  expect(it.host.unhandledErrors).toEqual([]);
  expect(it.host.outstanding()).toEqual([]);
  expect(it.peer.modemLines()).toEqual({ DTR: false, RTS: false });
  return it;
}

const bytes = (length: number, from = 0) =>
  Uint8Array.from({ length }, (_, index) => (from + index) % 256);

it('sends what is written, in order', async () => {
  await play(async (port, { peer }) => {
    const data = bytes(100);
    expect(await port.write(data, SECOND)).toBe(100);
    await port.drain(SECOND);
    expect(peer.received()).toEqual(data);
  });
});

it('receives what is sent, whatever the lengths', async () => {
  await play(async (port, { peer }) => {
    const data = bytes(300);
    peer.send(data);
    expect(await port.read(250, SECOND)).toEqual(data.subarray(0, 250));
    expect(await port.read(100, SECOND)).toEqual(data.subarray(250));
    expect(await port.statistics()).toMatchObject({ received: 300, overruns: 0 });
  });
});

it('interrupts once for a whole FIFO', async () => {
  await play(async (port) => {
    await port.write(bytes(160), SECOND);
    await port.drain(SECOND);
    expect((await port.statistics()).interrupts).toBeLessThanOrEqual(14);
  });
});

it('ends a read at its timeout with what is there', async () => {
  await play(async (port, { peer, world }) => {
    peer.send([1, 2, 3]);
    const before = world.now;
    expect(await port.read(4, 0.1 * SECOND)).toEqual(bytes(3, 1));
    expect(world.now - before).toBeCloseTo(0.1 * SECOND, -5);
  });
});

it('reports breaks and errors, and passes no bad character on', async () => {
  await play(
    async (port, { peer }) => {
      peer.format = lineFormat(9600, 8, 'even');
      peer.send([1, 2, 3], { errors: { 0: { parity: true }, 1: { framing: true } } });
      expect(await port.read(3, 0.1 * SECOND)).toEqual(Uint8Array.of(3));
      peer.sendBreak(5 * CHARACTER_NS);
      expect(await port.read(1, 0.1 * SECOND)).toEqual(new Uint8Array(0));
      const events = [];
      for (let event; (event = await port.nextEvent(0)) !== undefined;) events.push(event);
      expect(events).toEqual([
        { kind: 'error', error: 'parity' },
        { kind: 'error', error: 'framing' },
        { kind: 'break' },
      ]);
    },
    { ...SETTINGS, parity: 'even' },
  );
});

it('sends a break after what was written', async () => {
  await play(async (port, { peer }) => {
    await port.write(bytes(20), SECOND);
    await port.sendBreak(10 * CHARACTER_NS);
    await port.write(Uint8Array.of(0x55), SECOND);
    await port.drain(SECOND);
    expect(peer.heard.map((one) => (one.break ? 'break' : one.data))).toEqual([
      ...bytes(20),
      'break',
      0x55,
    ]);
  });
});

it('waits for CTS, and lowers RTS before its buffer is full', async () => {
  await play(
    async (port, { peer, world }) => {
      expect(await port.write(bytes(4), 0.1 * SECOND)).toBe(0);
      peer.setModemLines({ CTS: true });
      expect(await port.write(bytes(4), SECOND)).toBe(4);
      peer.flowControl = 'rts-cts';
      peer.send(bytes(6000));
      await sleep(world, 7 * SECOND);
      expect(peer.waiting).toBeGreaterThan(2000);
      const got: number[] = [];
      for (let rounds = 0; got.length < 6000 && rounds < 60; rounds++) {
        got.push(...(await port.read(500, SECOND)));
      }
      expect(Uint8Array.from(got)).toEqual(bytes(6000));
      expect((await port.statistics()).overflows).toBe(0);
    },
    { ...SETTINGS, flowControl: 'rts-cts' },
  );
});

it('obeys XOFF and XON, and sends them', async () => {
  await play(
    async (port, { peer, world }) => {
      peer.send([0x13]);
      await sleep(world, 3 * CHARACTER_NS);
      expect(await port.write(bytes(4), 0.1 * SECOND)).toBe(0);
      peer.send([0x11]);
      expect(await port.write(bytes(4), SECOND)).toBe(4);
      await port.drain(SECOND);
      peer.flowControl = 'xon-xoff';
      peer.send(Uint8Array.from({ length: 5000 }, (_, index) => 0x20 + (index % 64)));
      await sleep(world, 6 * SECOND);
      expect(peer.waiting).toBeGreaterThan(1000);
      let count = 0;
      for (let rounds = 0; count < 5000 && rounds < 60; rounds++) {
        count += (await port.read(500, SECOND)).length;
      }
      expect(count).toBe(5000);
      expect((await port.statistics()).overflows).toBe(0);
    },
    { ...SETTINGS, flowControl: 'xon-xoff' },
  );
});

it('reports modem lines and drives them', async () => {
  await play(async (port, { peer }) => {
    expect(peer.modemLines()).toEqual({ DTR: true, RTS: true });
    await port.setModemLines({ rts: false });
    expect(peer.modemLines()).toEqual({ DTR: true, RTS: false });
    peer.setModemLines({ DCD: true });
    expect(await port.nextEvent(SECOND)).toEqual({ kind: 'modem', changed: ['dcd'] });
    expect(await port.modemStatus()).toEqual({ cts: false, dsr: false, ri: false, dcd: true });
  });
});

it('refuses what it cannot do without touching the device', async () => {
  await play(async (port, { world }) => {
    const calls = [
      () => port.open(SETTINGS),
      () => port.configure({ ...SETTINGS, baud: 100_000 }),
      () => port.configure({ ...SETTINGS, baud: 0 }),
      () => port.configure({ ...SETTINGS, baud: Number.NaN }),
      () => port.configure({ ...SETTINGS, dataBits: 5, stopBits: 2 }),
      () => port.configure({ ...SETTINGS, dataBits: 9 as 8 }),
      () => port.configure({ ...SETTINGS, parity: 'green' as 'odd' }),
      () => port.read(-1, 0),
      () => port.read(1, -1),
      () => port.write('text' as unknown as Uint8Array, 0),
      () => port.flush('everything' as 'both'),
    ];
    for (const call of calls) {
      const before = world.now;
      await expect((async () => call())()).rejects.toThrow(/kIOReturn(Bad|Exclusive)/);
      expect(world.now).toBe(before);
    }
  });
});

it('ends calls in progress when it is closed, and opens again', async () => {
  await play(async (port) => {
    const reading = Promise.allSettled([port.read(1, SECOND)]);
    await port.close();
    const [{ status, ...rest }] = await reading;
    expect(status).toBe('rejected');
    expect(String((rest as { reason: unknown }).reason)).toContain('kIOReturnAborted');
    await expect(Promise.resolve().then(() => port.read(1, 0))).rejects.toThrow('NotOpen');
    await port.open(SETTINGS);
    expect(await port.write(bytes(3), SECOND)).toBe(3);
  });
});

it('notices that the device was pulled out, and ends every call', async () => {
  const it = bench();
  const seen: string[] = [];
  await it.world.run(async () => {
    const service = (await it.host.start(it.provider)) as Uart16550Driver;
    await it.host.call(service, 'open', () => service.open(SETTINGS));
    const calls = [
      async () => void (await service.write(bytes(200), 5 * SECOND)),
      async () => void (await service.read(1, 5 * SECOND)),
      () => service.drain(5 * SECOND),
    ].map(async (call) => it.host.call(service, 'call', call));
    await sleep(it.world, 3 * CHARACTER_NS);
    it.machine.remove();
    for (const result of await Promise.allSettled(calls)) {
      seen.push(result.status === 'rejected' ? String(result.reason) : 'fulfilled');
    }
    await sleep(it.world, SECOND);
  });
  expect(seen.map((text) => /kIOReturn\w+/.exec(text)?.[0])).toEqual(
    Array.from({ length: 3 }, () => 'kIOReturnOffline'),
  );
  expect(it.host.outstanding()).toEqual([]);
  expect(it.host.violations).toEqual([]);
});

function sleep(world: World, ns: number): Promise<void> {
  return new Promise((resolve) => {
    world.after(ns, () => {
      world.unsettled = true;
      resolve();
    });
  });
}
