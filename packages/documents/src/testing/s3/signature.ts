import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Judges a request's signature (AWS Signature Version 4) as S3 does.
 * @returns the code of the refusal; undefined when the signature is right.
 */
export function refusalOf(request: IncomingMessage, keys: S3Keys, region: string): string | undefined {
  const parsed =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  if (parsed === null) return 'AccessDenied';
  const [, keyId, day = '', where, signedHeaders = '', signature] = parsed;
  if (keyId !== keys.accessKeyId) return 'InvalidAccessKeyId';
  if (where !== region) return 'AuthorizationHeaderMalformed';
  const signed = signedHeaders.split(';');
  if (!signed.includes('host') || !signed.includes('x-amz-content-sha256')) return 'SignatureDoesNotMatch';
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, hash(canonical(request, signed))];
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (above, part) => createHmac('sha256', above).update(part).digest(),
    `AWS4${keys.secretAccessKey}`,
  );
  const expected = createHmac('sha256', key).update(text.join('\n')).digest('hex');
  return expected === signature ? undefined : 'SignatureDoesNotMatch';
}

function canonical(request: IncomingMessage, signed: readonly string[]): string {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const parameters = query
    .split('&')
    .filter((one) => one !== '')
    .map((one) => (one.includes('=') ? one : `${one}=`))
    .sort();
  const headers = signed.map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const body = request.headers['x-amz-content-sha256'];
  return [request.method, path, parameters.join('&'), headers.join(''), signed.join(';'), body].join('\n');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
