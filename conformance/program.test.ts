import { afterEach, expect, it, vi } from 'vitest';
import flashrom from '../drivers-under-test/third-party/flashrom/driver.ts';
import { checkProgram, programMissing } from './program.ts';
import { TargetUnavailable } from './target.ts';

afterEach(() => void vi.unstubAllEnvs());

it('names the Debian package of a program that is not installed', () => {
  vi.stubEnv('PATH', '/nowhere');
  expect(() => checkProgram(flashrom)).toThrow(TargetUnavailable);
  expect(() => checkProgram(flashrom)).toThrow('apt-get install flashrom');
});

it('is a reason to skip, unless the peers are required', () => {
  vi.stubEnv('PATH', '/nowhere');
  vi.stubEnv('DYNO_PEERS', '');
  expect(programMissing(flashrom)).toContain('flashrom');
  vi.stubEnv('DYNO_PEERS', 'required');
  expect(() => programMissing(flashrom)).toThrow(TargetUnavailable);
});

it('refuses another version than the adapter knows', () => {
  // A program and a package that every Debian has; elsewhere no package is asked.
  const command = { program: 'true', package: 'coreutils' };
  vi.stubEnv('PATH', '/usr/bin:/bin');
  const version = '0.0';
  const check = () => checkProgram({ ...flashrom, command, version });
  let found = '';
  try {
    found = check();
  } catch (error) {
    found = (error as Error).message;
  }
  expect(found).toMatch(/but its adapter was written for 0\.0|by its own word/);
});
