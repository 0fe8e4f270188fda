/**
 * What a driver of a serial port offers its clients. Times are virtual nanoseconds. Every call ends
 * within its timeout; while the port is closed each fails with kIOReturnNotOpen, and while the
 * device is stopped, asleep or gone with kIOReturnOffline; but a port can always be closed.
 */
export const PARITIES = ['none', 'odd', 'even', 'mark', 'space'] as const;
export type SerialParity = (typeof PARITIES)[number];
export const FLOW_CONTROLS = ['none', 'rts-cts', 'xon-xoff'] as const;
export type SerialFlowControl = (typeof FLOW_CONTROLS)[number];

export interface SerialSettings {
  readonly baud: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: SerialParity;
  /** One and a half with five data bits only, two with more. */
  readonly stopBits: 1 | 1.5 | 2;
  readonly flowControl: SerialFlowControl;
}

export interface ModemOutputs {
  readonly dtr: boolean;
  readonly rts: boolean;
}

export interface ModemStatus {
  readonly cts: boolean;
  readonly dsr: boolean;
  readonly ri: boolean;
  readonly dcd: boolean;
}

export type SerialEvent =
  /** An input changed; for `ri` only its end counts. */
  | { readonly kind: 'modem'; readonly changed: readonly (keyof ModemStatus)[] }
  | { readonly kind: 'break' }
  | { readonly kind: 'error'; readonly error: 'parity' | 'framing' | 'overrun' | 'overflow' };

export interface SerialStatistics {
  readonly received: number;
  readonly sent: number;
  readonly breaks: number;
  readonly parityErrors: number;
  readonly framingErrors: number;
  /** The device lost a character before the driver took it. */
  readonly overruns: number;
  /** The driver's own buffer was full. */
  readonly overflows: number;
  /** Interrupts handled, and those of them with nothing to do. */
  readonly interrupts: number;
  readonly spurious: number;
  /** Calls that had to look for what an interrupt should have told. */
  readonly lostInterrupts: number;
  /** Events that nobody fetched in time. */
  readonly lostEvents: number;
}

export interface SerialPort {
  /**
   * One client at a time. Raises DTR, and RTS; both FIFOs begin empty.
   * @throws kIOReturnBadArgument for settings that do not exist or a speed out of reach by more
   * than 3 %, without touching the device; kIOReturnExclusiveAccess while the port is open.
   */
  open(settings: SerialSettings): void | Promise<void>;
  /** Calls in progress end with kIOReturnAborted, DTR and RTS fall, what is unsent is discarded. */
  close(): void | Promise<void>;
  /** As with `open`; what was written before still leaves with the old settings. */
  configure(settings: SerialSettings): Promise<void>;
  /**
   * In order, and whole: two writes never mix. Ends when the device has taken every byte, or at the
   * timeout; the rest is then discarded.
   * @returns how many bytes the device has taken
   */
  write(bytes: Uint8Array, timeoutNs: number): Promise<number>;
  /** Ends when `length` bytes are there or at the timeout, with what is there. */
  read(length: number, timeoutNs: number): Promise<Uint8Array>;
  /** Ends when the last stop bit has left. @throws kIOReturnTimeout */
  drain(timeoutNs: number): Promise<void>;
  /** Discards what was received and not read, what was written and not sent, or both. */
  flush(what: 'receive' | 'transmit' | 'both'): void | Promise<void>;
  /** Spaces for at least so long, after what was written before. */
  sendBreak(durationNs: number): Promise<void>;
  /** Lines that are not named stay. */
  setModemLines(lines: Partial<ModemOutputs>): void | Promise<void>;
  modemStatus(): ModemStatus | Promise<ModemStatus>;
  /** The next event; undefined when the timeout passes first. */
  nextEvent(timeoutNs: number): Promise<SerialEvent | undefined>;
  statistics(): SerialStatistics | Promise<SerialStatistics>;
}

/** Every method, by name: what a client can call. */
export const SERIAL_PORT_METHODS = [
  'open',
  'close',
  'configure',
  'write',
  'read',
  'drain',
  'flush',
  'sendBreak',
  'setModemLines',
  'modemStatus',
  'nextEvent',
  'statistics',
] as const satisfies readonly (keyof SerialPort)[];
