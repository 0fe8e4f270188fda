import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import manifest from './driver.ts';

it('says which version of the package it is', () => {
  const require = createRequire(import.meta.url);
  const { version } = require('oled-i2c-bus/package.json') as { version: string };
  expect(manifest.version).toBe(version);
});
