import { expect, it } from 'vitest';
import { Command, interruptsOf, testCard } from './test-card.ts';

const CONTROL = 0x42;
const Control = { Enable: 0x8000, FunctionMask: 0x4000 };
const TABLE = 0x800;
const PENDING = 0xc00;
const MASK_OF_VECTOR_1 = TABLE + 16 + 12;

function msixCard(vectors = 3) {
  const card = testCard({
    capabilities: [{ kind: 'msix', vectors, bar: 0, tableOffset: TABLE, pendingOffset: PENDING }],
  });
  card.pci.configWrite(0x04, 2, Command.Memory + Command.Master);
  return { ...card, seen: interruptsOf(card.pci) };
}

it('says where its table is and how many vectors it has', () => {
  const { pci } = msixCard();
  expect(pci.configRead(0x40, 1)).toBe(0x11);
  expect(pci.configRead(CONTROL, 2)).toBe(2);
  expect(pci.configRead(0x44, 4)).toBe(TABLE);
  expect(pci.configRead(0x48, 4)).toBe(PENDING);
});

it('holds a masked vector back as pending and sends it once on unmask', () => {
  const { pci, seen } = msixCard();
  pci.configWrite(CONTROL, 2, Control.Enable);
  pci.device.message(1);
  pci.device.message(1);
  expect(pci.read(0, PENDING, 4)).toBe(2);
  pci.write(0, MASK_OF_VECTOR_1, 4, 0);
  expect(seen).toEqual([1]);
  expect(pci.read(0, PENDING, 4)).toBe(0);
});

it('obeys the function mask over the masks of the vectors', () => {
  const { pci, seen } = msixCard(40);
  pci.route('msix', 40);
  pci.configWrite(CONTROL, 2, Control.Enable + Control.FunctionMask);
  pci.device.message(39);
  expect(pci.read(0, PENDING, 8)).toBe(0);
  expect(pci.high).toBe(0x80);
  pci.configWrite(CONTROL, 2, Control.Enable);
  expect(seen).toEqual([39]);
});

it('leaves the rest of the BAR to the device', () => {
  const { pci, bank } = msixCard();
  pci.write(0, 0, 4, 7);
  pci.write(0, TABLE + 8, 4, 9);
  expect(bank.registers.SCRATCH.value).toBe(7);
  expect([pci.read(0, 0, 4), pci.read(0, TABLE + 8, 4)]).toEqual([7, 9]);
});

it('masks every vector again after a reset', () => {
  const { pci } = msixCard();
  pci.route('msix', 3);
  pci.reset('hot');
  pci.configWrite(0x04, 2, Command.Memory);
  expect(pci.read(0, MASK_OF_VECTOR_1, 4)).toBe(1);
  expect(pci.device.message(1)).toBe(false);
});

it('refuses a table that its BAR does not hold', () => {
  expect(() => msixCard(200)).toThrow(/leaves BAR0/);
});
