import { describe, expect, it } from 'vitest';
import { IOBufferMemoryDescriptor } from './io-buffer-memory-descriptor.ts';
import { IOService } from './io-service.ts';
import {
  type IOUserClientMethodArguments,
  type IOUserClientMethodDispatch,
  IOUserClient,
  kIOUserClientVariableStructureSize as ANY,
} from './io-user-client.ts';
import { OSAction } from './os-action.ts';
import { brokenRules, manifestOf, testHost } from './test-host.ts';

const ALLOW = { 'com.apple.developer.driverkit.driver-access': true };

const TABLE: IOUserClientMethodDispatch[] = [
  {
    function: (args) => {
      args.scalarOutput = [(args.scalarInput?.[0] ?? 0) + 1];
    },
    checkCompletionExists: false,
    checkScalarInputCount: 1,
    checkStructureInputSize: 4,
    checkScalarOutputCount: 1,
    checkStructureOutputSize: 8,
  },
  {
    checkScalarInputCount: ANY,
    checkStructureInputSize: ANY,
    checkScalarOutputCount: ANY,
    checkStructureOutputSize: ANY,
  },
  {
    function: (args) => {
      args.scalarOutput = [1, 2];
      args.structureOutput = new Uint8Array(3);
    },
    checkScalarInputCount: 0,
    checkStructureInputSize: 0,
    checkScalarOutputCount: ANY,
    checkStructureOutputSize: ANY,
  },
  {
    function: (args, reference) => {
      (reference as Client).AsyncCompletion(args.completion!, 0, [7]);
    },
    checkCompletionExists: true,
    checkScalarInputCount: 0,
    checkStructureInputSize: 0,
    checkScalarOutputCount: 0,
    checkStructureOutputSize: 0,
  },
];

class Client extends IOUserClient {
  override ExternalMethod(selector: number, args: IOUserClientMethodArguments) {
    return super.ExternalMethod(selector, args, TABLE[selector], this);
  }
}

class Driver extends IOService {
  override NewUserClient(): Promise<IOService> {
    return this.Create(this, 'UserClientProperties');
  }
}

const personality = {
  ...manifestOf().personalities['card'],
  UserClientProperties: { IOClass: 'IOUserUserClient', IOUserClass: 'Client', IOUserMark: 3 },
};

async function opened(overrides: Record<string, unknown> = {}) {
  const bench = testHost({
    manifest: {
      service: Driver,
      classes: { Client },
      personalities: { card: { ...personality, ...overrides } },
    },
  });
  const service = await bench.run(() => bench.host.start(bench.provider));
  return { ...bench, service };
}

/** Arguments that pass all checks of method 0. */
const GOOD = {
  scalarInput: [41],
  structureInput: new Uint8Array(4),
  scalarOutputCount: 1,
  structureOutputMaximumSize: 8,
};

