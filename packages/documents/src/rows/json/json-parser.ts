import type { DocumentContext } from '../../errors/document-context.js';
import { malformed, rowTooLarge } from '../malformed.js';
import type { JsonFormat } from '../row-format.js';
import type { ParserFacts, RowParser, RowTaker } from '../row-parser.js';
import { Head } from './head.js';
import { ValueScanner } from './value-scanner.js';

export interface JsonParserOptions extends DocumentContext {
  readonly format: JsonFormat;
  readonly maxRowBytes: number;
}

/**
 * What comes next. `document`: a value that is the whole document or one of many; `key`: a key or the end of an object; `colon`; `value` of a key;
 * `first`, `next`, `after`: a row or `]`, a row, `,` or `]`; `row` and `other`: the rest of a value that has begun.
 */
type State = 'document' | 'key' | 'colon' | 'value' | 'first' | 'next' | 'after' | 'row' | 'other';

/**
 * Rows out of JSON. Only the path down to the arrays is walked; each row's text is cut out and given to `JSON.parse`, and what lies around the
 * arrays becomes the head. Neither a row of one piece nor the head of another is ever looked at twice.
 */
export class JsonParser implements RowParser<string> {
  readonly #options: JsonParserOptions;
  readonly #paths: readonly string[];
  readonly #tagged: boolean;
  readonly #scanner = new ValueScanner();
  readonly #head = new Head();
  readonly #seen = new Set<string>();
  #state: State = 'document';
  #path: string[] = [];
  /** The array that rows are read from, and how many it gave. */
  #array = '';
  #index = 0;
  #inRootArray = false;
  #empty = true;
  /** What of a key or a row earlier pieces held. */
  #held: string[] = [];
  #heldLength = 0;

  constructor(options: JsonParserOptions) {
    this.#options = options;
    const { at } = options.format;
    this.#tagged = typeof at !== 'string';
    this.#paths = typeof at === 'string' ? [at] : at;
  }

  push(piece: string, rows: RowTaker): void {
    const key = this.#state === 'key' ? this.#release() : '';
    const text = key + piece;
    let at = 0;
    while (at < text.length) {
      if (this.#state === 'row') at = this.#goOnWithRow(text, at, rows);
      else if (this.#state === 'other') at = this.#goOnWithOther(text, at);
      else if (isBlank(text.charCodeAt(at))) at++;
      else if (this.#state === 'key' && text[at] === '"') at = this.#takeKey(text, at);
      else at = this.#step(text, at);
    }
  }

  end(rows: RowTaker): void {
    if (this.#scanner.mayEnd && this.#path.length === 0 && this.#state === 'row') {
      this.#state = 'document';
      rows.push(this.#rowOf(this.#release()));
    }
    if (this.#state !== 'document')
      throw malformed(this.#options, {
        what: `the document ends inside of ${this.#place()}`,
        code: 'DOCUMENT_TRUNCATED',
        remedy: 'It was cut off: fetch it again.',
      });
    const head = this.#head.parse();
    if (head === undefined) throw this.#unexpected();
    if (this.#empty || this.#seen.size > 0) return;
    throw malformed(this.#options, {
      what: `there is no array at ${this.#paths.map((path) => `"${path}"`).join(' or ')}; what the document has is ${keysOf(head.value)}`,
      remedy: 'The document is of another type, or it tells an error instead of rows.',
    });
  }

  facts(): ParserFacts {
    return {
      empty: this.#empty,
      replacedCharacters: 0,
      ...(this.#state === 'document' && { head: this.#head.parse()?.value }),
      leftOut: this.#head.leftOut,
    };
  }

  /** One character that is not part of a key or a value. @returns where it goes on. */
  #step(text: string, at: number): number {
    this.#empty = false;
    const sign = text[at] as string;
    switch (this.#state) {
      case 'document':
        return this.#beginDocument(sign, at);
      case 'value':
        return this.#beginValue(sign, at);
      case 'colon':
        if (sign !== ':') throw this.#unexpected();
        this.#state = 'value';
        this.#head.add(sign);
        return at + 1;
      case 'first':
      case 'next':
      case 'after':
        return this.#inArray(sign, at);
      default:
        return this.#inObject(sign, at);
    }
  }

  #beginDocument(sign: string, at: number): number {
    if (this.#paths.includes('')) {
      this.#seen.add('');
      this.#inRootArray = sign === '[';
      this.#state = this.#inRootArray ? 'first' : 'row';
      return sign === '[' ? at + 1 : at;
    }
    if (sign !== '{' || !this.#head.isEmpty) throw this.#unexpected();
    this.#head.add(sign);
    this.#state = 'key';
    this.#path.push('');
    return at + 1;
  }

  #beginValue(sign: string, at: number): number {
    const path = this.#path.join('.');
    if (this.#paths.includes(path)) {
      this.#seen.add(path);
      if (sign === '[') {
        this.#array = path;
        this.#index = 0;
        this.#state = 'first';
        this.#head.add('[]');
        return at + 1;
      }
      if (sign !== 'n')
        throw malformed(this.#options, {
          what: `"${path}" is no array`,
          remedy: 'The format names the wrong path, or the document is of another type.',
        });
    }
    if (sign === '{' && this.#paths.some((target) => target.startsWith(`${path}.`))) {
      this.#head.add(sign);
      this.#state = 'key';
      this.#path.push('');
      return at + 1;
    }
    this.#head.begin(path);
    this.#state = 'other';
    return at;
  }

  #inObject(sign: string, at: number): number {
    this.#head.add(sign);
    if (sign === '}') {
      this.#path.pop();
      this.#state = this.#path.length === 0 ? 'document' : 'key';
    } else if (sign !== ',') throw this.#unexpected();
    return at + 1;
  }

  #takeKey(text: string, at: number): number {
    this.#empty = false;
    const end = this.#scanner.endIn(text, at);
    if (end === -1) {
      // Keys are short: the next piece begins with what is here of this one.
      this.#scanner.reset();
      this.#hold(text.slice(at));
      return text.length;
    }
    const key = text.slice(at, end);
    this.#head.add(key);
    this.#path[this.#path.length - 1] = this.#parse(key) as string;
    this.#state = 'colon';
    return end;
  }

