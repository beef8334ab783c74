import sax from 'sax';
import type { DocumentContext } from '../../errors/document-context.js';
import { malformed, rowTooLarge } from '../malformed.js';
import type { XmlFormat } from '../row-format.js';
import type { ParserFacts, RowParser, RowTaker } from '../row-parser.js';
import { type Building, elementValue } from './element.js';

/** Deeper than any document of Amazon's; without a bound a few kilobytes could fill the memory of whoever walks a row. */
const deepest = 100;

export interface XmlParserOptions extends DocumentContext {
  readonly format: XmlFormat;
  readonly maxRowBytes: number;
}

/**
 * Rows out of XML, element by element. Only the five entities of XML itself and numbers are known: a document that declares its own (the way to
 * make a parser read files or fill memory) is refused, and nothing outside of the document is ever fetched.
 */
export class XmlParser implements RowParser<string> {
  readonly #options: XmlParserOptions;
  readonly #arrays: ReadonlySet<string>;
  readonly #parser = sax.parser(true, { position: true });
  readonly #open: Building[] = [];
  #rows: RowTaker = [];
  #depth = 0;
  #rowCharacters = 0;
  #empty = true;
  #rootSeen = false;

  constructor(options: XmlParserOptions) {
    this.#options = options;
    const { at, arrays = [] } = options.format;
    this.#arrays = new Set(arrays);
    this.#parser.onerror = (error) => {
      throw this.#broken(error);
    };
    this.#parser.ondoctype = (doctype) => {
      if (/<!ENTITY/i.test(doctype)) throw this.#declaresEntities();
    };
    this.#parser.onopentag = ({ name, attributes }) => {
      this.#rootSeen = true;
      if (++this.#depth > deepest) throw this.#tooDeep();
      if (this.#open.length > 0 || name === at)
        this.#open.push({
          name,
          attributes: attributes as Record<string, string>,
          children: new Map(),
          text: '',
        });
    };
    this.#parser.ontext = (text) => this.#takeText(text);
    this.#parser.oncdata = (text) => this.#takeText(text);
    this.#parser.onclosetag = () => this.#close();
  }

  push(piece: string, rows: RowTaker): void {
    if (this.#empty && piece.trim() === '') return;
    this.#empty = false;
    this.#rows = rows;
    // A row that is not complete counts by the text it came in: a bound, not a measure.
    if (this.#open.length > 0) this.#rowCharacters += piece.length;
    if (this.#rowCharacters > this.#options.maxRowBytes)
      throw rowTooLarge(this.#options, this.#options.maxRowBytes, this.#parser.line + 1);
    this.#parser.write(piece);
  }

  end(rows: RowTaker): void {
    if (this.#empty) return;
    this.#rows = rows;
    if (this.#depth > 0)
      throw malformed(this.#options, {
        line: this.#parser.line + 1,
        what: 'is the last one, and elements are still open',
        code: 'DOCUMENT_TRUNCATED',
        remedy: 'The document was cut off: fetch it again.',
      });
    this.#parser.close();
    if (!this.#rootSeen) throw this.#broken(new Error('no element'));
  }

  facts(): ParserFacts {
    return { empty: this.#empty, replacedCharacters: 0 };
  }

  #takeText(text: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += text;
  }

  #close(): void {
    this.#depth--;
    const element = this.#open.pop();
    if (element === undefined) return;
    const value = elementValue(element, this.#arrays);
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      this.#rows.push(value);
      this.#rowCharacters = 0;
      return;
    }
    const siblings = parent.children.get(element.name);
    if (siblings === undefined) parent.children.set(element.name, [value]);
    else siblings.push(value);
  }

  /** sax tells what is wrong in its first line; what follows is the place and a character, which could be of a cell. */
  #broken(error: Error): Error {
    return malformed(this.#options, {
      line: this.#parser.line + 1,
      what: `is no XML: ${(error.message.split('\n')[0] as string)
        .replace(/["'&<].*$/, '')
        .trim()
        .toLowerCase()}`,
      remedy: 'The document is of another type, or it was damaged: fetch it again.',
    });
  }

  #declaresEntities(): Error {
    return malformed(this.#options, {
      line: this.#parser.line + 1,
      what: 'declares entities, which documents of Amazon do not',
      remedy: 'Find out where the document comes from.',
    });
  }

  #tooDeep(): Error {
    return malformed(this.#options, {
      line: this.#parser.line + 1,
      what: `holds an element inside of ${deepest} others`,
      remedy: 'Find out where the document comes from.',
    });
  }
}
