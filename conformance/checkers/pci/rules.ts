/** Every rule of the PCI bus. Ids are never reused; R17 is the host's HOST-DEAD-POLL. */
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