  #inArray(sign: string, at: number): number {
    if (sign === ']' && this.#state !== 'next') {
      this.#state = this.#inRootArray ? 'document' : 'key';
      return at + 1;
    }
    if (this.#state === 'after') {
      if (sign !== ',') throw this.#unexpected();
      this.#state = 'next';
      return at + 1;
    }
    if (sign === ',' || sign === '}' || sign === ']') throw this.#unexpected();
    this.#state = 'row';
    return at;
  }

  #goOnWithRow(text: string, at: number, rows: RowTaker): number {
    const end = this.#scanner.endIn(text, at);
    if (end === -1) {
      this.#hold(text.slice(at));
      return text.length;
    }
    const row = text.slice(at, end);
    rows.push(this.#rowOf(this.#heldLength === 0 ? row : this.#release() + row));
    this.#state = this.#path.length > 0 || this.#inRootArray ? 'after' : 'document';
    return end;
  }

  #goOnWithOther(text: string, at: number): number {
    const end = this.#scanner.endIn(text, at);
    this.#head.take(text.slice(at, end === -1 ? text.length : end));
    if (end === -1) return text.length;
    this.#head.end();
    this.#state = 'key';
    return end;
  }

  #rowOf(text: string): unknown {
    const row = this.#parse(text);
    this.#index++;
    return this.#tagged ? { at: this.#array, row } : row;
  }

  /** Without the reason of `JSON.parse`, which quotes the text. */
  #parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw this.#unexpected();
    }
  }

  #hold(text: string): void {
    this.#held.push(text);
    this.#heldLength += text.length;
    if (this.#heldLength > this.#options.maxRowBytes)
      throw rowTooLarge(this.#options, this.#options.maxRowBytes);
  }

  #release(): string {
    const held = this.#held.join('');
    this.#held = [];
    this.#heldLength = 0;
    return held;
  }

  #place(): string {
    const rows =
      this.#state === 'row' || this.#state === 'first' || this.#state === 'next' || this.#state === 'after';
    if (rows) return `${this.#array}[${this.#index}]`;
    const path = this.#path.filter((key) => key !== '').join('.');
    return path === '' ? 'its first object' : `"${path}"`;
  }

  #unexpected(): Error {
    return malformed(this.#options, {
      what:
        this.#state === 'document'
          ? 'the document is no JSON of this format'
          : `what is at ${this.#place()} is no JSON`,
      remedy: 'The document is of another type, or it was damaged: fetch it again.',
    });
  }
}

function keysOf(head: unknown): string {
  const keys = typeof head === 'object' && head !== null ? Object.keys(head) : [];
  return keys.length === 0 ? 'nothing' : keys.slice(0, 10).join(', ');
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
