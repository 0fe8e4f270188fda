import { describe, expect, it } from 'vitest';
import { defineDriver, type DriverManifest, manifestProblem } from './manifest.ts';
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
