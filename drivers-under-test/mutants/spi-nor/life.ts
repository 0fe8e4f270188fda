/** Mutants of the NOR flash driver: time, errors, identification and its life. */
import type { DriverMutant } from '../mutant.ts';

const folder = 'drivers-under-test/samples/spi-nor';
const nor = { driver: 'spi-nor', expected: [] } as const;
const driver = { ...nor, file: `${folder}/driver.ts` } as const;
const chip = { ...nor, file: `${folder}/chip.ts` } as const;
const identification = { ...nor, file: `${folder}/identification.ts` } as const;

const IDLE_FAILS =
  "if (idle === IDLE_MAX) fail('kIOReturnNoDevice', 'the status reads as all ones');";
const WAKE = 'this.#chip.fourByteAddresses = false;\n    await this.#chip.wake();';
const WAITS = 'if (isSilent) await this.#untilReady(CHIP_ERASE);';
const GUESS =
  '{ eraseTypes: [{ bytes: 4096, opcode: 0x20 }], facts: { id: [0, 0, 0] as const, ' +
  'bytes: 2 ** 21, pageBytes: 256, eraseBytes: [4096], fourByteAddresses: false } }';

export const norLife: readonly DriverMutant[] = [
  {
    ...driver,
    id: 'spi-nor/no-wait',
    bugClass: 'BC-03',
    what: 'Nothing waits for the end of a program or an erase.',
    expected: ['flash-device/robustness/no-early-read', 'NOR-R02'],
    edits: [{ find: '    await this.#untilReady(patience);\n', replace: '    void patience;\n' }],
  },
  {
    ...driver,
    id: 'spi-nor/returns-early',
    bugClass: 'BC-25',
    what: 'A program ends when its bytes are sent; what comes next waits for it.',
    expected: ['flash-device/robustness/durable'],
    edits: [
      {
        find: '    await this.#chip.writeEnable();\n    await instruction();\n    await this.#untilReady(patience);\n',
        replace:
          '    await this.#untilReady(ERASE);\n    await this.#chip.writeEnable();\n' +
          '    await instruction();\n' +
          '    if (patience !== PROGRAM) await this.#untilReady(patience);\n',
      },
      {
        find: 'if (stored.every((byte, index) => byte === wanted[index])) return;',
        replace: 'if (stored.length === wanted.length) return;',
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/oversleeps',
    bugClass: 'BC-03',
    what: 'It looks every 5 ms whether a page is programmed.',
    expected: ['flash-device/robustness/prompt'],
    edits: [{ find: 'everyMs: 0.1 * MS', replace: 'everyMs: 5 * MS' }],
  },
  {
    ...driver,
    id: 'spi-nor/polls-all-the-time',
    bugClass: 'BC-05',
    what: 'It looks every 10 us whether a sector is erased.',
    expected: ['flash-device/robustness/polls'],
    edits: [{ find: 'everyMs: 5 * MS', replace: 'everyMs: 0.01 * MS' }],
  },
  {
    ...driver,
    id: 'spi-nor/impatient-chip-erase',
    bugClass: 'BC-04',
    what: 'A chip erase is given no more time than a block.',
    expected: ['flash-device/data/erase-all'],
    edits: [
      { find: 'this.#chip.eraseAll(), CHIP_ERASE)', replace: 'this.#chip.eraseAll(), ERASE)' },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/waits-for-ever',
    bugClass: 'BC-05',
    what: 'It waits for ever for a flash that is busy.',
    expected: ['flash-device/recovery/stuck-status', 'flash-device/robustness/silent'],
    edits: [
      { find: IDLE_FAILS, replace: '' },
      { find: 'if (waited >= maxMs) fail(', replace: 'if (waited < 0) fail(' },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/never-recovers',
    bugClass: 'BC-13',
    what: 'After an error it works no more.',
    expected: ['flash-device/recovery/stuck-high', 'flash-device/recovery/flipped-anywhere'],
    edits: [
      {
        find: 'this.#statistics.errors++;\n        this.#isDoubtful = true;',
        replace: 'this.#statistics.errors++;\n        this.#offline = true;',
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/no-doubts',
    bugClass: 'BC-01',
    what: 'After an error it goes on as if nothing had been.',
    expected: ['flash-device/recovery/gone'],
    edits: [{ find: 'if (this.#isDoubtful) await this.#recover();', replace: '' }],
  },
  {
    ...identification,
    id: 'spi-nor/zeros-are-a-flash',
    bugClass: 'BC-01',
    what: 'A flash that tells no id is taken for a small one.',
    expected: ['flash-device/robustness/all-zeros'],
    edits: [
      {
        find: "if (isIdle) fail('kIOReturnNoDevice', 'nobody answers the read of the id');",
        replace: `if (isIdle) return ${GUESS};`,
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/ones-are-a-flash',
    bugClass: 'BC-01',
    what: 'A bus on which nobody drives is taken for a small flash.',
    expected: ['flash-device/robustness/all-ones'],
    edits: [
      { find: IDLE_FAILS, replace: 'if (idle === IDLE_MAX) return;' },
      {
        find: 'identify(await this.#chip.jedecId(), parameters);',
        replace: `parameters[0] === 0xff ? ${GUESS} : identify(await this.#chip.jedecId(), parameters);`,
      },
    ],
  },
  {
    ...identification,
    id: 'spi-nor/believes-parameters',
    bugClass: 'BC-17',
    what: 'The size in the parameters is believed, whatever the id says.',
    expected: ['flash-device/recovery/lying-parameters'],
    edits: [{ find: 'if (bytes !== 2 ** capacity) {', replace: 'if (bytes < capacity) {' }],
  },
  {
    ...identification,
    id: 'spi-nor/believes-id',
    bugClass: 'BC-17',
    what: 'The size in the id is believed, whatever the parameters say.',
    expected: ['flash-device/recovery/unknown-id'],
    edits: [
      {
        find: 'const bytes = density(table);',
        replace: 'const bytes = density(table) < 0 ? 0 : 2 ** capacity;',
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/no-wake',
    bugClass: 'BC-20',
    what: 'Start does not wake the flash.',
    expected: ['flash-device/robustness/after-suspension'],
    edits: [{ find: WAKE, replace: 'this.#chip.fourByteAddresses = false;' }],
  },
  {
    ...driver,
    id: 'spi-nor/start-does-not-wait',
    bugClass: 'BC-28',
    what: 'Start neither waits for what somebody began nor breaks it off.',
    expected: ['flash-device/robustness/after-erase', 'flash-device/promises/crash-at-work'],
    edits: [
      { find: WAITS, replace: 'void isSilent;' },
      { find: '    await this.#chip.reset();\n', replace: '' },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/works-asleep',
    bugClass: 'BC-20',
    what: 'Calls go on when it is asleep.',
    expected: ['flash-device/data/offline'],
    edits: [
      {
        find: '    this.#offline = true;\n    await this.#last;',
        replace: '    await this.#last;',
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/no-power-down',
    bugClass: 'BC-20',
    what: 'The flash stays awake when the driver is put to sleep.',
    expected: ['flash-device/promises/asleep'],
    edits: [{ find: '      await this.#chip.powerDown();\n', replace: '' }],
  },
  {
    ...driver,
    id: 'spi-nor/leaves-open',
    bugClass: 'BC-21',
    what: 'A Start that fails leaves the device open.',
    expected: ['flash-device/robustness/all-zeros', 'HOST-BALANCE'],
    edits: [
      { find: '      provider.Close(this);\n      throw error;', replace: '      throw error;' },
    ],
  },
  {
    ...chip,
    id: 'spi-nor/enabled-once',
    bugClass: 'BC-02',
    what: 'Write Enable is sent before the first change only, when the flash says that it is set.',
    expected: ['NOR-R01'],
    edits: [
      {
        find: '    await this.#tell([Opcode.WriteEnable]);\n',
        replace:
          '    await this.#tell([Opcode.WriteEnable]);\n    await this.#tell([Opcode.WriteDisable]);\n',
      },
      { find: 'if (!isEnabled) fail(', replace: 'if (isEnabled) fail(' },
    ],
  },
  {
    ...chip,
    id: 'spi-nor/no-rest-after-reset',
    bugClass: 'BC-04',
    what: 'After a reset it goes on at once.',
    expected: ['NOR-R04'],
    noSmoke: 'the flash does not hear what comes so early',
    edits: [
      {
        find: '    await this.#tell([Opcode.Reset]);\n    this.#device.IODelay(WAKE_US);\n',
        replace: '    await this.#tell([Opcode.Reset]);\n',
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/pokes-asleep',
    bugClass: 'BC-20',
    what: 'It asks for the status of a flash that it has put to sleep.',
    expected: ['NOR-R05'],
    edits: [
      {
        find: '      await this.#chip.powerDown();\n',
        replace: '      await this.#chip.powerDown();\n      await this.#chip.status();\n',
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/too-fast',
    bugClass: 'BC-02',
    what: 'The clock is faster than the slow read may have.',
    expected: ['NOR-R06'],
    edits: [{ find: 'const CLOCK_HZ = 20_000_000;', replace: 'const CLOCK_HZ = 80_000_000;' }],
  },
  {
    ...driver,
    id: 'spi-nor/unconfigured',
    bugClass: 'BC-01',
    what: 'Mode and clock are what the controller has.',
    expected: ['SPI-R01'],
    edits: [{ find: '      provider.Configure({ mode: 0, clockHz: CLOCK_HZ });\n', replace: '' }],
  },
  {
    ...chip,
    id: 'spi-nor/clock-midway',
    bugClass: 'BC-14',
    what: 'The clock of what comes next is set before the transaction on the bus has ended.',
    expected: ['SPI-R02'],
    edits: [
      {
        find: 'const [answer = new Uint8Array(length)] = await this.#device.Transfer(segments);',
        replace: `const answers = this.#device.Transfer(segments);
    await Promise.resolve();
    await Promise.resolve();
    this.#device.Configure({ mode: 0, clockHz: 20_000_000 });
    const [answer = new Uint8Array(length)] = await answers;`,
      },
    ],
  },
  {
    ...chip,
    id: 'spi-nor/wakes-by-select',
    bugClass: 'BC-11',
    what: 'A pulse of the chip select alone is to wake the flash.',
    expected: ['SPI-R03'],
    edits: [
      {
        find: '    await this.#tell([Opcode.Release]);\n',
        replace: '    await this.#tell([]);\n    await this.#tell([Opcode.Release]);\n',
      },
    ],
  },
  {
    ...chip,
    id: 'spi-nor/quad-answer',
    bugClass: 'BC-02',
    what: 'The unique id is read over four lines, on which nobody drives it.',
    expected: ['NOR-R07'],
    edits: [
      {
        find: 'return this.#query([Opcode.UniqueId, 0, 0, 0, 0], UNIQUE_ID_BYTES);',
        replace: `const write = Uint8Array.of(Opcode.UniqueId, 0, 0, 0, 0);
    const read = { read: UNIQUE_ID_BYTES, lines: 4 } as const;
    return (await this.#device.Transfer([{ write }, read]))[0] ?? new Uint8Array(0);`,
      },
    ],
  },
];
