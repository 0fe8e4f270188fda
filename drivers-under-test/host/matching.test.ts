import { describe, expect, it } from 'vitest';
import { checkEntitlements, requirementOf, satisfied, userClientAccess } from './entitlements.ts';
import {
  checkKeys,
  explainMatch,
  explainMatchText,
  type Matchable,
  whyNoMatch,
} from './matching.ts';
import { parseMatchList } from './pci-matching.ts';

const TRANSPORT = 'com.apple.developer.driverkit.transport.pci';
const BASE = 'com.apple.developer.driverkit';

const provider = {
  IOClass: 'IOPCIDevice',
  'vendor-id': 0x1234,
  'device-id': 0x11e8,
  'subsystem-vendor-id': 0x1af4,
  'subsystem-id': 0x1100,
  'class-code': 0x00ff00,
  'revision-id': 0x10,
  name: 'pci1234,11e8',
  compatible: ['pci1af4,1100', 'pci1234,11e8', 'pciclass,00ff00'],
  nested: { a: [1, 'two'] },
  IOServiceDEXTEntitlements: [[TRANSPORT]],
};

const driver = (
  personalities: Matchable['personalities'],
  transport: unknown = [{ IOPCIMatch: '0x11e81234' }],
): Matchable => ({
  id: 'edu',
  personalities,
  entitlements: { [BASE]: true, [TRANSPORT]: transport },
});

const passes = (key: string, wanted: unknown) =>
  checkKeys({ [key]: wanted }, provider).map((check) => check.passes);

describe('keys', () => {
  it.each([
    ['IOProviderClass', 'IOPCIDevice', true],
    ['IOProviderClass', 'IOService', true],
    ['IOProviderClass', 'IOUSBHostDevice', false],
    ['IOPCIPrimaryMatch', '0x11e81234', true],
    ['IOPCIPrimaryMatch', '0x11001af4', false],
    ['IOPCISecondaryMatch', '0x11001af4', true],
    ['IOPCISecondaryMatch', '0x11e81234', false],
    ['IOPCIMatch', '0x11e81234', true],
    ['IOPCIMatch', '0x11001af4', true],
    ['IOPCIMatch', '0x00000000', false],
    ['IOPCIPrimaryMatch', '0x11e91234 0x11e81234', true],
    ['IOPCIPrimaryMatch', '0x00001234&0x0000ffff', true],
    ['IOPCIPrimaryMatch', '0x00001234 & 0x0000ffff', true],
    ['IOPCIPrimaryMatch', '0x00001235&0x0000ffff', false],
    ['IOPCIPrimaryMatch', '11e81234', true],
    ['IOPCIPrimaryMatch', 'vendor 0x11e81234', false],
    ['IOPCIPrimaryMatch', '', false],
    ['IOPCIPrimaryMatch', 0x11e81234, false],
    ['IOPCIClassMatch', '0x00ff0000', true],
    ['IOPCIClassMatch', '0x00ff0011', true],
    ['IOPCIClassMatch', '0x00ff0011&0xffffffff', false],
    ['IOPCIClassMatch', '0x02000000&0xff000000', false],
    ['IONameMatch', 'pci1234,11e8', true],
    ['IONameMatch', ['nobody', 'pciclass,00ff00'], true],
    ['IONameMatch', 'pci1234,11e9', false],
    ['IOPropertyMatch', { 'device-id': 0x11e8, nested: { a: [1, 'two'] } }, true],
    ['IOPropertyMatch', { 'device-id': 0x11e8, nested: { a: [1] } }, false],
    ['IOPropertyMatch', [{ 'device-id': 1 }, { 'device-id': 0x11e8 }], true],
    ['IOPropertyMatch', 'device-id', false],
    ['IOPropertyExistsMatch', 'device-id', true],
    ['IOPropertyExistsMatch', 'nobody', false],
    ['IOPropertyExistsMatch', ['nobody', 'device-id'], true],
    ['IOPropertyExistsMatch', ['nobody'], false],
    ['IOLocationMatch', '1', false],
  ])('%s %j: %j', (key, wanted, expected) => {
    expect(passes(key, wanted)).toEqual([expected]);
  });

  it('says what was wanted and what was found', () => {
    expect(checkKeys({ IOPCIMatch: '0x00021b36', IOProbeScore: 7 }, provider)).toEqual([
      {
        key: 'IOPCIMatch',
        wanted: '0x00021b36',
        found: '0x11e81234 or 0x11001af4',
        passes: false,
      },
    ]);
  });

  it('matches PCI keys of no provider that is no PCI function', () => {
    expect(checkKeys({ IOPCIMatch: '0' }, { IOClass: 'IOUSBHostDevice' })[0]?.passes).toBe(false);
  });

  it('reads lists to where they cannot be read', () => {
    expect(parseMatchList('0x1&0x2 3 x 4', 0xff)).toEqual([
      { value: 1, mask: 2 },
      { value: 3, mask: 0xff },
    ]);
  });
});

