/**
 * A streaming reader of CMSIS-SVD text. It keeps the elements that concern registers (see
 * `elements.ts`) and neither the text nor the descriptions, so that memory follows the registers.
 */
import { SaxesParser } from 'saxes';
import type { SvdDevice } from './device.ts';
import {
  type Element,
  type Kind,
  type Leaf,
  type LeafName,
  type Role,
  roleOf,
} from './elements.ts';
import { type Position, SvdError } from './error.ts';
import { ELEMENTS_MAX, INPUT_MAX, NAME_MAX, NESTING_MAX, TEXT_MAX } from './limits.ts';
import { resolveDevice } from './resolve.ts';

interface Frame {
  readonly role: Role;
  readonly name: string;
}

export class SvdReader {
  readonly #parser = new SaxesParser({ xmlns: false });
  /** The open XML elements. */
  readonly #frames: Frame[] = [];
  /** The innermost open element that is kept, and the device once it was seen. */
  #element: Element | undefined;
  #device: Element | undefined;
  #start: Position = { line: 1, column: 1 };
  #text = '';
  #leaf: Position | undefined;
  #elements = 0;
  #characters = 0;
  #failure: SvdError | undefined;

  constructor() {
    const parser = this.#parser;
    parser.on('error', (error) => this.#refuse(error));
    parser.on('opentagstart', (tag) => {
      const column = Math.max(1, parser.column - tag.name.length - 1);
      this.#start = { line: parser.line, column };
    });
    parser.on('opentag', (tag) => this.#open(localName(tag.name), tag.attributes));
    parser.on('closetag', () => this.#close());
    parser.on('text', (text) => this.#addText(text));
    parser.on('cdata', (text) => this.#addText(text));
  }

  /**
   * Takes the next part of the text.
   * @throws SvdError where it is no well-formed XML or no CMSIS-SVD.
   */
  write(chunk: string): this {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      this.#characters += chunk.length;
      if (this.#characters > INPUT_MAX) {
        throw new SvdError(`The file is longer than ${INPUT_MAX} characters.`, this.#parser);
      }
      this.#parser.write(chunk);
    } catch (error) {
      if (error instanceof SvdError) this.#failure = error;
      throw error;
    }
    return this;
  }

  /**
   * Ends the text.
   * @returns the device, with everything derived and expanded.
   * @throws SvdError where the text is incomplete or contradicts itself.
   */
  close(): SvdDevice {
    if (this.#failure !== undefined) throw this.#failure;
    this.#parser.close();
    if (this.#device === undefined) {
      throw new SvdError('The file holds no <device> element.', this.#parser);
    }
    return resolveDevice(this.#device);
  }

  #refuse(error: Error): never {
    const { line, column } = this.#parser;
    const sentence = error.message.replace(/^(?:[^:]*:)?\d+:\d+: /, '').replace(/\.$/, '');
    throw new SvdError(`The XML is not well formed: ${sentence}.`, { line, column });
  }

  #open(name: string, attributes: Record<string, string>): void {
    if (this.#frames.length >= NESTING_MAX) {
      throw new SvdError(`More than ${NESTING_MAX} elements are nested.`, this.#start);
    }
    const role = this.#roleOf(name);
    this.#frames.push({ role, name });
    if (role === 'element') this.#openElement(name as Kind, attributes);
    if (role === 'leaf') {
      this.#text = '';
      this.#leaf = this.#start;
    }
    if (role === 'stray') this.#stray(`<${name}> has no meaning here and was left out`);
  }

  #roleOf(name: string): Role {
    const outer = this.#frames.at(-1)?.role;
    if (outer === 'leaf') return 'stray';
    if (outer === 'ignored' || outer === 'stray') return 'ignored';
    if (this.#element !== undefined) return roleOf(name, this.#element.kind);
    if (name === 'device') return 'element';
    const sentence = `The root element is <${name}>, but CMSIS-SVD begins with <device>.`;
    throw new SvdError(sentence, this.#start);
  }

  #openElement(kind: Kind, attributes: Record<string, string>): void {
    if (++this.#elements > ELEMENTS_MAX) {
      throw new SvdError(`The file describes more than ${ELEMENTS_MAX} elements.`, this.#start);
    }
    const base = attributes['derivedFrom']?.trim() ?? '';
    if (base.length > TEXT_MAX) this.#refuseLength();
    const parent = this.#element;
    const element: Element = {
      kind,
      line: this.#start.line,
      column: this.#start.column,
      parent,
      derivedFrom: base === '' ? undefined : { text: base, ...this.#start },
      leaves: {},
      children: [],
      strays: [],
      shape: undefined,
    };
    if (parent === undefined) this.#device = element;
    parent?.children.push(element);
    this.#element = element;
  }

  #close(): void {
    const frame = this.#frames.pop();
    if (frame?.role === 'leaf') this.#closeLeaf(frame.name as LeafName);
    if (frame?.role === 'element') this.#element = this.#element?.parent;
  }

  #closeLeaf(name: LeafName): void {
    const { line, column } = this.#leaf ?? this.#start;
    this.#leaf = undefined;
    const text = this.#text.trim();
    if (text === '' || this.#element === undefined) return;
    if (name === 'name' && text.length > NAME_MAX && this.#element.kind !== 'enumeratedValue') {
      throw new SvdError(`A name is longer than ${NAME_MAX} characters.`, { line, column });
    }
    const leaves: { [key in LeafName]?: Leaf } = this.#element.leaves;
    if (leaves[name] === undefined) leaves[name] = { text, line, column };
    else if (leaves[name].text !== text) {
      this.#stray(`<${name}> is given twice; the second, ${excerpt(text)}, was left out`, line);
    }
  }

  #addText(text: string): void {
    if (this.#leaf === undefined || this.#frames.at(-1)?.role !== 'leaf') return;
    this.#text += text;
    if (this.#text.length > TEXT_MAX) this.#refuseLength();
  }

  #refuseLength(): never {
    throw new SvdError(`A text is longer than ${TEXT_MAX} characters.`, this.#start);
  }

  #stray(what: string, line = this.#start.line): void {
    this.#element?.strays.push({ what, line });
  }
}

/**
 * Reads a whole file.
 * @throws SvdError with line and column.
 */
export function parseSvd(text: string): SvdDevice {
  return new SvdReader().write(text).close();
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

const EXCERPT_MAX = 40;

function excerpt(text: string): string {
  return text.length > EXCERPT_MAX ? `${text.slice(0, EXCERPT_MAX)}...` : text;
}
