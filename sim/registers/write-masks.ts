/**
 * What a write does to the bits of one lane, from the declared effects: `value` is what is written,
 * `bytes` the bits that the access carries.
 */
import type { Masks } from './compile.ts';

export function clearedBy(masks: Masks, lane: number, value: number, bytes: number): number {
  const { clear, w1c, w0c } = masks;
  const onOnes = (w1c[lane] as number) & value;
  const onZeros = (w0c[lane] as number) & ~value;
  return ((clear[lane] as number) | onOnes | onZeros) & bytes;
}

export function setBy(masks: Masks, lane: number, value: number, bytes: number): number {
  const { set, w1s, w0s } = masks;
  const onOnes = (w1s[lane] as number) & value;
  const onZeros = (w0s[lane] as number) & ~value;
  return ((set[lane] as number) | onOnes | onZeros) & bytes;
}

export function toggledBy(masks: Masks, lane: number, value: number, bytes: number): number {
  const { w1t, w0t } = masks;
  return (((w1t[lane] as number) & value) | ((w0t[lane] as number) & ~value)) & bytes;
}
