/** Mutants of the model of edu, by hand: interrupts, side effects, timing. */
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';

export const eduMutants: readonly DeviceMutant[] = [
  {
    id: 'edu-model/factorial-once-less',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'The factorial leaves out its last factor.',
    edits: [{ find: 'factor <= value; factor++', replace: 'factor < value; factor++' }],
  },
  {
    id: 'edu-model/factorial-34-not-zero',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'Factorials from 34 on are not zero.',
    edits: [
      {
        find: 'if (value >= FACTORIAL_IS_ZERO_FROM) return 0;',
        replace: 'if (value >= FACTORIAL_IS_ZERO_FROM) return 1;',
      },
    ],
  },
  {
    id: 'edu-model/liveness-not-inverted',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'The liveness register reads as it was written.',
    edits: [
      {
        find: 'this.bank.registers.LIVENESS.value = ~written.value;',
        replace: 'this.bank.registers.LIVENESS.value = written.value;',
      },
    ],
  },
  {
    id: 'edu-model/computes-silently',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'The end of a factorial never interrupts.',
    edits: [
      {
        find: 'if (STATUS.IRFACT === 1) this.#raise(EduInterrupt.Factorial);',
        replace: 'if (STATUS.IRFACT > 1) this.#raise(EduInterrupt.Factorial);',
      },
    ],
  },
  {
    id: 'edu-model/computes-aloud',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'The end of a factorial always interrupts.',
    edits: [
      {
        find: 'if (STATUS.IRFACT === 1) this.#raise(EduInterrupt.Factorial);',
        replace: 'this.#raise(EduInterrupt.Factorial);',
      },
    ],
  },
  {
    id: 'edu-model/computing-not-shown',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'The computing bit is never set.',
    edits: [{ find: 'STATUS.COMPUTING = 1;', replace: 'STATUS.COMPUTING = 0;' }],
  },
  {
    id: 'edu-model/restarts-computation',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'A second write takes the place of the factorial that is computed.',
    edits: [
      { find: 'FACTORIAL.value = before;\n      return;', replace: 'this.#computation.cancel();' },
    ],
  },
  {
    id: 'edu-model/raise-replaces',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'A raise replaces the bits that were raised before.',
    edits: [
      {
        find: 'INTERRUPT_STATUS.value = INTERRUPT_STATUS.value | bits;',
        replace: 'INTERRUPT_STATUS.value = bits;',
      },
    ],
  },
  {
    id: 'edu-model/acknowledge-clears-all',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'An acknowledge clears every bit.',
    edits: [
      {
        find: 'INTERRUPT_STATUS.value = INTERRUPT_STATUS.value & ~bits;',
        replace: 'INTERRUPT_STATUS.value = bits * 0;',
      },
    ],
  },
  {
    id: 'edu-model/line-never-falls',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'The interrupt line stays up after the acknowledge.',
    edits: [
      { find: 'if (INTERRUPT_STATUS.value === 0) this.#bus.interrupt.drive(false);', replace: '' },
    ],
  },
  {
    id: 'edu-model/message-twice',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'Each message is sent twice.',
    edits: [
      {
        find: 'if (!this.#bus.message(0)) this.#bus.interrupt.drive(true);',
        replace:
          'this.#bus.message(0);\n    if (!this.#bus.message(0)) this.#bus.interrupt.drive(true);',
      },
    ],
  },
  {
    id: 'edu-model/starts-without-start',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'Any transfer command starts a transfer.',
    edits: [
      {
        find: 'if (!start || this.#transfer !== undefined) {',
        replace: 'if (this.#transfer !== undefined) {',
      },
    ],
  },
  {
    id: 'edu-model/start-stays',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'START stays set after a transfer.',
    edits: [{ find: 'DMA_COMMAND.START = 0;\n', replace: '' }],
  },
  {
    id: 'edu-model/transfer-silent',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'The end of a transfer does not interrupt.',
    edits: [
      {
        find: 'if (DMA_COMMAND.IRQ === 1) this.#raise(EduInterrupt.Dma);',
        replace: 'if (DMA_COMMAND.IRQ > 1) this.#raise(EduInterrupt.Dma);',
      },
    ],
  },
  {
    id: 'edu-model/transfer-wrong-bit',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'The end of a transfer raises the bit of factorials.',
    edits: [
      { find: 'this.#raise(EduInterrupt.Dma);', replace: 'this.#raise(EduInterrupt.Factorial);' },
    ],
  },
  {
    id: 'edu-model/direction-swapped',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'Transfers go the other way.',
    edits: [
      {
        find: 'const toMemory = DMA_COMMAND.DIRECTION === 1;',
        replace: 'const toMemory = DMA_COMMAND.DIRECTION === 0;',
      },
    ],
  },
  {
    id: 'edu-model/reset-keeps-interrupt',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'A reset leaves the interrupt line up.',
    edits: [
      { find: 'this.#bus.interrupt.drive(false);\n  }\n\n  #compute', replace: '}\n\n  #compute' },
    ],
  },
  {
    id: 'edu-model/slow-transfer',
    target: 'sim:edu',
    file: 'sim/devices/edu/model.ts',
    what: 'A transfer takes three times as long.',
    edits: [
      { find: 'export const DMA_NS = 100_000_000;', replace: 'export const DMA_NS = 300_000_000;' },
    ],
  },
];
