/** Mutants of the model of the W25Q, by hand: programs and erases. */
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';

const folder = 'sim/devices/spi-nor';
const nor = { target: 'sim:w25q16' } as const;
const model = { ...nor, file: `${folder}/model.ts` } as const;
const parts = { ...nor, file: `${folder}/parts.ts` } as const;
const array = { ...nor, file: `${folder}/array.ts` } as const;
const instructions = { ...nor, file: `${folder}/instructions.ts` } as const;

export const spiNorMemoryMutants: readonly DeviceMutant[] = [
  {
    ...array,
    id: 'spi-nor-model/program-sets',
    what: 'A program sets bits too.',
    edits: [
      {
        find: 'block[at % BLOCK_BYTES] = (block[at % BLOCK_BYTES] as number) & byte;',
        replace: 'block[at % BLOCK_BYTES] = byte;',
      },
    ],
  },
  {
    ...model,
    id: 'spi-nor-model/no-wrap',
    what: 'A program goes on behind its page.',
    edits: [{ find: 'page + ((at + index) % PAGE_BYTES)', replace: 'at + index' }],
  },
  {
    ...model,
    id: 'spi-nor-model/first-page-counts',
    what: 'Of more than a page the first bytes count.',
    edits: [
      {
        find: 'this.#page[this.#received++ % PAGE_BYTES] = byte;',
        replace:
          '{\n      if (this.#received < PAGE_BYTES) this.#page[this.#received++] = byte;\n    }',
      },
    ],
  },
  {
    ...model,
    id: 'spi-nor-model/page-short',
    what: 'The last byte of a whole page is not programmed.',
    edits: [
      {
        find: 'for (let index = first; index < this.#received; index++)',
        replace:
          'for (let index = first; index < Math.min(this.#received, PAGE_BYTES - 1); index++)',
      },
    ],
  },
  {
    ...model,
    id: 'spi-nor-model/erase-from-address',
    what: 'An erase begins at its very address.',
    edits: [{ find: 'at: at - (at % length),', replace: 'at,' }],
  },
  {
    ...instructions,
    id: 'spi-nor-model/one-chip-erase',
    what: '60h is not known.',
    edits: [{ find: "  [0x60, { name: 'chipErase' }],\n", replace: '' }],
  },
  {
    ...parts,
    id: 'spi-nor-model/slow-sector',
    what: 'A sector takes 450 ms.',
    edits: [{ find: 'sectorErase: 45 * MS', replace: 'sectorErase: 450 * MS' }],
  },
  {
    ...parts,
    id: 'spi-nor-model/slow-page',
    what: 'A page takes 4 ms.',
    edits: [{ find: 'pageProgram: 0.4 * MS', replace: 'pageProgram: 4 * MS' }],
  },
  {
    ...parts,
    id: 'spi-nor-model/slow-block',
    what: 'A block takes 2.5 s.',
    edits: [{ find: 'blockErase: 150 * MS', replace: 'blockErase: 2500 * MS' }],
  },
  {
    ...parts,
    id: 'spi-nor-model/fast-chip',
    what: 'The smallest part is erased in 50 ms.',
    edits: [{ find: 'times: times(5_000)', replace: 'times: times(50)' }],
  },
  {
    ...model,
    id: 'spi-nor-model/hears-while-busy',
    what: 'Everything is heard while it is busy.',
    edits: [
      {
        find: 'return SR1.BUSY === 0 || WHILE_BUSY.has(name);',
        replace: 'return SR1.BUSY < 2 || WHILE_BUSY.has(name);',
      },
    ],
  },
  {
    ...model,
    id: 'spi-nor-model/incomplete-executed',
    what: 'An instruction that ends within its address is executed.',
    edits: [
      {
        find: 'instruction === undefined || this.#count < this.#dataFrom',
        replace: 'instruction === undefined || this.#count < 2',
      },
    ],
  },
  {
    ...model,
    id: 'spi-nor-model/power-cut-erases',
    what: 'A power cut takes the first block.',
    edits: [
      {
        find: 'this.#volatileReset(true);',
        replace: 'this.array.erase(0, BLOCK_BYTES);\n    this.#volatileReset(true);',
      },
    ],
  },
  {
    ...array,
    id: 'spi-nor-model/cut-program-clears',
    what: 'A program that breaks off clears bits that were to stay.',
    edits: [{ find: 'byte | random.below(BYTE_VALUES)', replace: 'random.below(BYTE_VALUES)' }],
  },
  {
    ...array,
    id: 'spi-nor-model/cut-erase-wide',
    what: 'An erase that breaks off harms as much behind it.',
    edits: [
      {
        find: 'for (let page = at; page < at + length; page += PAGE_BYTES)',
        replace: 'for (let page = at; page < at + 2 * length; page += PAGE_BYTES)',
      },
    ],
  },
  {
    ...array,
    id: 'spi-nor-model/cut-erase-before',
    what: 'An erase that breaks off harms the pages before it.',
    edits: [
      {
        find: 'for (let page = at; page < at + length; page += PAGE_BYTES)',
        replace: 'for (let page = Math.max(0, at - 4096); page < at + length; page += PAGE_BYTES)',
      },
    ],
  },
  {
    ...array,
    id: 'spi-nor-model/high-addresses-alias',
    what: 'The second half of the memory is the first one.',
    edits: [
      {
        find: 'const block = this.#blocks.get(Math.floor(at / BLOCK_BYTES));',
        replace:
          'const block = this.#blocks.get(Math.floor((at % (this.bytes / 2)) / BLOCK_BYTES));',
      },
    ],
  },
];
