import type { Column } from '../row-format.js';

const zero = 48;
const point = 46;
const minus = 45;

/** A whole number that a `number` holds exactly; `7.00` is one too. */
export function readInteger(line: string, from: number, to: number): number | null | undefined {
  let at = from;
  const negative = line.charCodeAt(at) === minus && at < to;
  if (negative) at++;
  if (to - at > 15 || at === to) return slowInteger(line.slice(from, to));
  let value = 0;
  for (; at < to; at++) {
    const digit = line.charCodeAt(at) - zero;
    if (digit < 0 || digit > 9) return slowInteger(line.slice(from, to));
    value = value * 10 + digit;
  }
  return negative && value !== 0 ? -value : value;
}

function slowInteger(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const digits = /^([+-]?\d+)(?:\.0*)?$/.exec(trimmed)?.[1];
  const value = Number(digits);
  if (digits === undefined || !Number.isSafeInteger(value)) return undefined;
  return value === 0 ? 0 : value;
}

/** Reads a decimal by its own sign; `finish` gets it as `-12.50`. */
export function decimalReader<Value>(
  decimal: Column['decimal'],
  finish: (text: string) => Value,
): (line: string, from: number, to: number) => Value | null | undefined {
  return (line, from, to) => {
    if (from === to) return null;
    const text = line.slice(from, to);
    if ((decimal === undefined || decimal === '.') && isPlain(line, from, to)) return finish(text);
    const plain = plainDecimal(text.trim(), decimal);
    return plain === undefined || plain === null ? plain : finish(plain);
  };
}

/** Whether it is `-12.50` already. */
function isPlain(line: string, from: number, to: number): boolean {
  let at = line.charCodeAt(from) === minus ? from + 1 : from;
  let points = 0;
  const first = at;
  for (; at < to; at++) {
    const code = line.charCodeAt(at);
    if (code === point) {
      if (at === first || at === to - 1 || ++points > 1) return false;
    } else if (code < zero || code > zero + 9) return false;
  }
  return to > first;
}

const grouped = /^\d{1,3}(?:(.)\d{3})(?:\1\d{3})*$/;

/**
 * `1.234,56`, `1,234.56`, `+5`, `.5`, `1 234,5` as `1234.56`, … A text such as `1,234` means one thing to some and another to others: it is read
 * only when the decimal sign was given.
 */
function plainDecimal(text: string, decimal: Column['decimal']): string | null | undefined {
  if (text === '') return null;
  const parts = /^([+-]?)([\d.,'’ \u00a0\u202f]*\d[.,]?)$/.exec(text);
  if (parts === null) return undefined;
  const number = (parts[2] as string).replaceAll(/['’ \u00a0\u202f]/g, "'");
  const sign = decimal === '.' || decimal === ',' ? decimal : decimalSignOf(number, decimal);
  if (sign === undefined) return undefined;
  const cut = sign === '' ? -1 : number.lastIndexOf(sign);
  if (cut !== -1 && number.indexOf(sign) !== cut) return undefined;
  const whole = cut === -1 ? number : number.slice(0, cut);
  const fraction = cut === -1 ? '' : number.slice(cut + 1);
  if (!/^\d*$/.test(fraction) || !(/^\d*$/.test(whole) || grouped.test(whole))) return undefined;
  const digits = whole.replaceAll(/\D/g, '');
  const value = `${digits === '' ? '0' : digits}${fraction === '' ? '' : `.${fraction}`}`;
  return parts[1] === '-' ? `-${value}` : value;
}

/** Which of point and comma is the decimal sign: `''` for neither, `undefined` when it cannot be told. */
function decimalSignOf(number: string, decimal: Column['decimal']): '.' | ',' | '' | undefined {
  const [points, commas] = [number.split('.').length - 1, number.split(',').length - 1];
  if (points === 0 && commas === 0) return '';
  if (points > 0 && commas > 0) {
    const last = number.lastIndexOf('.') > number.lastIndexOf(',') ? '.' : ',';
    return decimal === 'either' || last === '.' ? last : undefined;
  }
  if (points > 1 || commas > 1) return '';
  if (points === 1) {
    const couldBeGroup = decimal === 'either' && grouped.test(number);
    return couldBeGroup ? undefined : '.';
  }
  return decimal === 'either' && !grouped.test(number) ? ',' : undefined;
}
