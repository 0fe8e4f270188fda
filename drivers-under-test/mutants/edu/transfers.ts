/** Mutants of the edu driver around DMA and buffers. */
import type { DriverMutant } from '../mutant.ts';

const edu = {
  driver: 'edu',
  file: 'drivers-under-test/samples/edu/driver.ts',
  expected: [],
} as const;

export const eduTransfers: readonly DriverMutant[] = [
  {
    ...edu,
    id: 'edu/length-off-by-one',
    bugClass: 'BC-01',
    what: 'A transfer moves one byte more than the buffer holds.',
    edits: [
      {
        find: 'this.#registers.DMA_COUNT.write(BigInt(length));',
        replace: 'this.#registers.DMA_COUNT.write(BigInt(length + 1));',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/length-from-device',
    bugClass: 'BC-01',
    what: 'The length of what is read back is believed from the device.',
    edits: [
      {
        find: 'return memory.CreateMapping().read(0, length);',
        replace: 'return memory.CreateMapping().read(0, Number(this.#registers.DMA_COUNT.read()));',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/bounds-unchecked',
    bugClass: 'BC-27',
    what: 'The end of a copy is not checked against the buffer of the device.',
    edits: [
      {
        find: 'length < 1 || offset + length > DMA_BUFFER.bytes',
        replace: 'length < 1',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/last-byte-refused',
    bugClass: 'BC-27',
    what: 'A copy that ends at the last byte of the buffer is refused.',
    edits: [
      {
        find: 'offset + length > DMA_BUFFER.bytes',
        replace: 'offset + length >= DMA_BUFFER.bytes',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/doorbell-first',
    bugClass: 'BC-16',
    what: 'The length of a transfer is set when it is over.',
    edits: [
      {
        find: 'this.#registers.DMA_COUNT.write(BigInt(length));\n',
        replace: '',
      },
      {
        find: 'DMA_COMMAND.write({ START: 1, DIRECTION: direction, IRQ: 1 }),\n    );',
        replace:
          'DMA_COMMAND.write({ START: 1, DIRECTION: direction, IRQ: 1 }),\n    );\n' +
          '    this.#registers.DMA_COUNT.write(BigInt(length));',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/data-after-doorbell',
    bugClass: 'BC-16',
    what: 'The bytes are put into memory after the transfer was started.',
    edits: [
      { find: 'memory.CreateMapping().write(0, bytes);\n', replace: '' },
      {
        find: 'await this.#transfer(bytes.length, 0);',
        replace:
          'await this.#transfer(bytes.length, 0);\n        memory.CreateMapping().write(0, bytes);',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/unmapped-too-early',
    bugClass: 'BC-14',
    what: 'The memory is unmapped before the device has written it.',
    edits: [
      {
        find: 'return await use(memory, segment.address);',
        replace:
          'const moved = use(memory, segment.address);\n        command.CompleteDMA();\n        return await moved;',
      },
      { find: '} finally {\n        command.CompleteDMA();\n      }', replace: '}' },
    ],
  },
  {
    ...edu,
    id: 'edu/given-up-transfer-goes-on',
    bugClass: 'BC-14',
    what: 'A transfer that is given up may still reach memory after it was unmapped.',
    edits: [{ find: 'this.#stopTransfer();\n        throw', replace: 'throw' }],
  },
  {
    ...edu,
    id: 'edu/memory-leaks-on-error',
    bugClass: 'BC-15',
    what: 'When a transfer fails its mapping stays.',
    edits: [
      {
        find: 'return await use(memory, segment.address);\n      } catch (error) {\n        this.#stopTransfer();\n        throw error;\n      } finally {\n        command.CompleteDMA();\n      }',
        replace:
          'const result = await use(memory, segment.address);\n        command.CompleteDMA();\n        return result;\n      } catch (error) {\n        this.#stopTransfer();\n        throw error;\n      }',
      },
      { find: 'command.release();\n      memory.release();', replace: 'memory.release();' },
    ],
  },
  {
    ...edu,
    id: 'edu/memory-never-released',
    bugClass: 'BC-15',
    what: 'The memory of a transfer is never given back.',
    edits: [{ find: 'command.release();\n      memory.release();', replace: 'command.release();' }],
  },
  {
    ...edu,
    id: 'edu/command-not-completed',
    bugClass: 'BC-15',
    what: 'A DMA command is released without having been completed.',
    edits: [{ find: '} finally {\n        command.CompleteDMA();\n      }', replace: '}' }],
  },
  {
    ...edu,
    id: 'edu/direction-of-mapping',
    bugClass: 'BC-14',
    what: 'Memory that the device shall write is mapped for reading.',
    edits: [
      {
        find: 'this.#withDma(kIOMemoryDirectionIn, length',
        replace: 'this.#withDma(kIOMemoryDirectionOut, length',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/command-read-twice',
    bugClass: 'BC-04',
    what: 'Memory that the device may write is read twice, and the second reading believed.',
    edits: [
      {
        find: 'return memory.CreateMapping().read(0, length);',
        replace:
          "const map = memory.CreateMapping();\n        if (map.read(0, length).length !== length) fail('kIOReturnUnderrun', 'short');\n        return map.read(0, length);",
      },
    ],
  },
  {
    ...edu,
    id: 'edu/short-copy',
    bugClass: 'BC-25',
    what: 'Of a copy that ends on an odd byte the last byte is silently left out.',
    edits: [
      {
        find: 'await this.#transfer(bytes.length, 0);',
        replace: 'await this.#transfer(Math.max(1, bytes.length - (bytes.length % 2)), 0);',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/offset-forgotten',
    bugClass: 'BC-02',
    what: 'A copy out begins at the start of the buffer, whatever was asked.',
    edits: [
      {
        find: 'this.#registers.DMA_SOURCE.write(BigInt(DMA_BUFFER.at + offset));',
        replace: 'this.#registers.DMA_SOURCE.write(BigInt(DMA_BUFFER.at));',
      },
    ],
  },
];