describe('IOUserClient', () => {
  it('is made from a property, started, and stopped before its service', async () => {
    const { host, service, run } = await opened();
    const client = await run(() => host.openUserClient(service, 0, ALLOW));
    expect(client).toBeInstanceOf(Client);
    expect(client.state).toBe('started');
    expect(client.GetProvider()).toBe(service);
    expect(client.SearchProperty('IOUserMark')).toBe(3);
    expect(client.CopyClientEntitlements()).toEqual(ALLOW);
    await run(() => host.stop(service));
    expect(client.state).toBe('stopped');
    expect(host.violations).toEqual([]);
  });

  it('is refused, and taken down, when nothing entitles the application', async () => {
    const { host, service, run } = await opened();
    await expect(run(() => host.openUserClient(service))).rejects.toThrow('kIOReturnNotPermitted');
    await run(() => host.stop(service));
    expect(host.violations).toEqual([]);
  });

  it.each([
    [{ UserClientProperties: undefined }, 'kIOReturnBadArgument'],
    [{ UserClientProperties: { IOUserClass: 'Nobody' } }, 'kIOReturnBadArgument'],
    [{ UserClientProperties: { IOUserClass: 'constructor' } }, 'kIOReturnBadArgument'],
  ])('cannot be made from %j', async (overrides, code) => {
    const { host, service, run } = await opened(overrides);
    await expect(run(() => host.openUserClient(service, 0, ALLOW))).rejects.toThrow(code);
  });

  it('calls the function when all checks pass', async () => {
    const { host, service, run } = await opened();
    const client = await run(() => host.openUserClient(service, 0, ALLOW));
    const args: IOUserClientMethodArguments = { ...GOOD };
    await client.ExternalMethod(0, args);
    expect(args.scalarOutput).toEqual([42]);
    expect(host.violations).toEqual([]);
  });

  it('checks before the function', async () => {
    const { host, service, provider, run } = await opened();
    const client = await run(() => host.openUserClient(service, 0, ALLOW));
    const memory = IOBufferMemoryDescriptor.Create(provider, 1, 5);
    const completion = OSAction.Create<[number, readonly number[]]>({
      target: service,
      method: () => {},
    });
    const wrong: Partial<IOUserClientMethodArguments>[] = [
      { scalarInput: [] },
      { scalarInput: [1, 2] },
      { structureInput: new Uint8Array(5) },
      { scalarOutputCount: 2 },
      { structureOutputMaximumSize: 7 },
      { completion },
      { scalarInput: Array.from({ length: 17 }, () => 0) },
      { scalarOutputCount: 17 },
      { structureInputDescriptor: memory },
      { structureInput: new Uint8Array(4097) },
    ];
    for (const each of wrong) {
      const args = { ...GOOD, ...each };
      expect(() => client.ExternalMethod(0, args)).toThrow('kIOReturnBadArgument');
      expect(args).not.toHaveProperty('scalarOutput');
    }
    const { structureInput: _, ...rest } = GOOD;
    expect(() => client.ExternalMethod(0, { ...rest, structureInputDescriptor: memory })).toThrow(
      '4 bytes in are required, 5 were given',
    );
    expect(() => client.ExternalMethod(3, {})).toThrow('a completion is required');
  });

  it('leaves to the caller what has no function', async () => {
    const { host, service, run } = await opened();
    const client = await run(() => host.openUserClient(service, 0, ALLOW));
    expect(() => client.ExternalMethod(1, GOOD)).toThrow('kIOReturnNoCompletion');
  });

  it.each([4, 5, 2 ** 32 - 1, 2 ** 64, -1, 0.5])('has no selector %d', async (selector) => {
    const { host, service, run } = await opened();
    const client = await run(() => host.openUserClient(service, 0, ALLOW));
    expect(() => client.ExternalMethod(selector, {})).toThrow('kIOReturnUnsupported');
  });

  it('may not answer with more than was asked for', async () => {
    const { host, service, provider, run } = await opened();
    const client = await run(() => host.openUserClient(service, 0, ALLOW));
    await client.ExternalMethod(2, { scalarOutputCount: 2, structureOutputMaximumSize: 3 });
    expect(host.violations).toEqual([]);
    await client.ExternalMethod(2, { scalarOutputCount: 1, structureOutputMaximumSize: 3 });
    await client.ExternalMethod(2, { scalarOutputCount: 2, structureOutputMaximumSize: 2 });
    const memory = IOBufferMemoryDescriptor.Create(provider, 1, 8);
    await client.ExternalMethod(2, { scalarOutputCount: 2, structureOutputDescriptor: memory });
    const rule = 'HOST-USER-CLIENT';
    expect(brokenRules(host)).toEqual([rule, rule, rule]);
  });

  it('completes asynchronous calls on the queue of the action', async () => {
    const { host, service, run } = await opened();
    const client = await run(() => host.openUserClient(service, 0, ALLOW));
    const seen: unknown[] = [];
    const completion = OSAction.Create<[number, readonly number[]]>({
      target: service,
      method: (status, args) => {
        seen.push(status, args);
      },
    });
    await run(async () => {
      await client.ExternalMethod(3, { completion });
      expect(seen).toEqual([]);
      await host.sleep(1);
    });
    expect(seen).toEqual([0, [7]]);
    const many = Array.from({ length: 17 }, () => 0);
    expect(() => client.AsyncCompletion(completion, 0, many)).toThrow('kIOReturnBadArgument');
  });
});
