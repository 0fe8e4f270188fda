import { expect, it } from 'vitest';
import { EdgeCounters, EDGE_COUNTERS } from './edge-counters.ts';
import { bucketOf, FeatureKind, Features } from './features.ts';

it('tells what is new once', () => {
  const features = new Features();
  features.hit(FeatureKind.State, 1);
  features.hit(FeatureKind.State, 1);
  features.hit(FeatureKind.Operation, 1);
  const fresh = features.take();
  expect(fresh).toHaveLength(2);
  expect(features.take()).toEqual([]);
  expect(features.counts[FeatureKind.State]).toBe(1);
  expect(new Features().add(fresh)).toBe(2);
});

it('takes back what a run reached', () => {
  const features = new Features();
  features.hit(FeatureKind.Rule, 1);
  const [kept = -1] = features.take();
  features.hit(FeatureKind.Rule, 2);
  features.undo();
  expect(features.counts[FeatureKind.Rule]).toBe(1);
  expect(features.has(kept)).toBe(true);
  features.hit(FeatureKind.Rule, 2);
  expect(features.take()).toHaveLength(1);
});

it('adds what others found, and counts only what it did not know', () => {
  const features = new Features();
  features.hit(FeatureKind.Edge, 1);
  const [known = -1] = features.take();
  expect(features.add([known, known + 1])).toBe(1);
  expect(features.take()).toEqual([]);
});

it('counts in the buckets of AFL', () => {
  const counts = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 127, 128, 255, 1e6];
  expect(counts.map(bucketOf)).toEqual([0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 8]);
});

it('makes features of edges that are the same whatever was loaded before', () => {
  const reach = (before: number) => {
    const edges = new EdgeCounters();
    edges.install();
    edges.assign('other.ts', before);
    edges.assign('driver.ts', 9);
    const counts = (globalThis as unknown as Record<string, Uint8Array>)[EDGE_COUNTERS];
    counts![before + 5]!++;
    const features = new Features();
    edges.drain(features);
    const first = features.take();
    counts![before + 5]! += 2;
    edges.drain(features);
    return [first, features.take()];
  };
  const [first, second] = reach(0);
  expect(first).toHaveLength(2);
  expect(second).toHaveLength(1);
  expect(reach(3)).toEqual([first, second]);
});
