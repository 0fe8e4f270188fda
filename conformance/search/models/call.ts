/** A call of a client as a model describes it, and what was so when it began. */
import type { IOReturnName } from '../../../drivers-under-test/host/io-return.ts';

export type LifeState = 'off' | 'starting' | 'up' | 'stopping' | 'dozing' | 'asleep' | 'waking';

/** A call, as its model describes it. */
export interface Call<C, T> {
  /** For people, without numbers: failures are told apart by it. */
  readonly name: string;
  begin(client: C): T | Promise<T>;
  /** It succeeded, whatever the answer is worth. */
  done?(value: T): void;
  /** Judges an answer that was not spoiled by lies. */
  check?(value: T): void;
  /** It must fail, with one of these codes unless something else is wrong. */
  readonly refusal?: readonly IOReturnName[] | undefined;
  /** Codes that it may fail with, as things are when it ends. */
  mayFail?(): readonly IOReturnName[];
  /** It answers while the device is off, too, from what the driver knows. */
  readonly isLocal?: boolean;
  /** It failed, or was cut off by a crash. */
  lost?(): void;
}

export interface Begun {
  readonly state: LifeState;
  readonly epoch: number;
  /** Of the device, before the call; undefined while others are pending. */
  readonly accesses: number | undefined;
}
