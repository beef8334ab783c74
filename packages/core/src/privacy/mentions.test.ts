import { describe, expect, it } from '@jest/globals';
import { mentionsAny } from './mentions.js';

describe('What mentions an order or a buyer', () => {
  it('is found in any case, in messages, names and JSON, after an escape, too', () => {
    const order = mentionsAny(['902-1234567-1234567']);
    expect(order('There is no order 902-1234567-1234567.')).toBe(true);
    expect(order('label-902-1234567-1234567.pdf')).toBe(true);
    expect(order(JSON.stringify({ reason: 'Refused:\n902-1234567-1234567' }))).toBe(true);
    expect(mentionsAny(['o"k@example.com'])(JSON.stringify(['O"K@example.com']))).toBe(true);
    expect(mentionsAny(['nobody', 'a+b@example.com'])('to A+B@Example.com')).toBe(true);
  });

  it('is not what has it as a part of another word or number', () => {
    expect(mentionsAny(['9'])('{"n":19,"at":"1999","of":"902-1234567-1234569"}')).toBe(false);
    expect(mentionsAny(['902-1'])('902-1234567-1234567')).toBe(false);
    expect(mentionsAny(['k@example.co'])('naledi-k@example.com')).toBe(false);
    expect(mentionsAny([])('anything')).toBe(false);
  });
});
