/**
 * The contract of an I2C bus as its one controller uses it, whatever makes the bus reachable (a
 * model in this process, a controller of QEMU's). Terms of NXP UM10204 rev. 7.0 (secondary source).
 *
 * A bus never throws for what the wires say: an address that nobody acknowledges is an outcome.
 */

/** The controller writes; an empty write asks only whether the address is acknowledged. */
export interface I2cWrite {
  readonly address: number;
  /** Ten-bit address; default: seven. */
  readonly tenBit?: boolean;
  readonly write: Uint8Array;
}

/** The controller reads so many bytes, 1 or more, and acknowledges all but the last. */
export interface I2cRead {
  readonly address: number;
  readonly tenBit?: boolean;
  readonly read: number;
}

/** From a start, or a repeated start, to the next one. */
export type I2cMessage = I2cWrite | I2cRead;

/** How a transfer ends; its `End` event has the place in this list. */
export const I2C_ENDS = [
  'done',
  /** Nobody acknowledged the address. */
  'no-address',
  /** The target did not acknowledge a byte of data. */
  'no-data',
  /** Another controller took the bus. */
  'arbitration-lost',
  /** SDA or SCL is held low: nothing can begin. */
  'stuck',
  /** The target stretched the clock for longer than the controller waits. */
  'timeout',
] as const;
export type I2cEnd = (typeof I2C_ENDS)[number];

/**
 * `space` of the `Line` events of a bus; `address` is the target's. The last three are the port's:
 * how a transfer ended, whether the bus was free after a recovery (1), messages that no controller
 * takes.
 */
export const I2cEvent = {
  Start: 0,
  Address: 1,
  Write: 2,
  Read: 3,
  Stop: 4,
  Recovery: 5,
  End: 6,
  Recovered: 7,
  Refused: 8,
} as const;

export interface I2cOutcome {
  readonly end: I2cEnd;
  /** The message that ended it, or their number when all are done. */
  readonly message: number;
  /** Bytes of data that were acknowledged in that message, without its address. */
  readonly bytes: number;
  /** What was read, for each read message that is done, in order. */
  readonly read: readonly Uint8Array[];
}

/** The size of a `Start` event. */
export const I2C_ADDRESS_BITS = { seven: 7, ten: 10 } as const;

/** Bounds: what a controller takes at once. */
export const I2C_MESSAGES_MAX = 64;
export const I2C_BYTES_MAX = 65_536;

export interface I2cBus {
  /** Clock in hertz. */
  readonly clockHz: number;
  /**
   * Start, the messages with repeated starts between them, stop; at a failure the stop comes at
   * once. One transfer at a time. `done` is called once, never before this returns.
   * @throws RangeError for messages that no controller takes
   */
  transfer(messages: readonly I2cMessage[], done: (outcome: I2cOutcome) => void): void;
  /** Nine clocks and a stop, to free SDA; tells whether the bus is free then. */
  recover(done: (free: boolean) => void): void;
}

/** @throws RangeError */
export function checkMessages(messages: readonly I2cMessage[]): void {
  if (messages.length < 1 || messages.length > I2C_MESSAGES_MAX) {
    throw new RangeError(`A transfer has 1 to ${I2C_MESSAGES_MAX} messages.`);
  }
  for (const message of messages) {
    const highest = message.tenBit === true ? 0x3ff : 0x7f;
    if (!Number.isInteger(message.address) || message.address < 0 || message.address > highest) {
      throw new RangeError(`No I2C address is ${message.address}; the highest is ${highest}.`);
    }
    const [length, least] = 'write' in message ? [message.write.length, 0] : [message.read, 1];
    if (!Number.isInteger(length) || length < least || length > I2C_BYTES_MAX) {
      throw new RangeError(`A message has ${least} to ${I2C_BYTES_MAX} bytes, not ${length}.`);
    }
  }
}
