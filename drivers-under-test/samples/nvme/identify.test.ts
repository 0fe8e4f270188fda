import { describe, expect, it } from 'vitest';
import {
  Controller,
  LBA_FORMATS_AT,
  LbaFormat,
  Namespace,
} from '../../../sim/devices/nvme/structures.ts';
import { controllerFacts, namespaceFacts, TRANSFER_BYTES_MAX } from './identify.ts';

const PAGE = 4096;

function controllerData(fields: Partial<Record<'MDTS' | 'SQES_MIN' | 'AERL' | 'AWUPF', number>>) {
  const data = new Uint8Array(4096);
  const usual = { SQES_MIN: 6, SQES_MAX: 6, CQES_MIN: 4, CQES_MAX: 4, MDTS: 7 };
  for (const [name, value] of Object.entries({ ...usual, ...fields })) {
    Controller[name as 'MDTS'].set(data, 0, value);
  }
  return data;
}

const facts = controllerFacts(controllerData({}), PAGE);

function namespaceData(
  exponent: number,
  fields: Partial<Record<'NSZE' | 'NLBAF' | 'FLBAS_FORMAT' | 'DPS' | 'NSATTR', number>> = {},
  metadata = 0,
) {
  const data = new Uint8Array(4096);
  for (const [name, value] of Object.entries({ NSZE: 1000, ...fields })) {
    Namespace[name as 'NSZE'].set(data, 0, value);
  }
  LbaFormat.LBADS.set(data, LBA_FORMATS_AT, exponent);
  LbaFormat.MS.set(data, LBA_FORMATS_AT, metadata);
  return data;
}

describe('Identify Controller data', () => {
  it('gives the limit of transfers in pages, and bounds it', () => {
    expect(facts.maxTransferBytes).toBe(128 * PAGE);
    for (const MDTS of [0, 20, 255]) {
      const { maxTransferBytes } = controllerFacts(controllerData({ MDTS }), PAGE);
      expect(maxTransferBytes).toBe(TRANSFER_BYTES_MAX);
    }
  });

  it('is refused when our entries do not fit its queues', () => {
    expect(() => controllerFacts(controllerData({ SQES_MIN: 7 }), PAGE)).toThrow(
      'kIOReturnUnsupported',
    );
  });

  it('does not make us ask for any number of events', () => {
    const { eventRequests } = controllerFacts(controllerData({ AERL: 255 }), PAGE);
    expect(eventRequests).toBeLessThan(10);
  });
});

describe('Identify Namespace data', () => {
  it('gives blocks and their size', () => {
    const found = namespaceFacts(1, namespaceData(12), facts);
    expect(found).toMatchObject({ nsid: 1, blocks: 1000, blockBytes: 4096, readOnly: false });
  });

  it.each([
    ['no blocks', namespaceData(9, { NSZE: 0 })],
    ['more blocks than there are numbers', namespaceData(9, { NSZE: 2 ** 52 })],
    ['blocks of one byte', namespaceData(0)],
    ['blocks of 2^255 bytes', namespaceData(255)],
    ['metadata', namespaceData(9, {}, 8)],
    ['protection', namespaceData(9, { DPS: 1 })],
    ['a format that it does not have', namespaceData(9, { FLBAS_FORMAT: 15 })],
  ])('with %s is no unit', (_, data) => {
    expect(namespaceFacts(1, data, facts)).toBeUndefined();
  });

  it('promises no more at once than a transfer moves', () => {
    const awupf = controllerFacts(controllerData({ AWUPF: 0xffff }), PAGE);
    expect(namespaceFacts(1, namespaceData(12), awupf)?.atomicBlocks).toBe(128);
  });
});
