import { type Money, money } from '@fluxori/core';

/**
 * An amount that Amazon wrote as a JSON number, as a decimal string; undefined when it or its currency is missing.
 * JSON numbers keep 15 digits, which is more than a price has.
 */
export function moneyOf(
  amount: number | string | undefined,
  currency: string | undefined,
): Money | undefined {
  if (amount === undefined || currency === undefined) return undefined;
  const text = typeof amount === 'string' ? amount.trim() : plainDecimal(amount);
  return /^-?\d+(\.\d+)?$/.test(text) && /^[A-Z]{3}$/.test(currency) ? money(text, currency) : undefined;
}

/** Without an exponent, which `String` writes for very large and very small numbers. */
function plainDecimal(amount: number): string {
  const text = String(amount);
  if (!/e/i.test(text)) return text;
  return Number.isInteger(amount) ? String(BigInt(amount)) : amount.toFixed(10).replace(/\.?0+$/, '');
}
