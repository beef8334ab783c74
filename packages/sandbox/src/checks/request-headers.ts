import type { IncomingMessage } from 'node:http';
import { invalidInput } from '../http/refusal.js';

/** Source: developer-docs.amazon.com/sp-api/docs/include-a-user-agent-header-in-all-requests. */
const longestUserAgent = 500;

/**
 * What Amazon checks in the headers of every request. That a missing user agent is a 400 is our reading: Amazon
 * documents only that the header is required.
 *
 * @throws Refusal (400).
 */
export function checkRequestHeaders(request: IncomingMessage): void {
  const { headers, method } = request;
  const agent = headers['user-agent'];
  if (agent === undefined || agent.trim() === '')
    throw invalidInput('Request header is missing.', 'The user-agent header is required.');
  if (agent.length > longestUserAgent)
    throw invalidInput(
      'Request header is invalid.',
      `The user-agent header is longer than ${longestUserAgent} characters.`,
    );
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  if (method === 'GET' && hasBody)
    throw invalidInput(
      'Request is invalid.',
      'A GET request must have neither a body nor a Content-Length header.',
    );
  if (countOf(request.rawHeaders, 'host') > 1)
    throw invalidInput('Request is invalid.', 'The Host header appears more than once.');
}

function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === name) count++;
  return count;
}
