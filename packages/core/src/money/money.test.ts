import { fc } from '@fluxori/test-services/fast-check';
import { describe, expect, it } from '@jest/globals';
import { ValidationError } from '../errors/errors.js';
import { addMoney, compareMoney, money, multiplyMoney } from './money.js';

const cents = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
const rand = (value: number) => money(toDecimal(value), 'ZAR');

function toDecimal(value: number): string {
  const digits = String(Math.abs(value)).padStart(3, '0');
  return `${value < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

describe('money', () => {
  it('adds exactly where floats would not', () => {
    expect(addMoney(money('0.1', 'ZAR'), money('0.2', 'ZAR'))).toEqual({ amount: '0.3', currency: 'ZAR' });
  });

  it('adds, compares and multiplies like whole cents do', () => {
    fc.assert(
      fc.property(cents, cents, fc.integer({ min: -50, max: 50 }), (a, b, times) => {
        expect(addMoney(rand(a), rand(b)).amount.replace(/^-(0+\.0+)$/, '$1')).toBe(toDecimal(a + b));
        expect(Math.sign(compareMoney(rand(a), rand(b)))).toBe(Math.sign(a - b));
        expect(compareMoney(multiplyMoney(rand(a), times), rand(a * times))).toBe(0);
      }),
    );
  });

  it('keeps the precision of the more precise amount', () => {
    expect(addMoney(money('1', 'KWD'), money('0.125', 'KWD')).amount).toBe('1.125');
  });

  it.each(['12,50', '', '1e3', 'abc', 'NaN', '.5'])('refuses %j as an amount', (amount) => {
    expect(() => money(amount, 'ZAR')).toThrow(ValidationError);
  });

  it.each<[string, () => unknown, string]>([
    ['an amount that is no text', () => money(['1'] as never, 'ZAR'), 'amount'],
    ['an amount that nobody can write', () => money({ toString: 0 } as never, 'ZAR'), 'amount'],
    ['a big integer', () => money(10n as never, 'ZAR'), 'amount'],
    ['a currency that is no text', () => money('1', ['ZAR'] as never), 'currency'],
    [
      'a sum with what is no amount',
      () => addMoney(money('1', 'ZAR'), { amount: '', currency: 'ZAR' }),
      'amount',
    ],
    ['a product of what is no amount', () => multiplyMoney({ amount: 'a', currency: 'ZAR' }, 2), 'amount'],
    [
      'a comparison with what is no amount',
      () => compareMoney(money('1', 'ZAR'), { amount: null as never, currency: 'ZAR' }),
      'amount',
    ],
  ])('refuses %s, and names the field', (_, act, field) => {
    expect(act).toThrow(expect.objectContaining({ name: 'ValidationError', field }));
  });

  it('refuses a fractional number, whose digits are already lost', () => {
    expect(() => money(0.1 + 0.2, 'ZAR')).toThrow(/not a decimal amount/);
  });

  it('refuses to add two currencies', () => {
    expect(() => addMoney(money('1', 'ZAR'), money('1', 'EUR'))).toThrow(/EUR to ZAR/);
  });
});
