import { describe, expect, it } from 'vitest';
import { defineDriver, type DriverManifest, manifestProblem } from './manifest.ts';
import { defineProcessDriver, type ProcessManifest } from './process-manifest.ts';
import { manifestOf } from './test-host.ts';

describe('manifest', () => {
  it('comes back as it is when there is nothing to mend', () => {
    const manifest = manifestOf();
    expect(defineDriver(manifest)).toBe(manifest);
  });

  it.each([
    [{ id: '' }, '"id"'],
    [{ version: 1 }, '"version"'],
    [{ class: undefined }, '"class"'],
    [{ personalities: null }, '"personalities"'],
    [{ personalities: {} }, 'no personality'],
    [{ personalities: { card: 'IOPCIDevice' } }, '"card"'],
    [{ entitlements: undefined }, '"entitlements"'],
    [{ ics: 1 }, '"ics"'],
    [{ service: {} }, '"service"'],
  ])('%j is refused by name', (broken, named) => {
    const manifest = { ...manifestOf(), ...broken } as unknown as DriverManifest;
    expect(manifestProblem(manifest)).toContain(named);
    expect(() => defineDriver(manifest)).toThrow(TypeError);
  });

  it.each([undefined, null, 'driver', 5])('%j is no manifest', (value) => {
    expect(manifestProblem(value)).toContain('defineDriver');
  });
});

describe('manifest of a program', () => {
  const manifest: ProcessManifest = {
    id: 'tool',
    version: '1',
    class: 'FlashDevice',
    ics: {},
    command: { program: 'tool', package: 'tool' },
    lacks: {},
    runsMax: 1,
    port: () => Promise.reject(new Error('not opened')),
    adapter: () => ({ start: () => Promise.resolve() }),
  };

  it('comes back as it is when there is nothing to mend', () => {
    expect(defineProcessDriver(manifest)).toBe(manifest);
    expect(manifestProblem(manifest)).toBeUndefined();
  });

  it.each([
    [{ id: '' }, '"id"'],
    [{ command: { program: 'tool' } }, '"command"'],
    [{ port: undefined }, '"port"'],
    [{ adapter: {} }, '"adapter"'],
    [{ ics: null }, '"ics"'],
    [{ lacks: 1 }, '"lacks"'],
    [{ runsMax: 0 }, '"runsMax"'],
  ])('%j is refused by name', (broken, named) => {
    const changed = { ...manifest, ...broken } as unknown as ProcessManifest;
    expect(manifestProblem(changed)).toContain(named);
    expect(() => defineProcessDriver(changed)).toThrow(TypeError);
  });
});
