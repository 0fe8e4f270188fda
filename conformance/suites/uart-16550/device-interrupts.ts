/** How the 16550 itself interrupts, source by source. */
import type { Clause } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { datasheet, farEnd, pattern } from '../serial-port/facts.ts';
import {
  FCR,
  IIR,
  LINES,
  LSR_IDLE,
  MCR_LOOP,
  MSR,
  SLOWLY,
  TRIGGERS,
  setUp,
} from './device-setup.ts';
import * as chip from './facts.ts';

export const interrupts: readonly Clause[] = [
  {
    id: 'trigger',
    cite: datasheet('8.5, bits 6 and 7'),
    text: 'Data interrupts at the trigger level, and no longer below it.',
    level: 'shall',
    subject: 'device',
    needs: ['serial-peer'],
    async check(scene) {
      const { write, read, pass, level } = setUp(scene, SLOWLY);
      write(chip.IER, chip.IER_RECEIVE);
      for (const [bits, count] of TRIGGERS) {
        write(chip.FCR, FCR.on + FCR.emptyReceiver + bits);
        farEnd(scene).send(pattern(count));
        await pass(count - 0.5);
        expect.equal(level(), false, `the interrupt line one short of ${count}`);
        await pass(1);
        expect.equal(level(), true, `the interrupt line at ${count}`);
        expect.equal(read(chip.IIR), chip.IIR_FIFOS + IIR.data, `IIR at ${count}`);
        read(chip.RBR);
        expect.equal(level(), false, `the interrupt line below ${count}`);
      }
    },
  },
  {
    id: 'timeout',
    cite: datasheet('8.11'),
    text: 'What stays below the trigger level interrupts after four character times, until it is read.',
    level: 'shall',
    subject: 'device',
    needs: ['serial-peer'],
    async check(scene) {
      const { write, read, pass, level } = setUp(scene, SLOWLY);
      write(chip.IER, chip.IER_RECEIVE);
      write(chip.FCR, FCR.on + 0xc0);
      farEnd(scene).send([1, 2]);
      await pass(2 + 3.4);
      expect.equal(level(), false, 'the interrupt line before four character times');
      await pass(1.2);
      expect.equal(level(), true, 'the interrupt line after them');
      expect.equal(read(chip.IIR), chip.IIR_FIFOS + IIR.timeout, 'IIR');
      read(chip.RBR);
      expect.equal(level(), false, 'the interrupt line after a character was read');
      expect.equal(read(chip.IIR), chip.IIR_FIFOS + chip.IIR_NONE, 'IIR afterwards');
    },
  },
  {
    id: 'thr-empty',
    cite: datasheet('Table IV'),
    text: 'An empty THR interrupts when that is enabled; reading IIR withdraws it, THRE stays.',
    level: 'shall',
    subject: 'device',
    check(scene) {
      const { write, read, level } = setUp(scene);
      expect.equal(level(), false, 'the interrupt line before');
      write(chip.IER, chip.IER_TRANSMIT);
      expect.equal(level(), true, 'the interrupt line');
      expect.equal(read(chip.IIR), IIR.thrEmpty, 'IIR');
      expect.equal(read(chip.IIR), chip.IIR_NONE, 'IIR, read again');
      expect.equal(level(), false, 'the interrupt line after IIR was read');
      expect.equal(read(chip.LSR), LSR_IDLE, 'LSR');
    },
  },
  {
    id: 'priorities',
    cite: datasheet('Table IV'),
    text: 'The sources are identified one after another, the highest first.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const { write, read, pass, level } = setUp(scene);
      write(chip.MCR, MCR_LOOP);
      for (const byte of [1, 2]) {
        write(chip.THR, byte);
        await pass(3);
      }
      expect.equal(read(chip.IIR), chip.IIR_NONE, 'IIR with nothing enabled');
      write(chip.IER, 0x07);
      expect.equal(read(chip.IIR), IIR.lineStatus, 'IIR with everything pending');
      read(chip.LSR);
      expect.equal(read(chip.IIR), IIR.data, 'IIR after LSR was read');
      read(chip.RBR);
      expect.equal(level(), true, 'the interrupt line until all are served');
      expect.equal(read(chip.IIR), IIR.thrEmpty, 'IIR after RBR was read');
      expect.equal(read(chip.IIR), chip.IIR_NONE, 'IIR after IIR was read');
      expect.equal(level(), false, 'the interrupt line when all are served');
    },
  },
  {
    id: 'modem-last',
    cite: datasheet('Table IV'),
    text: 'The modem lines are identified after all other sources.',
    level: 'shall',
    subject: 'device',
    needs: ['serial-peer', 'modem-lines'],
    check(scene) {
      const { write, read, level } = setUp(scene);
      farEnd(scene).setModemLines({ DCD: true });
      expect.equal(read(chip.IIR), chip.IIR_NONE, 'IIR with nothing enabled');
      write(chip.IER, 0x0f);
      expect.equal(read(chip.IIR), IIR.thrEmpty, 'IIR with everything enabled');
      expect.equal(read(chip.IIR), IIR.modem, 'IIR after IIR was read');
      expect.equal(level(), true, 'the interrupt line until MSR is read');
      read(MSR);
      expect.equal(read(chip.IIR), chip.IIR_NONE, 'IIR after MSR was read');
      expect.equal(level(), false, 'the interrupt line when all are served');
    },
  },
  {
    id: 'modem-status',
    cite: datasheet('8.9'),
    text: 'MSR follows its inputs and latches their changes until it is read.',
    level: 'shall',
    subject: 'device',
    needs: ['serial-peer', 'modem-lines'],
    check(scene) {
      const { write, read, level } = setUp(scene);
      write(chip.IER, 0x08);
      for (const [line, bit, change] of LINES) {
        farEnd(scene).setModemLines({ [line]: true });
        expect.equal(level(), true, `the interrupt line when ${line} rises`);
        expect.equal(read(MSR), bit + change, `MSR when ${line} has risen`);
        expect.equal(read(MSR), bit, 'MSR, read again');
        farEnd(scene).setModemLines({ [line]: false });
        expect.equal(read(MSR), change, `MSR when ${line} has fallen`);
      }
      farEnd(scene).setModemLines({ RI: true });
      expect.equal(read(MSR), 0x40, 'MSR while it rings');
      expect.equal(level(), false, 'the interrupt line while it rings');
      farEnd(scene).setModemLines({ RI: false });
      expect.equal(read(MSR), 0x04, 'MSR when the ring is over');
      expect.equal(read(MSR), 0, 'MSR, read again');
    },
  },
];
