import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';

export interface DocumentAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** How the connection ended before the answer did. */
  readonly broken?: string;
}

/** One request to a signed URL, with exactly these headers; the bytes as they come, also those before a break. */
export function transfer(
  url: string,
  { method = 'GET', headers = {}, body }: DocumentRequest = {},
): Promise<DocumentAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method, headers: { ...length, ...headers } }, (incoming) => {
      const chunks: Buffer[] = [];
      const answer = () => ({
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        bytes: Buffer.concat(chunks),
      });
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve(answer()));
      incoming.on('error', (error: NodeJS.ErrnoException) =>
        resolve({ ...answer(), broken: error.code ?? error.message }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export interface DocumentRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** S3's code in the answer. */
export function s3Code({ bytes }: DocumentAnswer): string | undefined {
  return /<Code>([^<]+)<\/Code>/.exec(bytes.toString())?.[1];
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** How a request failed; the code of the error, or the status that it was answered with. */
export function failureOf(work: Promise<{ readonly status: number }>): Promise<string> {
  return work.then(
    ({ status }) => `answered ${status}`,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
}
