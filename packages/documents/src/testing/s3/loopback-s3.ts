import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Bucket } from './buckets.js';
import { bodyOf } from './request-body.js';
import { refusalOf, type S3Keys } from './signature.js';

/** What the next requests of a kind meet. */
export interface S3Fault {
  readonly on: (request: { method: string; key: string; query: URLSearchParams }) => boolean;
  /** Answers with this instead. */
  readonly refuse?: { status: number; code: string };
  /** Cuts the connection when so many bytes of the answer's body have gone. */
  readonly cutAfter?: number;
  readonly times?: number;
}

const statuses: Readonly<Record<string, number>> = {
  ...{
    AccessDenied: 403,
    InvalidAccessKeyId: 403,
    SignatureDoesNotMatch: 403,
    NoSuchBucket: 404,
    NoSuchKey: 404,
  },
  ...{ NoSuchUpload: 404, InvalidRange: 416, PreconditionFailed: 412 },
};

/** A small S3 on the loopback interface, path style, that the AWS SDK talks to; strict about what it is sent. */
export class LoopbackS3 {
  readonly bucket = new Bucket();
  readonly region = 'af-south-1';
  readonly keys: S3Keys = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'loopback/secret+key' };
  /** `PUT key`, `POST key?uploads` …, in order. */
  readonly seen: string[] = [];
  /** What it found wrong with requests. */
  readonly protests: string[] = [];
  readonly faults: S3Fault[] = [];
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<this> {
    // Without limit: a process that stood still must not find its connections closed.
    this.#server.keepAliveTimeout = 0;
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return this;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<undefined> {
    const url = new URL(request.url ?? '/', this.endpoint);
    const [, bucket = '', ...rest] = url.pathname.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const asked = { method: request.method ?? '', key, query: url.searchParams };
    this.seen.push(
      `${asked.method} ${key}${[...url.searchParams.keys()].map((name) => `?${name}`).join('')}`,
    );
    try {
      const body = await bodyOf(request);
      const refusal =
        refusalOf(request, this.keys, this.region) ??
        (bucket === 'documents' ? undefined : 'NoSuchBucket') ??
        (typeof body === 'string' ? body : undefined);
      if (refusal !== undefined) {
        this.protests.push(`${asked.method} ${key}: ${refusal}`);
        return refuse(response, refusal, statuses[refusal] ?? 400);
      }
      const fault = this.#fault(asked);
      if (fault?.refuse) return refuse(response, fault.refuse.code, fault.refuse.status);
      this.#serve(asked, body as Buffer, request, response, fault?.cutAfter);
    } catch {
      response.destroy();
    }
  }

  #fault(asked: { method: string; key: string; query: URLSearchParams }): S3Fault | undefined {
    const index = this.faults.findIndex(({ on }) => on(asked));
    const [fault] = index < 0 ? [] : this.faults.splice(index, 1);
    const left = (fault?.times ?? 1) - 1;
    if (fault !== undefined && left > 0) this.faults.push({ ...fault, times: left });
    return fault;
  }

  #serve(
    { method, key, query }: { method: string; key: string; query: URLSearchParams },
    body: Buffer,
    request: IncomingMessage,
    response: ServerResponse,
    cutAfter?: number,
  ): undefined {
    const { bucket } = this;
    const id = query.get('uploadId');
    const tell = (found: { etag: string } | string, xml = '') => {
      if (typeof found === 'string') {
        this.protests.push(`${method} ${key}: ${found}`);
        return refuse(response, found, statuses[found] ?? 400);
      }
      response.writeHead(200, { etag: found.etag, 'content-type': 'application/xml' }).end(xml);
    };
    if (method === 'GET' && key === '') return this.#list(query, response);
    if (method === 'GET' || method === 'HEAD') return this.#get(method, key, request, response, cutAfter);
    if (method === 'POST' && query.has('uploads')) {
      const upload = bucket.begin(key);
      const xml = `<InitiateMultipartUploadResult><Bucket>documents</Bucket><Key>${key}</Key><UploadId>${upload.id}</UploadId></InitiateMultipartUploadResult>`;
      return tell({ etag: '' }, xml);
    }
    if (method === 'POST' && id !== null) {
      const parts = [...body.toString().matchAll(/<Part>.*?<\/Part>/gs)].map(([part]) => ({
        number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
        etag: (/<ETag>(.*?)</.exec(part)?.[1] ?? '').replaceAll('&quot;', '"'),
      }));
      const done = bucket.complete(id, key, parts);
      const etag = typeof done === 'string' ? '' : done.etag.replaceAll('"', '&quot;');
      return tell(
        done,
        `<CompleteMultipartUploadResult><Key>${key}</Key><ETag>${etag}</ETag></CompleteMultipartUploadResult>`,
      );
    }
    if (method === 'PUT' && id !== null) {
      return tell(bucket.part(id, key, Number(query.get('partNumber')), body));
    }
    if (method === 'PUT') return tell(bucket.put(key, body));
    if (method === 'DELETE') {
      if (id !== null && !bucket.uploads.delete(id)) return refuse(response, 'NoSuchUpload', 404);
      if (id === null) bucket.objects.delete(key);
      response.writeHead(204).end();
      return;
    }
    refuse(response, 'MethodNotAllowed', 405);
  }

  #get(
    method: string,
    key: string,
    request: IncomingMessage,
    response: ServerResponse,
    cutAfter?: number,
  ): undefined {
    const object = this.bucket.objects.get(key);
    if (object === undefined) return refuse(response, 'NoSuchKey', 404);
    const { bytes, etag, modified } = object;
    const match = request.headers['if-match'];
    if (match !== undefined && match !== etag) return refuse(response, 'PreconditionFailed', 412);
    const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const from = first === '' ? Math.max(0, bytes.length - Number(last || bytes.length)) : Number(first);
    const to = first === '' || last === '' ? bytes.length : Math.min(bytes.length, Number(last) + 1);
    if (request.headers.range !== undefined && from >= bytes.length) {
      return refuse(response, 'InvalidRange', 416);
    }
    const part = bytes.subarray(from, to);
    response.writeHead(request.headers.range === undefined ? 200 : 206, {
      ...{ etag, 'content-length': part.length, 'last-modified': modified.toUTCString() },
      'content-range': `bytes ${from}-${to - 1}/${bytes.length}`,
    });
    if (method === 'HEAD') response.end();
    else if (cutAfter === undefined) response.end(part);
    else response.write(part.subarray(0, cutAfter), () => response.destroy());
  }

  #list(query: URLSearchParams, response: ServerResponse): undefined {
    const prefix = query.get('prefix') ?? '';
    if (query.has('uploads')) return this.#listUploads(prefix, response);
    const most = Number(query.get('max-keys') ?? 1000);
    const after = query.get('continuation-token') ?? '';
    const keys = this.bucket.keys(prefix).filter((key) => key > after);
    const page = keys.slice(0, most);
    const contents = page.map((key) => {
      const { bytes, modified } = this.bucket.objects.get(key) as { bytes: Buffer; modified: Date };
      return `<Contents><Key>${key}</Key><Size>${bytes.length}</Size><LastModified>${modified.toISOString()}</LastModified></Contents>`;
    });
    const more = keys.length > page.length;
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    send(
      response,
      `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
    );
  }

  #listUploads(prefix: string, response: ServerResponse): undefined {
    const uploads = [...this.bucket.uploads.values()]
      .filter(({ key }) => key.startsWith(prefix))
      .map(
        ({ id, key, initiated }) =>
          `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${initiated.toISOString()}</Initiated></Upload>`,
      );
    send(
      response,
      `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${uploads.join('')}</ListMultipartUploadsResult>`,
    );
  }
}

function send(response: ServerResponse, xml: string): undefined {
  response.writeHead(200, { 'content-type': 'application/xml' }).end(xml);
}

function refuse(response: ServerResponse, code: string, status: number): undefined {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>refused</Message><RequestId>request-1</RequestId></Error>`;
  const { method } = response.req;
  response.writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': 'request-1' });
  response.end(method === 'HEAD' ? undefined : xml);
}
