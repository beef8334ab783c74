import type { IncomingHttpHeaders } from 'node:http';
import type { OperationDescriptor, ParameterDescriptor } from '@fluxori/amazon-sp-models';
import { invalidInput } from '../http/refusal.js';
import { type ParameterValue, readParameter } from './parameter-value.js';
import type { Query } from './query-string.js';

export type Parameters = Readonly<Record<string, ParameterValue>>;

/**
 * Reads path, query and header parameters as the operation's table says: the required ones are there, no unknown one
 * is in the query, and each has its type, format and range.
 *
 * @throws Refusal (400) that names the parameter.
 */
export function readParameters(
  operation: OperationDescriptor,
  path: Readonly<Record<string, string>>,
  query: Query,
  headers: IncomingHttpHeaders,
): Parameters {
  const parameters: Record<string, ParameterValue> = {};
  const known = new Set<string>();
  for (const descriptor of operation.parameters) {
    if (descriptor.in === 'body' || descriptor.in === 'formData') continue;
    if (descriptor.in === 'query') known.add(descriptor.name);
    const values = valuesOf(descriptor, path, query, headers);
    if (values !== undefined) parameters[descriptor.name] = readParameter(descriptor, values);
    else if (descriptor.required) throw missing(descriptor);
  }
  for (const name of query.keys())
    if (!known.has(name))
      throw invalidInput(
        'Request has missing or invalid parameters and cannot be parsed.',
        `${operation.operationId} has no query parameter '${name}'.`,
      );
  return parameters;
}

function valuesOf(
  descriptor: ParameterDescriptor,
  path: Readonly<Record<string, string>>,
  query: Query,
  headers: IncomingHttpHeaders,
): readonly string[] | undefined {
  if (descriptor.in === 'path') {
    const value = path[descriptor.name];
    return value === undefined ? undefined : [value];
  }
  if (descriptor.in === 'query') return query.get(descriptor.name);
  const value = headers[descriptor.name.toLowerCase()];
  return value === undefined ? undefined : Array.isArray(value) ? value : [value];
}

function missing(descriptor: ParameterDescriptor): Error {
  return invalidInput(
    'Request has missing or invalid parameters and cannot be parsed.',
    `${descriptor.name} is required (${descriptor.in}).`,
  );
}
