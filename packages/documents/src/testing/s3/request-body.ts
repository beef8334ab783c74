import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';

/**
 * The body that a request brings, taken out of `aws-chunked` where it is in it, and held against everything that vouches for it.
 * @returns the code of a refusal instead, when it is not what it says.
 */
export async function bodyOf(request: IncomingMessage): Promise<Buffer | string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const sent = Buffer.concat(pieces);
  const { headers } = request;
  if (headers['content-length'] === undefined && sent.length > 0) return 'MissingContentLength';
  const chunked = headers['content-encoding']?.includes('aws-chunked') ?? false;
  const { body, trailers } = chunked
    ? outOfChunks(sent)
    : { body: sent, trailers: new Map<string, string>() };
  if (chunked && Number(headers['x-amz-decoded-content-length']) !== body.length) return 'IncompleteBody';
  const digest = headers['x-amz-content-sha256'];
  const named = typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest);
  if (named && createHash('sha256').update(body).digest('hex') !== digest) return 'XAmzContentSHA256Mismatch';
  const checksum = trailers.get('x-amz-checksum-crc32') ?? headers['x-amz-checksum-crc32'];
  if (checksum !== undefined && checksum !== crc32Of(body)) return 'BadDigest';
  return body;
}

export function crc32Of(body: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}

function outOfChunks(sent: Buffer): { body: Buffer; trailers: ReadonlyMap<string, string> } {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = sent.indexOf('\r\n', at);
    const size = Number.parseInt(sent.subarray(at, end).toString('latin1'), 16);
    at = end + 2;
    if (!(size > 0)) break;
    parts.push(sent.subarray(at, at + size));
    at += size + 2;
  }
  const lines = sent.subarray(at).toString('latin1').split('\r\n');
  const trailers = lines.filter((line) => line.includes(':')).map((line) => line.split(/:\s*/, 2));
  return { body: Buffer.concat(parts), trailers: new Map(trailers as [string, string][]) };
}
