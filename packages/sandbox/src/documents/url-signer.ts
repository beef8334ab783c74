import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { StorageRefusal } from './storage-error.js';

export interface SignedRequest {
  readonly method: 'GET' | 'PUT';
  /** Where the document lies, with a leading slash. */
  readonly path: string;
  /** Has to come again on the request, letter by letter. */
  readonly contentType?: string;
  /** What the answer's header says of the encoding. */
  readonly contentEncoding?: string;
}

export interface UrlSignerParts {
  readonly seed: number;
  readonly now: () => number;
  readonly lifetimeMs: number;
  /** Where the documents are served, without a trailing slash. */
  readonly ownUrl: () => string;
}

const algorithm = 'AWS4-HMAC-SHA256';

/**
 * Signs URLs as S3 does (Signature Version 4 in the query) and checks them. Method, path, query, host and, for uploads,
 * the content type belong to the signature. The token of the session carries the exact time, so that lifetimes shorter
 * than a second can be had.
 */
export class UrlSigner {
  readonly #parts: UrlSignerParts;
  readonly #secret: Buffer;
  readonly #keyId: string;
  #serial = 0;
  #expiredSerial = 0;

  constructor(parts: UrlSignerParts) {
    this.#parts = parts;
    this.#secret = createHmac('sha256', 'fluxori-sandbox').update(`signed-urls ${parts.seed}`).digest();
    this.#keyId = `ASIA${this.#secret.toString('hex').slice(0, 16).toUpperCase()}`;
  }

  sign({ method, path, contentType, contentEncoding }: SignedRequest): string {
    const { lifetimeMs, now, ownUrl } = this.#parts;
    const atMs = now();
    const date = new Date(atMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
    const token = Buffer.from(JSON.stringify({ at: atMs, n: ++this.#serial })).toString('base64url');
    const url = new URL(path, ownUrl());
    const query: Record<string, string> = {
      'X-Amz-Algorithm': algorithm,
      'X-Amz-Credential': `${this.#keyId}/${date.slice(0, 8)}/eu-west-1/s3/aws4_request`,
      'X-Amz-Date': date,
      'X-Amz-Expires': String(Math.max(1, Math.ceil(lifetimeMs / 1_000))),
      'X-Amz-Security-Token': token,
      'X-Amz-SignedHeaders': contentType === undefined ? 'host' : 'content-type;host',
      ...(contentEncoding === undefined ? {} : { 'response-content-encoding': contentEncoding }),
    };
    const headers = { host: url.host, ...(contentType === undefined ? {} : { 'content-type': contentType }) };
    const signature = this.#signature(method, url.pathname, Object.entries(query), headers);
    url.search = canonicalQuery([...Object.entries(query), ['X-Amz-Signature', signature]]);
    return url.href;
  }

  /** Every URL signed until now counts as expired. */
  expireAll(): void {
    this.#expiredSerial = this.#serial;
  }

  /** @throws StorageRefusal 403 (no signature, another one, expired), or 400 for two kinds of authentication at once. */
  check(request: IncomingMessage, url: URL): void {
    const query = [...url.searchParams];
    const one = (name: string) => url.searchParams.get(name);
    if (one('X-Amz-Algorithm') !== algorithm || one('X-Amz-Signature') === null)
      throw new StorageRefusal(403, 'AccessDenied', 'Access Denied');
    if (request.headers.authorization !== undefined)
      throw new StorageRefusal(
        400,
        'InvalidArgument',
        'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
        { ArgumentName: 'Authorization', ArgumentValue: '[not repeated here]' },
      );
    const signed = (one('X-Amz-SignedHeaders') ?? '').split(';');
    const strange = Object.keys(request.headers).filter(
      (name) => name.startsWith('x-amz-') && !signed.includes(name),
    );
    if (strange.length > 0)
      throw new StorageRefusal(
        403,
        'AccessDenied',
        'There were headers present in the request which were not signed',
        { HeadersNotSigned: strange.join(', ') },
      );
    const headers = Object.fromEntries(
      signed.map((name) => [name, String(request.headers[name] ?? '')] as const),
    );
    const unsigned = query.filter(([name]) => name !== 'X-Amz-Signature');
    const expected = this.#signature(request.method ?? '', url.pathname, unsigned, headers);
    if (!equal(expected, one('X-Amz-Signature') ?? ''))
      throw new StorageRefusal(
        403,
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
        { AWSAccessKeyId: this.#keyId, SignatureProvided: one('X-Amz-Signature') ?? '' },
      );
    this.#checkAge(one('X-Amz-Security-Token') ?? '', one('X-Amz-Expires') ?? '');
  }

  #checkAge(token: string, expires: string): void {
    const { at, n } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { at: number; n: number };
    const endsMs = at + this.#parts.lifetimeMs;
    const nowMs = this.#parts.now();
    if (nowMs < endsMs && n > this.#expiredSerial) return;
    throw new StorageRefusal(403, 'AccessDenied', 'Request has expired', {
      'X-Amz-Expires': expires,
      Expires: new Date(endsMs).toISOString().replace(/\.\d{3}/, ''),
      ServerTime: new Date(nowMs).toISOString().replace(/\.\d{3}/, ''),
    });
  }

  #signature(
    method: string,
    path: string,
    query: readonly (readonly [string, string])[],
    headers: Readonly<Record<string, string>>,
  ): string {
    const names = Object.keys(headers).sort();
    const canonical = [
      method,
      path,
      canonicalQuery(query),
      ...names.map((name) => `${name}:${headers[name]?.trim()}`),
      '',
      names.join(';'),
      'UNSIGNED-PAYLOAD',
    ].join('\n');
    const digest = createHash('sha256').update(canonical).digest('hex');
    return createHmac('sha256', this.#secret).update(`${algorithm}\n${digest}`).digest('hex');
  }
}

function canonicalQuery(query: readonly (readonly [string, string])[]): string {
  return [...query]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
