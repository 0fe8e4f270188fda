/**
 * Every rule of the PCI bus. Ids are never reused: the host's HOST-MAPPED, HOST-STORM and
 * HOST-DEAD-POLL stand for R11, R15 and R17.
 */
import type { Rule } from '../../rule.ts';
import { configuration } from './configuration.ts';
import { decoding } from './decoding.ts';
import { dma } from './dma.ts';
import { doubleFetch } from './double-fetch.ts';
import { interrupts } from './interrupts.ts';
import { lifetime } from './lifetime.ts';
import { registerRules } from './registers.ts';

export const pciRules: readonly Rule[] = [
  ...decoding,
  ...lifetime,
  ...configuration,
  ...dma,
  ...interrupts,
  doubleFetch,
  ...registerRules,
];
