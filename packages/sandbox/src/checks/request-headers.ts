import type { IncomingMessage } from 'node:http';
import { EdgeRefusal } from '../http/edge.js';
import { invalidInput } from '../http/refusal.js';

/** Source: developer-docs.amazon.com/sp-api/docs/include-a-user-agent-header-in-all-requests. */
const longestUserAgent = 500;

/**
 * The rules of HTTP that Amazon's edge enforces: no body and no Content-Length on GET, one Host.
 *
 * @throws EdgeRefusal (400, HTML).
 */
export function checkHttp(request: IncomingMessage): void {
  const { headers, method } = request;
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  if (method === 'GET' && hasBody) throw new EdgeRefusal();
  if (countOf(request.rawHeaders, 'host') > 1) throw new EdgeRefusal();
}

/**
 * The header that SP-API asks of every request, but for the token.
 *
 * @throws Refusal (400).
 */
export function checkUserAgent(request: IncomingMessage): void {
  const agent = request.headers['user-agent'];
  if (agent === undefined || agent.trim() === '')
    throw invalidInput('Missing header or required fields.', 'The user-agent header is required.');
  if (agent.length > longestUserAgent)
    throw invalidInput(
      'Request header is invalid.',
      `The user-agent header is longer than ${longestUserAgent} characters.`,
    );
}

function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === name) count++;
  return count;
}
