import type { FlatTable } from '../flat/table.js';
import type { Column } from '../row-format.js';
import { type RowsFileFormat, rowTexts } from './row-text.js';

/** What a byte of a text cell means for a file. Any other number is the letter that stands for it behind a backslash. */
export const means = { itself: 0, endOfCell: 1, refused: 2, latin1: 3, toBeQuoted: 4 } as const;

/** What must be looked for in the bytes of a text cell, by the byte and by four of them. */
export interface LineFormat {
  /** By byte. */
  readonly meanings: Uint8Array;
  /** The signs that mean something, beside control characters: each four times over. There are three at most. */
  readonly one: number;
  readonly two: number;
  readonly three: number;
  /** The highest bits, if bytes beyond ASCII mean something. */
  readonly high: number;
}

/** Letters behind a backslash. */
const escapes: Readonly<Record<'tsv' | 'jsonl', Readonly<Record<string, string>>>> = {
  tsv: { '\t': 't', '\n': 'n', '\r': 'r', '\\': '\\' },
  jsonl: { '"': '"', '\\': '\\', '\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r' },
};

export function lineFormatOf(as: RowsFileFormat, { delimiter, isLatin1 }: FlatTable): LineFormat {
  const meanings = new Uint8Array(256).fill(means.itself);
  if (isLatin1) meanings.fill(means.latin1, 0x80);
  if (as === 'jsonl') meanings.fill(means.refused, 0, 0x20);
  if (as === 'csv') for (const sign of ',"\r\n') meanings[codeOf(sign)] = means.toBeQuoted;
  else for (const [sign, letter] of Object.entries(escapes[as])) meanings[codeOf(sign)] = codeOf(letter);
  meanings[codeOf(delimiter)] = means.endOfCell;
  const [one = 0, two = one, three = two] = signsIn(meanings).map((sign) => sign * 0x01010101);
  return { meanings, one, two, three, high: isLatin1 ? 0x80808080 : 0 };
}

/** Beside control characters, and what is not ASCII. */
function signsIn(meanings: Uint8Array): number[] {
  return Array.from({ length: 0x60 }, (_, index) => 0x20 + index).filter(
    (sign) => meanings[sign] !== means.itself,
  );
}

function codeOf(sign: string): number {
  return sign.charCodeAt(0);
}

/** What stands before each cell and behind the last: written by words of four bytes, since to copy a few bytes is dearer. */
export interface FixedTexts {
  readonly words: Int32Array;
  /** Where the words before each cell end, by their index. */
  readonly ends: Int32Array;
  /** In bytes. */
  readonly lengths: Int32Array;
  /** The most that a line takes beyond twice its own length: each byte of a cell becomes two at most. */
  readonly mostBytes: number;
}

/** More than any value but text takes beyond twice its cell, quotes and what is written beyond its end included. */
const mostAroundCell = 48;

export function fixedTexts(as: RowsFileFormat, columns: readonly Column[]): FixedTexts {
  const before = columns.map(({ name, type }, index) => {
    if (as !== 'jsonl') return index === 0 ? '' : rowTexts[as].delimiter;
    return `${index === 0 ? '{' : ','}${JSON.stringify(name)}:${type === 'text' ? '"' : ''}`;
  });
  const texts = [...before, as === 'jsonl' ? '}\n' : rowTexts[as].lineEnd].map((text) => Buffer.from(text));
  const words: number[] = [];
  const ends: number[] = [];
  for (const text of texts) {
    const padded = Buffer.concat([text, Buffer.alloc(3)]);
    for (let at = 0; at < text.length; at += 4) words.push(padded.readInt32LE(at));
    ends.push(words.length);
  }
  return {
    words: Int32Array.from(words),
    ends: Int32Array.from(ends),
    lengths: Int32Array.from(texts, ({ length }) => length),
    mostBytes: words.length * 4 + columns.length * mostAroundCell,
  };
}
