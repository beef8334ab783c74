import type { ItemDescriptor, ParameterDescriptor } from '@fluxori/amazon-sp-models';
import { invalidInput, type Refusal } from '../http/refusal.js';
import { momentOf } from './moment.js';

export type ScalarValue = string | number | boolean;
export type ParameterValue = ScalarValue | readonly ScalarValue[];

const separators = { csv: ',', ssv: ' ', tsv: '\t', pipes: '|' } as const;
const date = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Reads a parameter as its descriptor says.
 *
 * @param values - as sent: more than one when the parameter was repeated.
 * @throws Refusal (400) that names the parameter.
 */
export function readParameter(descriptor: ParameterDescriptor, values: readonly string[]): ParameterValue {
  const { name, collectionFormat } = descriptor;
  if (collectionFormat !== 'multi' && values.length > 1) throw refuse(name, 'is sent more than once');
  if (descriptor.type !== 'array') return readScalar(name, descriptor, values[0] as string);
  const items =
    collectionFormat === 'multi'
      ? values
      : (values[0] as string).split(separators[collectionFormat ?? 'csv']);
  if (items.length === 1 && items[0] === '') throw refuse(name, 'is empty');
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, uniqueItems } = descriptor;
  if (items.length < minItems) throw refuse(name, `needs at least ${minItems} values`);
  if (items.length > maxItems)
    throw refuse(name, `takes at most ${maxItems} values, ${items.length} were sent`);
  if (uniqueItems && new Set(items).size < items.length) throw refuse(name, 'has a value twice');
  const item: ItemDescriptor = descriptor.items ?? { type: 'string' };
  return items.map((text) => readScalar(name, item, text));
}

type ScalarDescriptor = Pick<
  ItemDescriptor,
  'type' | 'format' | 'enum' | 'minimum' | 'maximum' | 'minLength' | 'maxLength' | 'pattern'
>;

function readScalar(name: string, descriptor: ScalarDescriptor, text: string): ScalarValue {
  switch (descriptor.type) {
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw refuse(name, `must be true or false, not '${text}'`);
      return text === 'true';
    case 'integer':
    case 'number':
      return readNumber(name, descriptor, text);
    default:
      return readText(name, descriptor, text);
  }
}

function readNumber(name: string, descriptor: ScalarDescriptor, text: string): number {
  const value = Number(text);
  const wellFormed = descriptor.type === 'integer' ? /^-?\d+$/.test(text) : text.trim() !== '';
  if (!wellFormed || !Number.isFinite(value))
    throw refuse(name, `must be a ${descriptor.type}, not '${text}'`);
  if (descriptor.minimum !== undefined && value < descriptor.minimum)
    throw refuse(name, `must be at least ${descriptor.minimum}`);
  if (descriptor.maximum !== undefined && value > descriptor.maximum)
    throw refuse(name, `must be at most ${descriptor.maximum}`);
  if (descriptor.enum && !descriptor.enum.includes(value)) throw notOneOf(name, descriptor.enum, text);
  return value;
}

function readText(name: string, descriptor: ScalarDescriptor, text: string): string {
  if (descriptor.enum && !descriptor.enum.includes(text)) throw notOneOf(name, descriptor.enum, text);
  if (descriptor.minLength !== undefined && text.length < descriptor.minLength)
    throw refuse(name, `must have at least ${descriptor.minLength} characters`);
  if (descriptor.maxLength !== undefined && text.length > descriptor.maxLength)
    throw refuse(name, `must have at most ${descriptor.maxLength} characters`);
  if (descriptor.pattern !== undefined && !new RegExp(descriptor.pattern, 'u').test(text))
    throw refuse(name, `must match ${descriptor.pattern}`);
  if (descriptor.format === 'date-time' && momentOf(text) === undefined)
    throw refuse(name, `must be an ISO 8601 date-time, not '${text}'`);
  if (descriptor.format === 'date' && !isDate(text))
    throw refuse(name, `must be an ISO 8601 date, not '${text}'`);
  return text;
}

function isDate(text: string): boolean {
  return date.test(text) && momentOf(text) !== undefined;
}

function notOneOf(name: string, allowed: readonly (string | number)[], text: string): Refusal {
  return refuse(name, `must be one of ${allowed.join(', ')}, not '${text}'`);
}

function refuse(name: string, what: string): Refusal {
  return invalidInput('Request has missing or invalid parameters and cannot be parsed.', `${name} ${what}.`);
}
