/** Mutants of the edu driver around start, stop, sleep, removal and clients at once. */
import type { DriverMutant } from '../mutant.ts';

const edu = {
  driver: 'edu',
  file: 'drivers-under-test/samples/edu/driver.ts',
  expected: [],
} as const;

export const eduLifecycle: readonly DriverMutant[] = [
  {
    ...edu,
    id: 'edu/removal-unnoticed',
    bugClass: 'BC-12',
    what: 'An interrupt register of all ones is taken for work, not for a device that went.',
    edits: [
      {
        find: 'status === ALL_ONES && this.#registers.IDENTIFICATION.read() === ALL_ONES',
        replace: 'status === 0 && this.#registers.IDENTIFICATION.read() === 0',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/touches-after-stop',
    bugClass: 'BC-12',
    what: 'Stop does not keep a call that is waiting from touching the device afterwards.',
    edits: [
      {
        find: 'this.#abandon();\n    while (this.#busy) await this.#queue.Sleep(this);',
        replace: '',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/stop-without-super',
    bugClass: 'BC-19',
    what: 'Stop is not passed on to the superclass.',
    edits: [{ find: 'await super.Stop(provider);', replace: 'await Promise.resolve(provider);' }],
  },
  {
    ...edu,
    id: 'edu/provider-left-open',
    bugClass: 'BC-19',
    what: 'The provider stays open after Stop.',
    edits: [{ find: 'if (this.#pci.isOpen) this.#pci.Close(this);', replace: '' }],
  },
  {
    ...edu,
    id: 'edu/bus-master-left-on',
    bugClass: 'BC-19',
    what: 'The interrupt source is not cancelled at Stop.',
    edits: [
      {
        find: 'this.#interrupt?.Cancel();\n    this.#interrupt = undefined;',
        replace: 'this.#interrupt = undefined;',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/start-fails-half-open',
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
    ...edu,
    id: 'edu/memory-kept-when-mapping-fails',
    bugClass: 'BC-21',
    what: 'When no mapping is to be had, the memory for it is not given back.',
    edits: [
      {
        find: 'const [segment] = command.PrepareForDMA(memory).segments;',
        replace: 'const [segment] = command.PrepareForDMA(memory).segments;\n      mapped = true;',
      },
      {
        find: 'const command = IODMACommand.Create(this.#pci, DMA_ADDRESS_BITS);',
        replace:
          'const command = IODMACommand.Create(this.#pci, DMA_ADDRESS_BITS);\n    let mapped = false;',
      },
      {
        find: 'command.release();\n      memory.release();',
        replace: 'command.release();\n      if (mapped) memory.release();',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/asleep-but-open',
    bugClass: 'BC-20',
    what: 'Calls reach the device while it sleeps.',
    edits: [
      {
        find: "if (this.#offline) fail('kIOReturnOffline', 'the device is stopped, asleep or gone');",
        replace: '',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/command-not-restored',
    bugClass: 'BC-20',
    what: 'After sleep the command register is not set up again.',
    edits: [
      {
        find: 'await this.#makeReady();\n      this.#interrupt?.SetEnable',
        replace: 'this.#interrupt?.SetEnable',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/stays-offline',
    bugClass: 'BC-20',
    what: 'After sleep every call is still refused.',
    edits: [
      {
        find: 'this.#interrupt?.SetEnable(true);\n      this.#offline = false;',
        replace: 'this.#interrupt?.SetEnable(true);',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/interrupts-off-after-sleep',
    bugClass: 'BC-20',
    what: 'After sleep the interrupt source stays disabled.',
    edits: [
      {
        find: 'this.#interrupt?.SetEnable(true);\n      this.#offline = false;',
        replace: 'this.#offline = false;',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/recovery-forgotten',
    bugClass: 'BC-22',
    what: 'After a transfer that was given up the device is not let at memory again.',
    edits: [
      {
        find: 'this.#command(kIOPCICommandMemorySpace | kIOPCICommandBusLead);\n    this.#transferLeft',
        replace:
          'if (!this.#transferLeft) {\n' +
          '      this.#command(kIOPCICommandMemorySpace | kIOPCICommandBusLead);\n    }\n' +
          '    this.#transferLeft',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/two-at-once',
    bugClass: 'BC-23',
    what: 'A second operation is let in while the first one waits.',
    edits: [
      {
        find: 'while (this.#busy) {\n      await this.#queue.Sleep(this);',
        replace: 'if (this.#busy) {\n      await this.#queue.Sleep(this, 1000);',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/turn-not-checked-again',
    bugClass: 'BC-23',
    what: 'Of several clients that wait for their turn, all go at once when it comes.',
    edits: [
      { find: 'while (this.#busy) {\n      await', replace: 'if (this.#busy) {\n      await' },
    ],
  },
  {
    ...edu,
    id: 'edu/next-client-not-woken',
    bugClass: 'BC-24',
    what: 'The end of an operation does not wake the client that waits for its turn.',
    edits: [
      {
        find: 'this.#busy = false;\n      this.#queue.Wakeup(this, kIODispatchQueueWakeupAll);',
        replace: 'this.#busy = false;',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/busy-after-failure',
    bugClass: 'BC-24',
    what: 'An operation that fails leaves the device busy for ever.',
    edits: [
      {
        find: 'return await operation();\n    } finally {\n      this.#busy = false;\n      this.#queue.Wakeup(this, kIODispatchQueueWakeupAll);\n    }',
        replace:
          'const result = await operation();\n      this.#busy = false;\n      return result;\n    } finally {\n      this.#queue.Wakeup(this, kIODispatchQueueWakeupAll);\n    }',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/trusts-reset-state',
    bugClass: 'BC-28',
    what: 'Start assumes that no transfer of an earlier driver is left.',
    edits: [
      {
        find: "for (let polls = 0; this.#registers.DMA_COMMAND.get('START') === 1; polls++) {",
        replace: 'for (let polls = 0; this.#transferLeft && polls < 1; polls++) {',
      },
    ],
  },
];
