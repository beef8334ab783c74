import { compareMoney, type Money, money, shown, ValidationError } from '@fluxori/core';
import { moneyOf } from './money-of.js';

/**
 * An amount as Amazon's JSON wants it: a number.
 * @throws ValidationError when a JSON number would not hold it exactly, which is from about 16 digits on.
 */
export function amountNumber(amount: Money, field: string): number {
  if (isMoney(amount)) {
    const asNumber = Number(amount.amount);
    const back = moneyOf(asNumber, amount.currency);
    if (back !== undefined && compareMoney(back, amount) === 0) return asNumber;
  }
  throw new ValidationError(`${field}: ${shown(amount)} cannot be written as Amazon's format wants it.`, {
    field,
    remedy: 'Give a decimal amount of at most 15 digits, and the currency as three capital letters.',
  });
}

/** Whatever a program without types gives. */
function isMoney(amount: Money): boolean {
  try {
    money(amount.amount, amount.currency);
    return true;
  } catch {
    return false;
  }
}
