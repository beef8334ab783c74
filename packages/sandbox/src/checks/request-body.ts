import type { IncomingMessage } from 'node:http';
import type { OperationDescriptor } from '@fluxori/amazon-sp-models';
import { invalidInput, Refusal } from '../http/refusal.js';

/** Amazon's gateway takes 10 MB. */
const largestBodyBytes = 10 * 1024 * 1024;

/** Reads what was sent, whatever it is. @throws Refusal (413). */
export async function receiveBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= largestBodyBytes) chunks.push(chunk);
  }
  if (size > largestBodyBytes)
    throw new Refusal(413, 'RequestEntityTooLarge', 'The request size exceeded the maximum accepted size.');
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Reads the JSON body of an operation; its members are the operation's own affair.
 *
 * @throws Refusal 400 (missing, not wanted, not JSON, another type) or 415.
 */
export function parseBody(
  operation: OperationDescriptor,
  contentType: string | undefined,
  text: string,
): unknown {
  const descriptor = operation.parameters.find((parameter) => parameter.in === 'body');
  if (text === '') {
    if (descriptor?.required)
      throw invalidInput('Request body is missing.', `${operation.operationId} needs a body.`);
    return undefined;
  }
  if (descriptor === undefined) {
    // DELETE and POST without a body parameter: clients send '{}' out of habit, and Amazon lets it pass.
    return undefined;
  }
  const types = operation.consumes ?? ['application/json'];
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type === undefined || !types.includes(type))
    throw new Refusal(
      operation.errorCodes.includes(415) ? 415 : 400,
      'UnsupportedMediaType',
      'The entity of the request is in a format not supported by the requested resource.',
      `Content-Type must be ${types.join(' or ')}.`,
    );
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw invalidInput('Request body is invalid.', 'The body is not valid JSON.');
  }
  const given = Array.isArray(body) ? 'array' : body === null ? 'null' : typeof body;
  if (given !== descriptor.type)
    throw invalidInput('Request body is invalid.', `The body must be an ${descriptor.type}, not ${given}.`);
  return body;
}
