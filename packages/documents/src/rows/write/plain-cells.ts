import { daysOf } from '../flat/days-and-instants.js';
import type { Column } from '../row-format.js';

/**
 * Writes a cell that stands in its commonest form, from the bytes of a line to those of a file, as its value would be written. The cell is not empty.
 *
 * @returns where the written ends; -1 for any other form: then the cell is read and its value written.
 */
export type PlainCell = (line: Uint8Array, from: number, to: number, out: Uint8Array, at: number) => number;

const [zero, nine, point, minus, plus, colon] = [48, 57, 46, 45, 43, 58];
const [letterT, letterZ] = [84, 90];
const other = -1;

/** @returns `undefined` for text. */
export function plainCellOf({ type, decimal }: Column): PlainCell | undefined {
  switch (type) {
    case 'text':
      return undefined;
    case 'integer':
      return plainInteger;
    case 'money':
      return decimal === undefined || decimal === '.' ? plainMoney : () => other;
    case 'boolean':
      return plainBoolean;
    case 'date':
      return plainDay;
    case 'instant':
      return plainInstant;
    case 'number':
      return () => other;
  }
}

/** Digits without a zero before them. */
const plainInteger: PlainCell = (line, from, to, out, at) => {
  let end = at;
  let digit = from;
  if (line[from] === minus) out[end++] = line[digit++] as number;
  const digits = to - digit;
  if (digits < 1 || digits > 15 || (line[digit] === zero && to - from > 1)) return other;
  for (; digit < to; digit++) {
    const byte = line[digit] as number;
    if (byte < zero || byte > nine) return other;
    out[end++] = byte;
  }
  return end;
};

/** `12`, `-12.50`: stays as it is. */
const plainMoney: PlainCell = (line, from, to, out, at) => {
  const first = line[from] === minus ? from + 1 : from;
  if (first === to) return other;
  let points = 0;
  for (let digit = first; digit < to; digit++) {
    const byte = line[digit] as number;
    if (byte === point) {
      if (digit === first || digit === to - 1 || ++points > 1) return other;
    } else if (byte < zero || byte > nine) return other;
  }
  return copied(line, from, to, out, at);
};

const truths = [Buffer.from('true'), Buffer.from('false')] as const;

const plainBoolean: PlainCell = (line, from, to, out, at) => {
  for (const truth of truths) {
    if (to - from !== truth.length) continue;
    for (let letter = 0; letter < truth.length; letter++)
      if (line[from + letter] !== truth[letter]) return other;
    return copied(line, from, to, out, at);
  }
  return other;
};

/** `2026-01-31` */
const plainDay: PlainCell = (line, from, to, out, at) =>
  to - from === 10 && isDay(line, from) ? copied(line, from, to, out, at) : other;

/** `2026-01-31T10:00:00+00:00` or `…Z`, as `2026-01-31T10:00:00.000Z`. */
const plainInstant: PlainCell = (line, from, to, out, at) => {
  const isLong = to - from === 25;
  if (!isLong && to - from !== 20) return other;
  if (line[from + 10] !== letterT || line[from + 13] !== colon || line[from + 16] !== colon) return other;
  if (!isDay(line, from)) return other;
  if (!(two(line, from + 11) < 24 && two(line, from + 14) < 60 && two(line, from + 17) < 60)) return other;
  if (isLong ? !isNoOffset(line, from + 19) : line[from + 19] !== letterZ) return other;
  const end = copied(line, from, from + 19, out, at);
  return copied(wholeSecond, 0, wholeSecond.length, out, end);
};

const wholeSecond = Buffer.from('.000Z');

function isNoOffset(line: Uint8Array, at: number): boolean {
  const sign = line[at];
  if ((sign !== plus && sign !== minus) || line[at + 3] !== colon) return false;
  return two(line, at + 1) === 0 && two(line, at + 4) === 0;
}

function isDay(line: Uint8Array, at: number): boolean {
  if (line[at + 4] !== minus || line[at + 7] !== minus) return false;
  const year = two(line, at) * 100 + two(line, at + 2);
  return daysOf(year, two(line, at + 5), two(line, at + 8)) !== undefined;
}

/** Two digits, or NaN. */
function two(line: Uint8Array, at: number): number {
  const tens = (line[at] as number) - zero;
  const ones = (line[at + 1] as number) - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** A loop, since a call of `copy` costs more than the few bytes of a cell. */
function copied(from: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  let to = at;
  for (let index = start; index < end; index++) out[to++] = from[index] as number;
  return to;
}
