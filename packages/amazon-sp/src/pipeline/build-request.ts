import type { CollectionFormat, OperationDescriptor, ParameterDescriptor } from '@fluxori/amazon-sp-models';
import { ValidationError } from '@fluxori/core';
import { operationName } from './operation-name.js';
import type { Params } from './parameter-problems.js';
import { beforeEscaping } from './read-twice.js';

/** A call as it goes over the wire, but for the token. */
export interface BuiltRequest {
  readonly method: OperationDescriptor['method'];
  /** Path and query, to be put behind a base URL. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const separators: Readonly<Record<Exclude<CollectionFormat, 'multi'>, string>> = {
  csv: ',',
  ssv: ' ',
  tsv: '\t',
  pipes: '|',
};

/**
 * Puts checked parameters in their places: path, query, headers, body; what the table does not know (in unchecked calls only) in the query. A GET never
 * gets a body: Amazon answers 400 to it.
 */
export function buildRequest(operation: OperationDescriptor, params: Params): BuiltRequest {
  let path = operation.path;
  const query: string[] = [];
  const headers: Record<string, string> = { accept: accepted(operation) };
  let body: string | undefined;
  for (const parameter of operation.parameters) {
    const value = params[parameter.name];
    if (value === undefined) continue;
    switch (parameter.in) {
      case 'path':
        path = path.replace(`{${parameter.name}}`, () => pathSegment(parameter, value));
        break;
      case 'query':
        query.push(...queryPairs(operation, parameter, value));
        break;
      case 'header':
        headers[parameter.name.toLowerCase()] = Array.isArray(value) ? value.join(',') : String(value);
        break;
      case 'body':
      case 'formData':
        body = asJson(operation, value);
        break;
    }
  }
  for (const parameter of strangers(operation, params)) {
    const value = params[parameter.name];
    if (parameter.name === 'body') body = asJson(operation, value);
    else query.push(...queryPairs(operation, parameter, value));
  }
  if (body !== undefined) headers['content-type'] = 'application/json';
  return {
    method: operation.method,
    target: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers,
    ...(body !== undefined && operation.method !== 'GET' && { body }),
  };
}

/** @throws ValidationError for what JSON cannot hold: a circle, a big integer, a `toJSON` that throws. */
function asJson(operation: OperationDescriptor, value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    const name = operationName(operation);
    throw new ValidationError(`${name} was not sent: body: cannot be written as JSON.`, {
      ...{ operation: name, field: 'body', cause },
      remedy: 'Pass plain data: no circles, functions or big integers.',
    });
  }
}

/** What the operation answers with; JSON in any case, since its errors come as such. */
function accepted({ produces = [] }: OperationDescriptor): string {
  return [...new Set([...produces, 'application/json'])].join(', ');
}

/** Parameters that the operation's table does not have, as if it had them. */
function strangers(operation: OperationDescriptor, params: Params): ParameterDescriptor[] {
  const known = new Set(operation.parameters.map(({ name }) => name));
  return Object.keys(params)
    .filter((name) => params[name] !== undefined && !known.has(name))
    .map((name) => ({ name, in: 'query', type: 'string' }));
}

/** Percent-encodes all but RFC 3986's unreserved characters; Amazon asks for it where SKUs are in the URL. */
export function escapeText(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function pathSegment(parameter: ParameterDescriptor, value: unknown): string {
  const text = String(value);
  return parameter.greedy ? text.split('/').map(escapeText).join('/') : escapeText(text);
}

function queryPairs(
  operation: OperationDescriptor,
  parameter: ParameterDescriptor,
  value: unknown,
): string[] {
  const name = escapeText(parameter.name);
  const escaped = (one: unknown) => escapeText(beforeEscaping(operation, parameter, String(one)));
  if (!Array.isArray(value)) return [`${name}=${escaped(value)}`];
  if (value.length === 0) return [];
  const items = value.map(escaped);
  const format = parameter.collectionFormat ?? 'csv';
  if (format === 'multi') return items.map((item) => `${name}=${item}`);
  const separator = separators[format];
  return [`${name}=${items.join(separator === ',' ? ',' : escapeText(separator))}`];
}
