import { Refusal } from './refusal.js';

/**
 * What Amazon's edge answers, in HTML, before SP-API sees anything of the request: no request id, no JSON.
 * Source: developer-docs.amazon.com/sp-api/changelog/api-request-validation-for-400-errors-with-html-response.
 */
export const edgePage =
  '<!DOCTYPE html><html><head><title>400 Bad Request</title></head><body><h1>400 Bad Request</h1></body></html>';

/** The same for what is no HTTP at all, written straight to the socket. */
export const edgeAnswer = [
  'HTTP/1.1 400 Bad Request',
  'Content-Type: text/html',
  `Content-Length: ${edgePage.length}`,
  'Connection: close',
  '',
  edgePage,
].join('\r\n');

/** A request against the rules of HTTP (RFC 7230). */
export class EdgeRefusal extends Refusal {
  constructor() {
    super(400, 'BadRequest', 'Bad Request');
  }
}
