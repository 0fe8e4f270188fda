import { expect, it } from 'vitest';
import { Command, interruptsOf, testCard } from './test-card.ts';

const CONTROL = 0x42;
const MASK = 0x50;
const PENDING = 0x54;

function msiCard() {
  const card = testCard({
    capabilities: [{ kind: 'msi', vectors: 8, wide: true, masking: true }],
  });
  card.pci.configWrite(0x04, 2, Command.Master);
  return { ...card, seen: interruptsOf(card.pci) };
}

it('folds its vectors into as many as were granted', () => {
  const { pci, seen } = msiCard();
  pci.route('msi', 3);
  for (let vector = 0; vector < 8; vector++) pci.device.message(vector);
  expect(seen).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
});

it('holds a masked vector back as pending and sends it once on unmask', () => {
  const { pci, seen } = msiCard();
  pci.route('msi', 8);
  pci.configWrite(MASK, 4, 0x20);
  pci.device.message(5);
  pci.device.message(5);
  pci.device.message(6);
  expect(pci.configRead(PENDING, 4)).toBe(0x20);
  pci.configWrite(PENDING, 4, 0);
  expect(pci.configRead(PENDING, 4)).toBe(0x20);
  pci.configWrite(MASK, 4, 0);
  expect(pci.configRead(PENDING, 4)).toBe(0);
  expect(seen).toEqual([6, 5]);
});

it('shows its options in the control register and keeps read-only bits', () => {
  const { pci } = msiCard();
  pci.configWrite(CONTROL, 2, 0xffff);
  expect(pci.configRead(CONTROL, 2)).toBe(0x1b7);
});

it('drops the line when it takes over, and gives it back', () => {
  const { pci, seen } = msiCard();
  pci.device.interrupt.drive(true);
  pci.configWrite(CONTROL, 2, 1);
  pci.configWrite(CONTROL, 2, 0);
  expect(seen).toEqual([true, false, true]);
});
