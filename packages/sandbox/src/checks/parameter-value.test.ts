import type { ParameterDescriptor } from '@fluxori/amazon-sp-models';
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../http/refusal.js';
import { readParameter } from './parameter-value.js';

const query = (rest: Partial<ParameterDescriptor>): ParameterDescriptor => ({
  name: 'p',
  in: 'query',
  type: 'string',
  ...rest,
});
const csv = query({
  type: 'array',
  collectionFormat: 'csv',
  items: { type: 'string', enum: ['A', 'B'] },
  maxItems: 2,
});

describe('readParameter', () => {
  it.each([
    [query({}), ['x'], 'x'],
    [query({ type: 'integer' }), ['-12'], -12],
    [query({ type: 'number' }), ['1.5'], 1.5],
    [query({ type: 'boolean' }), ['false'], false],
    [query({ format: 'date-time' }), ['2026-11-01T10:00:00+02:00'], '2026-11-01T10:00:00+02:00'],
    [query({ format: 'date-time' }), ['2026-11-01'], '2026-11-01'],
    [query({ format: 'date-time' }), ['2026-11-01T10:00-07'], '2026-11-01T10:00-07'],
    [query({ format: 'date' }), ['2024-02-29'], '2024-02-29'],
    [csv, ['A,B'], ['A', 'B']],
    [query({ type: 'array', collectionFormat: 'multi', items: { type: 'integer' } }), ['1', '2'], [1, 2]],
    [query({ type: 'array', collectionFormat: 'pipes', items: { type: 'string' } }), ['a|b'], ['a', 'b']],
  ])('reads %j from %j', (descriptor, values, expected) => {
    expect(readParameter(descriptor as ParameterDescriptor, values as string[])).toEqual(expected);
  });

  it.each([
    [query({ type: 'integer' }), ['1.5'], /integer/],
    [query({ type: 'integer' }), [''], /integer/],
    [query({ type: 'integer', maximum: 20 }), ['21'], /at most 20/],
    [query({ type: 'integer', minimum: 1 }), ['0'], /at least 1/],
    [query({ type: 'boolean' }), ['TRUE'], /true or false/],
    [query({ enum: ['Asin', 'Sku'] }), ['asin'], /one of Asin, Sku/],
    [query({ maxLength: 2 }), ['abc'], /at most 2/],
    [query({ pattern: '^AFTN\\d+$' }), ['AFTNx'], /match/],
    [query({ format: 'date-time' }), ['2026-11-01T10:00:00'], /date-time/],
    [query({ format: 'date-time' }), ['2026-02-30T00:00:00Z'], /date-time/],
    [query({ format: 'date' }), ['2026-02-30'], /date/],
    [query({ format: 'date' }), ['2026-02-03T10:00:00Z'], /date/],
    [query({}), ['a', 'b'], /more than once/],
    [csv, ['A,C'], /one of A, B/],
    [csv, ['A,B,A'], /at most 2/],
    [csv, ['A', 'B'], /more than once/],
    [csv, [''], /empty/],
  ])('refuses %j the value %j', (descriptor, values, problem) => {
    let refusal: unknown;
    try {
      readParameter(descriptor as ParameterDescriptor, values as string[]);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ status: 400, code: 'InvalidInput' });
    expect((refusal as Refusal).details).toMatch(problem as RegExp);
  });
});
