import { ValidationError } from '../errors/errors.js';
import { shown } from '../errors/shown.js';

/** An amount of money. Never a float: `amount` is a decimal string as the platform wrote it, e.g. `"1299.90"`. */
export interface Money {
  readonly amount: string;
  /** ISO 4217, e.g. `ZAR`. */
  readonly currency: string;
}

const decimalPattern = /^-?\d+(\.\d+)?$/;
const currencyPattern = /^[A-Z]{3}$/;

/**
 * @param amount - a decimal string (`"12.50"`), or an integer number of whole units. A fractional number is refused: write it as a string.
 * @param currency - ISO 4217 code in capitals.
 * @throws ValidationError naming the field.
 */
export function money(amount: string | number, currency: string): Money {
  const text = typeof amount === 'number' && Number.isSafeInteger(amount) ? String(amount) : amount;
  if (!isDecimal(text)) throw notDecimal(amount);
  if (typeof currency !== 'string' || !currencyPattern.test(currency)) {
    throw new ValidationError(`currency ${shown(currency)} is not an ISO 4217 code.`, {
      field: 'currency',
      remedy: 'Pass three capital letters, e.g. "ZAR".',
    });
  }
  return { amount: text, currency };
}

/**
 * The exact sum, with as many decimals as the more precise of the two.
 * @throws ValidationError when the currencies differ, or one is no amount.
 */
export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency) {
    throw new ValidationError(`Cannot add ${b.currency} to ${a.currency}.`, {
      field: 'currency',
      remedy: 'Convert one of the amounts first.',
    });
  }
  for (const { amount } of [a, b]) if (!isDecimal(amount)) throw notDecimal(amount);
  const scale = Math.max(decimals(a.amount), decimals(b.amount));
  return { amount: unscaled(scaled(a.amount, scale) + scaled(b.amount, scale), scale), currency: a.currency };
}

/** Negative, zero or positive as `a` is less than, equal to or more than `b`. Same currency required. */
export function compareMoney(a: Money, b: Money): number {
  if (!isDecimal(b.amount)) throw notDecimal(b.amount);
  const difference = addMoney(a, { amount: negated(b.amount), currency: b.currency }).amount;
  if (/^-?0+(\.0+)?$/.test(difference)) return 0;
  return difference.startsWith('-') ? -1 : 1;
}

/** The exact product with a whole number, e.g. a unit price times a quantity. */
export function multiplyMoney(a: Money, times: number): Money {
  if (!Number.isSafeInteger(times)) {
    throw new ValidationError(`times ${shown(times)} is not a whole number.`, {
      field: 'times',
      remedy: 'Pass an integer quantity.',
    });
  }
  if (!isDecimal(a.amount)) throw notDecimal(a.amount);
  const scale = decimals(a.amount);
  return { amount: unscaled(scaled(a.amount, scale) * BigInt(times), scale), currency: a.currency };
}

function isDecimal(amount: unknown): amount is string {
  return typeof amount === 'string' && decimalPattern.test(amount);
}

function notDecimal(amount: unknown): ValidationError {
  return new ValidationError(`amount ${shown(amount)} is not a decimal amount.`, {
    field: 'amount',
    remedy: 'Pass a decimal string such as "12.50".',
  });
}

function decimals(amount: string): number {
  const point = amount.indexOf('.');
  return point === -1 ? 0 : amount.length - point - 1;
}

function scaled(amount: string, scale: number): bigint {
  const digits = amount.replace('.', '');
  return BigInt(digits) * 10n ** BigInt(scale - decimals(amount));
}

function unscaled(value: bigint, scale: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function negated(amount: string): string {
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}
