import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import manifest from './driver.ts';

const require = createRequire(import.meta.url);

it('says which version of the package it is', () => {
  const { version } = require('bme280/package.json') as { version: string };
  expect(manifest.version).toBe(version);
});

it('has nothing native beside it: i2c-bus is a name here', () => {
  const { scripts, main } = require('i2c-bus/package.json') as Record<string, unknown>;
  expect(scripts).toBeUndefined();
  expect(main).toBeUndefined();
});
