/** Texts of `Lifecycle` events: what the host reports of a driver, and what rules listen to. */
export const Lifecycle = {
  Start: 'start',
  Started: 'started',
  StartFailed: 'start failed',
  /** The driver's Stop is called. */
  Stop: 'stop',
  /** The driver passed Stop to its superclass: from here on the provider is invalid. */
  SuperStop: 'super stop',
  Stopped: 'stopped',
  Open: 'open',
  Close: 'close',
  HandlerSet: 'interrupt handler set',
  HandlerEnabled: 'interrupt source enabled',
  HandlerDisabled: 'interrupt source disabled',
  HandlerCancelled: 'interrupt source cancelled',
  PowerOff: 'power off',
  PowerOn: 'power on',
  Crashed: 'crashed',
  /** The whole machine lost its power, and has it again. */
  PowerCut: 'power cut',
} as const;
export type Lifecycle = (typeof Lifecycle)[keyof typeof Lifecycle];
