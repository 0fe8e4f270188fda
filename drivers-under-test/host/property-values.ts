/** Values of property lists: what they are, whether two are equal, how they look in one line. */

/** Values that may be nested in one another. */
const DEPTH_MAX = 16;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function same(a: unknown, b: unknown, depth = 0): boolean {
  if (Object.is(a, b)) return true;
  if (depth > DEPTH_MAX) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, at) => same(item, b[at], depth + 1));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  const sameKeys = keys.length === Object.keys(b).length;
  return sameKeys && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key], depth + 1));
}

export function show(value: unknown, depth = 0): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (depth > DEPTH_MAX) return '...';
  if (Array.isArray(value)) {
    return `[${value.map((item: unknown) => show(item, depth + 1)).join(', ')}]`;
  }
  if (isRecord(value)) {
    const entries = Object.entries(value).map(([key, item]) => `${key}: ${show(item, depth + 1)}`);
    return `{${entries.join(', ')}}`;
  }
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  return typeof value;
}