describe('personalities', () => {
  const pci = { IOProviderClass: 'IOPCIDevice' };

  it('win by score inside a category; categories do not compete', () => {
    const report = explainMatch(
      driver({
        low: { ...pci, IOProbeScore: 10 },
        high: { ...pci, IOProbeScore: 20 },
        late: { ...pci, IOProbeScore: 20 },
        other: { ...pci, IOMatchCategory: 'Other' },
        foreign: { ...pci, IOPCIMatch: '0x1', IOProbeScore: 99 },
      }),
      provider,
    );
    expect(report.personalities.map(({ name, wins, lostTo }) => [name, wins, lostTo])).toEqual([
      ['low', false, 'high'],
      ['high', true, undefined],
      ['late', false, 'high'],
      ['other', true, undefined],
      ['foreign', false, undefined],
    ]);
    expect(report.attaches).toBe(true);
  });

  it('checks all keys although the first fails', () => {
    const [only] = explainMatch(
      driver({ only: { IOProviderClass: 'IOUSBHostDevice', IOPCIMatch: '0x11e81234' } }),
      provider,
    ).personalities;
    expect(only?.keys.map((check) => check.passes)).toEqual([false, true]);
  });

  it('match nothing without IOProviderClass', () => {
    const report = explainMatch(driver({ bare: { IOPCIMatch: '0x11e81234' } }), provider);
    expect(report.attaches).toBe(false);
    expect(whyNoMatch(report)).toContain('IOProviderClass wants a class, found no such key');
  });

  it('explain a refusal in one sentence, and everything in lines', () => {
    const report = explainMatch(driver({ card: { ...pci, IOPCIMatch: '0x00021b36' } }), provider);
    expect(whyNoMatch(report)).toBe(
      'no personality of edu matches the device ' +
        '(card: IOPCIMatch wants 0x00021b36, found 0x11e81234 or 0x11001af4)',
    );
    expect(explainMatchText(report)).toEqual([
      'personality card: does not match',
      '  pass  IOProviderClass: wanted IOPCIDevice, found IOPCIDevice',
      '  FAIL  IOPCIMatch: wanted 0x00021b36, found 0x11e81234 or 0x11001af4',
      'entitlements: pass',
      `  pass  ${BASE}: there`,
      `  pass  the provider asks for ${TRANSPORT}`,
      `  pass  ${TRANSPORT}: [{IOPCIMatch: 0x11e81234}]`,
      `does not attach: ${whyNoMatch(report)}`,
    ]);
  });
});

describe('entitlements', () => {
  const check = (transport: unknown) =>
    checkEntitlements({ [BASE]: true, [TRANSPORT]: transport }, provider);

  it.each([
    [true, true],
    [[{ IOPCIMatch: '0x11e81234' }], true],
    [[{ IOPCIMatch: '0x1' }, { IOPCIPrimaryMatch: '0x1234&0xffff' }], true],
    [[{ IOPCIMatch: '0x1' }], false],
    [[{ IOPCIMatch: '0x11e81234', IOProviderClass: 'IOUSBHostDevice' }], false],
    [[], false],
    ['0x11e81234', false],
    [['0x11e81234'], false],
  ])('value %j of the transport: %j', (value, expected) => {
    expect(check(value).passes).toBe(expected);
  });

  it('says that an empty list is empty', () => {
    expect(check([]).reason).toContain('is empty: it matches no device');
    const report = explainMatch(driver({ card: { IOProviderClass: 'IOPCIDevice' } }, []), provider);
    expect(whyNoMatch(report)).toContain('is empty');
    expect(report.attaches).toBe(false);
  });

  it('names what is missing', () => {
    expect(checkEntitlements({}, provider).reason).toContain(BASE);
    expect(checkEntitlements({ [BASE]: true }, provider).reason).toContain(TRANSPORT);
    expect(checkEntitlements({ [BASE]: true }, {}).passes).toBe(true);
  });

  it('reads a text, a list of texts and a list of lists', () => {
    expect(requirementOf('a')).toEqual([['a']]);
    expect(requirementOf(['a', 'b'])).toEqual([['a'], ['b']]);
    expect(requirementOf([['a', 'b'], ['c']])).toEqual([['a', 'b'], ['c']]);
    expect(requirementOf(undefined)).toBeUndefined();
  });

  it('satisfies any of the lists, but all of one', () => {
    const either = [['a', 'b'], ['c']];
    expect(satisfied(either, { a: true, b: true })).toEqual(['a', 'b']);
    expect(satisfied(either, { c: false })).toEqual(['c']);
    expect(satisfied(either, { a: true })).toBeUndefined();
    expect(satisfied([[]], { a: true })).toBeUndefined();
    expect(satisfied([], { a: true })).toBeUndefined();
  });
});

describe('access to user clients', () => {
  const access = { client: {}, driverId: 'edu', driver: {}, userClient: {} };
  const P = 'com.apple.developer.driverkit.';

  it('is granted by the first of four checks that passes, else not at all', () => {
    const all = {
      client: {
        [`${P}driver-access`]: true,
        [`${P}userclient-access`]: ['edu'],
        special: true,
      },
      driverId: 'edu',
      driver: { [`${P}allow-any-userclient-access`]: true },
      userClient: { IOServiceDEXTEntitlements: 'special' },
    };
    const without = (name: string) =>
      Object.fromEntries(Object.entries(all.client).filter(([key]) => !key.endsWith(name)));
    expect(userClientAccess(all)).toBe('driver-access');
    const client = without('driver-access');
    expect(userClientAccess({ ...all, client })).toBe('allow-any-userclient-access');
    expect(userClientAccess({ ...all, client, driver: {} })).toBe('userclient-access');
    expect(userClientAccess({ ...all, client, driver: {}, driverId: 'other' })).toBe(
      'IOServiceDEXTEntitlements',
    );
    expect(userClientAccess(access)).toBeUndefined();
    expect(userClientAccess({ ...access, userClient: all.userClient })).toBeUndefined();
  });
});
