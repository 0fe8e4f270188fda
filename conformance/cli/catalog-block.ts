/** What comes with the package for drivers of block storage, whatever their bus. */
import type { Exercises } from '../scene.ts';
import type { Suite } from '../clause.ts';
import { boundaries } from '../suites/block-device/boundaries.ts';
import { data } from '../suites/block-device/data.ts';
import { durability } from '../suites/block-device/durability.ts';
import { geometry } from '../suites/block-device/geometry.ts';
import { lifecycle } from '../suites/block-device/lifecycle.ts';
import { misbehaviour } from '../suites/block-device/misbehaviour.ts';
import { random } from '../suites/block-device/random.ts';
import { recovery } from '../suites/block-device/recovery.ts';
import { blockSimpleIO } from '../suites/block-device/simple-io.ts';
import { statistics } from '../suites/block-device/statistics.ts';

export const blockSuites: readonly Suite[] = [
  geometry,
  boundaries,
  data,
  durability,
  lifecycle,
  recovery,
  misbehaviour,
  statistics,
  random,
];

export const blockExercises: Exercises = { BlockDevice: blockSimpleIO };
