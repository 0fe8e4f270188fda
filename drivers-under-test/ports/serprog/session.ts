/**
 * The programmer's side of one serprog connection, as a state machine over bytes: interface 1 of
 * flashrom's serprog-protocol.txt. Whatever comes, it keeps one command at a time and no more.
 *
 * Not modelled: parallel, LPC and FWH buses, and output drivers that can be turned off.
 */
import * as wire from './commands.ts';
import { ACK, Command, NAK, littleEndian, number } from './commands.ts';

/** What the commands act on. Of `transfer` and `delay` one is under way at a time. */
export interface SerprogActions {
  /** One chip select. `write` is valid until `done`, which comes later, once. */
  transfer(write: Uint8Array, readBytes: number, done: (read: Uint8Array) => void): void;
  delay(us: number, done: () => void): void;
  /** @returns the clock in hertz that it became */
  setClock(hz: number): number;
  answer(bytes: Uint8Array): void;
}

const HEADER_BYTES_MAX = 6;

export class SerprogSession {
  readonly #actions: SerprogActions;
  readonly #header = new Uint8Array(HEADER_BYTES_MAX);
  readonly #data = new Uint8Array(wire.WRITE_BYTES_MAX);
  #opcode: number | undefined;
  /** Of parameters and data together. */
  #received = 0;
  /** Known of an SPI operation when its parameters are there. */
  #dataBytes = 0;
  #busy = false;
  #operationBytes = 0;
  #operationUs = 0;

  constructor(actions: SerprogActions) {
    this.#actions = actions;
  }

  /** Something takes its time: until it is over no byte is taken. */
  get busy(): boolean {
    return this.#busy;
  }

  /** @returns how many of the bytes were taken; the others are to come again when it is not busy */
  receive(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length && !this.#busy) {
      if (this.#opcode === undefined) this.#begin(bytes[at++] as number);
      else at += this.#collect(bytes, at);
    }
    return at;
  }

  #begin(opcode: number): void {
    const parameters = wire.PARAMETER_BYTES.get(opcode);
    if (parameters === undefined) this.#answer(NAK);
    else if (parameters === 0) this.#execute(opcode);
    else {
      this.#opcode = opcode;
      this.#received = 0;
      this.#dataBytes = 0;
    }
  }

  /** @returns how many bytes from `at` on belong to the command */
  #collect(bytes: Uint8Array, at: number): number {
    const opcode = this.#opcode as number;
    const parameters = wire.PARAMETER_BYTES.get(opcode) ?? 0;
    if (this.#received < parameters) {
      this.#header[this.#received++] = bytes[at] as number;
      if (this.#received < parameters) return 1;
      if (opcode === Command.SpiOperation) this.#dataBytes = number(this.#header, 0, 3);
      if (this.#dataBytes === 0) this.#complete(opcode);
      return 1;
    }
    const place = this.#received - parameters;
    const count = Math.min(this.#dataBytes - place, bytes.length - at);
    // Data of an operation that will be refused are passed over.
    if (this.#dataBytes <= wire.WRITE_BYTES_MAX) {
      this.#data.set(bytes.subarray(at, at + count), place);
    }
    this.#received += count;
    if (place + count === this.#dataBytes) this.#complete(opcode);
    return count;
  }

  #complete(opcode: number): void {
    this.#opcode = undefined;
    this.#execute(opcode);
  }

  #execute(opcode: number): void {
    switch (opcode) {
      case Command.Nop:
        return this.#answer(ACK);
      case Command.SyncNop:
        return this.#answer(NAK, ACK);
      case Command.QueryInterface:
        return this.#answer(ACK, ...littleEndian(wire.INTERFACE_VERSION, 2));
      case Command.QueryCommands:
        return this.#answer(ACK, ...wire.commandMap());
      case Command.QueryName:
        return this.#answer(ACK, ...wire.programmerName());
      case Command.QuerySerialBuffer:
      case Command.QueryOperationBuffer:
        return this.#answer(ACK, ...littleEndian(wire.OPERATION_BUFFER_BYTES, 2));
      case Command.QueryBusTypes:
        return this.#answer(ACK, wire.BUS_SPI);
      case Command.QueryWriteMax:
        return this.#answer(ACK, ...littleEndian(wire.WRITE_BYTES_MAX, 3));
      case Command.QueryReadMax:
        return this.#answer(ACK, ...littleEndian(wire.READ_BYTES_MAX, 3));
      case Command.SetBusType:
        return this.#answer(this.#header[0] === wire.BUS_SPI ? ACK : NAK);
      case Command.SetSpiClock:
        return this.#setClock();
      case Command.SpiOperation:
        return this.#transfer();
      default:
        return this.#operate(opcode);
    }
  }

  #operate(opcode: number): void {
    if (opcode === Command.OperationDelay) {
      const us = number(this.#header, 0, 4);
      const isFull = this.#operationBytes + wire.DELAY_BYTES > wire.OPERATION_BUFFER_BYTES;
      if (isFull || this.#operationUs + us > wire.DELAY_US_MAX) return this.#answer(NAK);
      this.#operationBytes += wire.DELAY_BYTES;
      this.#operationUs += us;
      return this.#answer(ACK);
    }
    const us = this.#operationUs;
    this.#operationBytes = 0;
    this.#operationUs = 0;
    if (opcode === Command.OperationInit || us === 0) return this.#answer(ACK);
    this.#busy = true;
    this.#actions.delay(us, () => {
      this.#busy = false;
      this.#answer(ACK);
    });
  }

  #setClock(): void {
    const hz = number(this.#header, 0, 4);
    if (hz < wire.CLOCK_HZ_MIN) return this.#answer(NAK);
    this.#answer(ACK, ...littleEndian(this.#actions.setClock(hz), 4));
  }

  #transfer(): void {
    const readBytes = number(this.#header, 3, 3);
    if (this.#dataBytes > wire.WRITE_BYTES_MAX || readBytes > wire.READ_BYTES_MAX) {
      return this.#answer(NAK);
    }
    this.#busy = true;
    this.#actions.transfer(this.#data.subarray(0, this.#dataBytes), readBytes, (read) => {
      this.#busy = false;
      const answer = new Uint8Array(1 + read.length);
      answer[0] = ACK;
      answer.set(read, 1);
      this.#actions.answer(answer);
    });
  }

  #answer(...bytes: readonly number[]): void {
    this.#actions.answer(Uint8Array.from(bytes));
  }
}
