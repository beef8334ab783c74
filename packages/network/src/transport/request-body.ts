import type { ClientRequest } from 'node:http';
import type { Readable } from 'node:stream';
import { ValidationError } from '@fluxori/core';

/** Written in pieces of this size, so that progress can be seen within a large chunk. */
const pieceBytes = 64 * 1024;

export interface SendingOptions {
  /** How many bytes were announced. */
  readonly contentLength: number | undefined;
  /** Asked before each piece: whether somebody still wants it. */
  readonly isOver: () => boolean;
  readonly onPiece: (bytes: number) => void;
  /** The connection takes no more for now, or takes more again. */
  readonly onStalled: () => void;
  readonly onMoving: () => void;
}

/**
 * Writes a body as fast as the connection takes it and ends the request. Leaves quietly when the exchange is over.
 *
 * @throws ValidationError when the body is not as long as announced; what the body's own stream throws.
 */
export async function sendBody(
  request: ClientRequest,
  body: Readable | Uint8Array,
  options: SendingOptions,
): Promise<void> {
  const { contentLength } = options;
  let sent = 0;
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
    if (contentLength !== undefined && sent + bytes.length > contentLength) {
      throw wrongLength(contentLength, 'more');
    }
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      if (options.isOver()) return;
      const piece = bytes.subarray(at, at + pieceBytes);
      sent += piece.length;
      options.onPiece(piece.length);
      if (request.write(piece)) continue;
      options.onStalled();
      await drained(request);
      options.onMoving();
    }
  }
  if (options.isOver()) return;
  if (contentLength !== undefined && sent < contentLength) throw wrongLength(contentLength, 'fewer');
  request.end();
  return;
}

/** Settles when the request takes more, or never will. */
function drained(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      request.off('drain', done);
      request.off('close', done);
      request.off('response', done);
      resolve();
    };
    request.on('drain', done);
    request.on('close', done);
    request.on('response', done);
    if (request.destroyed) done();
  });
}

function wrongLength(announced: number, which: 'more' | 'fewer'): ValidationError {
  return new ValidationError(
    `The body was announced with ${announced} bytes and has ${which}: the request was broken off.`,
    {
      field: 'contentLength',
      remedy: 'Measure the content anew; it may have changed while it was being sent.',
    },
  );
}
