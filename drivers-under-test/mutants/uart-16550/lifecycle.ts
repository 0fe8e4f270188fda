/** Mutants of the 16550 driver: calls, start, stop, sleep and removal. */
import type { DriverMutant } from '../mutant.ts';

const folder = 'drivers-under-test/samples/uart-16550';
const uart = { driver: 'uart-16550', expected: [] } as const;
const driver = { ...uart, file: `${folder}/driver.ts` } as const;
const calls = { ...uart, file: `${folder}/calls.ts` } as const;
const chip = { ...uart, file: `${folder}/chip.ts` } as const;

export const uartLifecycle: readonly DriverMutant[] = [
  {
    ...driver,
    id: 'uart-16550/opened-twice',
    bugClass: 'BC-19',
    what: 'A second client takes the port over from the first.',
    edits: [
      {
        find: "if (this.#setup !== undefined) fail('kIOReturnExclusiveAccess', 'the port is open');",
        replace: '',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/works-while-closed',
    bugClass: 'BC-19',
    what: 'Modem lines can be read while the port is closed.',
    edits: [
      {
        find: 'this.#requireOpen();\n    const status = this.#port.readModem();',
        replace: 'const status = this.#port.readModem();',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/close-leaves-calls',
    bugClass: 'BC-13',
    what: 'close does not end the calls in progress.',
    edits: [
      {
        find: 'this.#calls.abort();\n    await this.#calls.left();\n    if (this.#offline === undefined) this.#chip.quiesce();\n    this.#setup',
        replace: 'if (this.#offline === undefined) this.#chip.quiesce();\n    this.#setup',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/close-leaves-lines',
    bugClass: 'BC-19',
    what: 'close leaves DTR and RTS up and the receiver on.',
    edits: [
      {
        find: 'if (this.#offline === undefined) this.#chip.quiesce();\n    this.#setup',
        replace: 'this.#setup',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/stop-leaves-calls',
    bugClass: 'BC-12',
    what: 'Stop does not wait until nobody uses the device any more.',
    edits: [
      {
        find: 'await this.#calls.left();\n    if (wasAsleep) return;',
        replace: 'if (wasAsleep) return;',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/stop-aborts-nobody',
    bugClass: 'BC-13',
    what: 'Stop waits for the calls in progress instead of ending them.',
    edits: [
      {
        find: 'this.#calls.abort();\n    await this.#calls.left();\n    if (wasAsleep) return;',
        replace: 'await this.#calls.left();\n    if (wasAsleep) return;',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/stop-leaves-chip',
    bugClass: 'BC-19',
    what: 'Stop leaves the lines of the chip as they are.',
    edits: [
      {
        find: 'if (wasAsleep) return;\n    this.#chip.quiesce();',
        replace: 'if (wasAsleep) return;',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/interrupt-source-kept',
    bugClass: 'BC-15',
    what: 'The interrupt source is not cancelled at Stop.',
    edits: [{ find: 'this.#interrupt?.Cancel();', replace: '' }],
  },
  {
    ...driver,
    id: 'uart-16550/start-fails-half-open',
    bugClass: 'BC-21',
    what: 'A Start that fails leaves the provider open.',
    edits: [
      {
        find: 'this.#bringUp();\n    } catch (error) {\n      this.#takeDown();',
        replace: 'this.#bringUp();\n    } catch (error) {',
      },
    ],
  },
  {
    ...chip,
    id: 'uart-16550/never-gone',
    bugClass: 'BC-12',
    what: 'All ones are never taken for a device that went.',
    edits: [
      {
        find: 'return this.registers.IER.read() === ALL_ONES;',
        replace: 'return this.registers.IER.read() > ALL_ONES;',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/sleep-forgets-settings',
    bugClass: 'BC-20',
    what: 'After sleep the open port is not set up again.',
    edits: [{ find: 'if (this.#setup !== undefined) this.#begin(this.#setup);', replace: '' }],
  },
  {
    ...driver,
    id: 'uart-16550/sleep-forgets-command',
    bugClass: 'BC-20',
    what: 'After sleep the command register is not set up again.',
    edits: [
      {
        find: 'this.#pci.ConfigurationWrite16(kIOPCIConfigurationOffsetCommand, kIOPCICommandIOSpace);\n      this.#offline',
        replace: 'this.#offline',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/sleep-keeps-offline',
    bugClass: 'BC-20',
    what: 'After sleep every call is still refused.',
    edits: [
      {
        find: 'this.#offline = undefined;\n      this.#chip.quiesce();',
        replace: 'this.#chip.quiesce();',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/asleep-but-reachable',
    bugClass: 'BC-20',
    what: 'While it sleeps, calls reach the device.',
    edits: [
      {
        find: 'if (this.#offline !== undefined) fail(',
        replace: "if (this.#offline !== undefined && this.#offline !== 'asleep') fail(",
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/settings-at-once',
    bugClass: 'BC-16',
    what: 'New settings take hold of what was written before them.',
    edits: [
      {
        find: 'await this.#untilIdle(session, this.#silenceNs());\n      this.#setup = setup;',
        replace: 'this.#calls.check(session);\n      this.#setup = setup;',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/break-at-once',
    bugClass: 'BC-16',
    what: 'A break cuts off what was written before it.',
    edits: [
      {
        find: 'await this.#untilIdle(session, this.#silenceNs());\n      this.#chip.setBreak(true);',
        replace: 'this.#chip.setBreak(true);',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/break-too-short',
    bugClass: 'BC-06',
    what: 'The duration of a break is taken for microseconds.',
    edits: [
      {
        find: 'PAUSE, this.host.world.now + durationNs);',
        replace: 'PAUSE, this.host.world.now + durationNs / 1000);',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/drain-without-shift-register',
    bugClass: 'BC-06',
    what: 'drain ends when the FIFO is empty, not when the last stop bit has left.',
    edits: [{ find: 'if (status?.TEMT) return;', replace: 'if (status?.THRE) return;' }],
  },
  {
    ...driver,
    id: 'uart-16550/drain-without-timeout',
    bugClass: 'BC-07',
    what: 'drain waits for a transmitter that stands still without end.',
    edits: [
      {
        find: "if (now >= deadline) fail('kIOReturnTimeout', 'the transmitter does not come to rest');",
        replace: '',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/read-ends-early',
    bugClass: 'BC-06',
    what: 'A read gives up after half of its time.',
    edits: [
      {
        find: 'const deadline = this.host.world.now + timeoutNs;\n    return this.#calls.enter(async (session) => {\n      const bytes',
        replace:
          'const deadline = this.host.world.now + timeoutNs / 2;\n    return this.#calls.enter(async (session) => {\n      const bytes',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/read-without-rescue',
    bugClass: 'BC-10',
    what: 'A read that times out does not look for what an interrupt should have told.',
    edits: [
      {
        find: "if (how === 'timed out') this.#port.rescueReceiver();",
        replace: "if (how === 'timed out') continue;",
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/length-unchecked',
    bugClass: 'BC-27',
    what: 'The length of a read is not checked.',
    edits: [
      {
        find: 'if (!Number.isInteger(length) || length < 0 || length > READ_MAX) {',
        replace: 'if (length < 0) {',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/nothing-touches-device',
    bugClass: 'BC-25',
    what: 'A write of no bytes touches the device.',
    edits: [
      {
        find: 'if (bytes.length === 0) return 0;',
        replace: 'if (bytes.length === 0 && this.#chip.isGone()) return 0;',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/flush-forgets-writer',
    bugClass: 'BC-13',
    what: 'A flush does not end the write whose bytes it discards.',
    edits: [{ find: 'this.#outbox.discard();\n', replace: '' }],
  },
  {
    ...driver,
    id: 'uart-16550/flush-forgets-buffer',
    bugClass: 'BC-25',
    what: 'A flush leaves what the driver has taken already.',
    edits: [{ find: 'this.#inbox.clear();\n', replace: '' }],
  },
  {
    ...calls,
    id: 'uart-16550/writes-mixed',
    bugClass: 'BC-23',
    what: 'A writer does not wait for its turn.',
    edits: [{ find: 'while (this.#transmitting) {', replace: 'while (false as boolean) {' }],
  },
  {
    ...calls,
    id: 'uart-16550/turn-not-passed-on',
    bugClass: 'BC-24',
    what: 'The end of a write does not wake the next writer.',
    edits: [
      {
        find: 'this.#transmitting = false;\n        this.#queue.Wakeup(TURN);',
        replace: 'this.#transmitting = false;',
      },
    ],
  },
  {
    ...calls,
    id: 'uart-16550/transmitter-kept-on-error',
    bugClass: 'BC-21',
    what: 'A write that fails keeps the transmitter for ever.',
    edits: [
      {
        find: 'return await block(session);\n      } finally {\n        this.#transmitting = false;',
        replace:
          'const result = await block(session);\n        this.#transmitting = false;\n        return result;\n      } finally {',
      },
    ],
  },
  {
    ...calls,
    id: 'uart-16550/aborted-goes-on',
    bugClass: 'BC-23',
    what: 'A call that was aborted goes on when the port is opened again.',
    edits: [
      {
        find: "if (session !== this.#session) fail('kIOReturnAborted', 'the port was closed');",
        replace: '',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/stop-forgets-calls',
    bugClass: 'BC-13',
    what: 'Calls that wait when the driver is stopped are never ended.',
    edits: [
      {
        find: 'this.#calls.abort();\n    await this.#calls.left();\n    if (wasAsleep) return;',
        replace: 'if (wasAsleep) return;',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/gone-in-drain',
    bugClass: 'BC-12',
    what: 'The end of a transfer is looked for on a device that is gone.',
    edits: [
      {
        find: 'this.#calls.check(session);\n      if (status?.TEMT) return;',
        replace: 'if (status!.TEMT) return;',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/stuck-write-without-deadline',
    bugClass: 'BC-07',
    what: 'A write to a transmitter that stands still never ends.',
    edits: [
      {
        find: 'if (this.#outbox.isDone || now >= deadline) return;',
        replace: 'if (this.#outbox.isDone) return;',
      },
      {
        find: 'const watch = Math.min(deadline, now + this.#silenceNs());',
        replace: 'const watch = now + this.#silenceNs();',
      },
      {
        find: "if (how === 'woken' || this.host.world.now >= deadline) continue;",
        replace: "if (how === 'woken') continue;",
      },
      {
        find: "if (!isAlive) fail('kIOReturnTimeout', 'the transmitter takes nothing');",
        replace: 'if (isAlive) continue;',
      },
    ],
  },
  {
    ...driver,
    id: 'uart-16550/break-stays',
    bugClass: 'BC-21',
    what: 'A break is not taken back.',
    edits: [{ find: "if (this.#offline !== 'gone') this.#chip.setBreak(false);", replace: '' }],
  },
  {
    ...driver,
    id: 'uart-16550/write-without-watch',
    bugClass: 'BC-10',
    what: 'A write waits for its interrupt far beyond its timeout.',
    edits: [
      {
        find: 'const watch = Math.min(deadline, now + this.#silenceNs());',
        replace: 'const watch = deadline * 1000;',
      },
    ],
  },
];
