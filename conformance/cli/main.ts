#!/usr/bin/env node
/** The command `dyno`. */
import { createRequire } from 'node:module';
import { Command } from 'commander';

const { version } = createRequire(import.meta.url)('driver-dyno/package.json') as {
  version: string;
};

await new Command('dyno').description('Put your driver on the dyno.').version(version).parseAsync();
