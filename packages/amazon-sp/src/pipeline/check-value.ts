import type { ItemDescriptor, ParameterDescriptor } from '@fluxori/amazon-sp-models';
import { isoMoment } from '../mapping/iso-moment.js';
import { didYouMean } from './did-you-mean.js';

const datePattern = /^\d{4}-\d{2}-\d{2}$/;

/** What is wrong with a value, by the parameter's description; nothing when it fits. Values are repeated only where they are no one's data: enums, numbers, dates. */
export function checkValue(parameter: ParameterDescriptor, value: unknown): string[] {
  if (parameter.type !== 'array')
    return checkOne(parameter, value, parameter.in === 'path' ? pathPart(parameter) : undefined);
  if (!Array.isArray(value)) return [`must be a list, not ${kindOf(value)}`];
  if (parameter.in === 'body') return [];
  const problems: string[] = [];
  const { minItems, maxItems } = parameter;
  // An empty list cannot be written into a query: it would vanish, and with it the restriction that it stands for.
  if (value.length === 0)
    problems.push(`must not be an empty list${parameter.required ? '' : '; leave it out to ask for all'}`);
  else if (minItems !== undefined && value.length < minItems)
    problems.push(`needs at least ${minItems} items, has ${value.length}`);
  if (maxItems !== undefined && value.length > maxItems)
    problems.push(`takes at most ${maxItems} items, has ${value.length}`);
  if (parameter.uniqueItems && new Set(value).size < value.length) problems.push('holds the same item twice');
  const item: ItemDescriptor = parameter.items ?? { type: 'string' };
  value.forEach((one, index) => {
    for (const text of checkOne(item, one)) problems.push(`item ${index + 1} ${text}`);
  });
  return problems;
}

/** How a value stands in the path: as one segment, or (only Uploads' `resource`) as several. */
type PathPart = 'segment' | 'segments';

/** No URL and no header has a way to write it. */
export const brokenText = 'holds half of a surrogate pair, which cannot be sent';

const climbs: ReadonlySet<string> = new Set(['', '.', '..']);

function pathPart({ greedy }: ParameterDescriptor): PathPart {
  return greedy ? 'segments' : 'segment';
}

function checkOne(parameter: ItemDescriptor, value: unknown, part?: PathPart): string[] {
  switch (parameter.type) {
    case 'string':
      return typeof value === 'string' ? checkText(parameter, value, part) : [expected('text', value)];
    case 'integer':
    case 'number':
      return checkNumber(parameter, value);
    case 'boolean':
      return typeof value === 'boolean' ? [] : [expected('true or false', value)];
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? []
        : [expected('an object', value)];
    case 'array':
      return Array.isArray(value) ? [] : [expected('a list', value)];
  }
}

function checkText(parameter: ItemDescriptor, value: string, part?: PathPart): string[] {
  const { minLength, maxLength, pattern, format } = parameter;
  if (!value.isWellFormed()) return [brokenText];
  if (
    part !== undefined &&
    (part === 'segments' ? value.split('/') : [value]).some((one) => climbs.has(one))
  ) {
    return ['must not be empty, "." or "..", which would change the path'];
  }
  if (parameter.enum !== undefined && !parameter.enum.includes(value)) {
    const names = parameter.enum.map(String);
    return [`must be one of ${names.join(', ')}${didYouMean(value, names)}`];
  }
  if (format === 'date-time' && isoMoment(value) === undefined) {
    return [
      'must be a date and time in ISO 8601 with an offset, e.g. 2026-01-31T08:00:00Z, or a date, e.g. 2026-01-31',
    ];
  }
  if (format === 'date' && !(datePattern.test(value) && isoMoment(value) !== undefined)) {
    return ['must be a date in ISO 8601, e.g. 2026-01-31'];
  }
  const problems: string[] = [];
  if (minLength !== undefined && value.length < minLength)
    problems.push(`needs at least ${minLength} characters, has ${value.length}`);
  if (maxLength !== undefined && value.length > maxLength)
    problems.push(`takes at most ${maxLength} characters, has ${value.length}`);
  if (pattern !== undefined && !fitsPattern(pattern, value)) problems.push(`must match ${pattern}`);
  return problems;
}

function checkNumber(parameter: ItemDescriptor, value: unknown): string[] {
  if (typeof value !== 'number' || !Number.isFinite(value)) return [expected('a number', value)];
  if (parameter.type === 'integer' && !Number.isSafeInteger(value))
    return [`must be a whole number, not ${value}`];
  if (parameter.enum !== undefined && !parameter.enum.includes(value))
    return [`must be one of ${parameter.enum.join(', ')}`];
  const problems: string[] = [];
  if (parameter.minimum !== undefined && value < parameter.minimum)
    problems.push(`must be ${parameter.minimum} or more, not ${value}`);
  if (parameter.maximum !== undefined && value > parameter.maximum)
    problems.push(`must be ${parameter.maximum} or less, not ${value}`);
  return problems;
}

/** A pattern that this engine cannot read is Amazon's to check. */
function fitsPattern(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

function expected(what: string, value: unknown): string {
  return `must be ${what}, not ${kindOf(value)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a Date (pass date.toISOString())';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
