import { expect, it } from 'vitest';
import { Command, testCard } from './test-card.ts';

const DEVICE_CAPABILITIES = 0x44;
const DEVICE_CONTROL = 0x48;
const INITIATE_FLR = 0x8000;
const FLR_CAPABLE = 0x1000_0000;

function expressCard(flr: boolean) {
  const card = testCard({ capabilities: [{ kind: 'express', flr }] });
  const resets: string[] = [];
  card.pci.device.onReset((domain) => resets.push(domain));
  card.pci.configWrite(0x04, 2, Command.Memory);
  return { ...card, resets };
}

it('resets the function when a driver asks: command and BARs are lost', () => {
  const { pci, resets } = expressCard(true);
  expect(pci.configRead(DEVICE_CAPABILITIES, 4) & FLR_CAPABLE).toBe(FLR_CAPABLE);
  pci.configWrite(DEVICE_CONTROL, 2, pci.configRead(DEVICE_CONTROL, 2) + INITIATE_FLR);
  expect(resets).toEqual(['function']);
  expect(pci.configRead(DEVICE_CONTROL, 2)).toBe(0x2810);
  expect([pci.configRead(0x04, 2), pci.configRead(0x10, 4)]).toEqual([0, 0]);
});

it('resets by the platform, which puts the BARs back', () => {
  const { pci, resets } = expressCard(true);
  expect(pci.reset('function')).toBe(true);
  expect(resets).toEqual(['function']);
  expect(pci.configRead(0x10, 4)).toBe(pci.bars[0]!.address);
});

it('cannot be reset so when it does not say so', () => {
  const { pci, resets } = expressCard(false);
  pci.configWrite(DEVICE_CONTROL, 2, INITIATE_FLR);
  expect(pci.reset('function')).toBe(false);
  expect(resets).toEqual([]);
});

it('has 4096 bytes of configuration space, others have 256', () => {
  expect(expressCard(false).pci.configRead(0xffc, 4)).toBe(0);
  expect(testCard().pci.configRead(0x100, 4)).toBe(0xffffffff);
});
