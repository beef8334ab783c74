import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ServedRange {
  /** The `Range` header as it came; undefined for the whole. */
  readonly asked: string | undefined;
  readonly from: number;
  /** Bytes given to the connection. */
  sent: number;
}

export interface SeenPut {
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: number;
  readonly sha256: string;
}

/** What to do with one request instead of answering well. */
export type Fault =
  /** `resets`: what is still under way is lost, too. */
  | { readonly dropAfter: number; readonly resets?: boolean }
  | { readonly answer: (request: http.IncomingMessage, response: http.ServerResponse) => void }
  /** The PUT is kept, but its answer is lost. */
  | { readonly loseAnswer: true };

/** S3's answer to a URL that has had its time. Source: Amazon S3, "Error responses". */
export function s3Error(status: number, code: string, message: string) {
  return (request: http.IncomingMessage, response: http.ServerResponse): void => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': 'S3REQ1' });
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>S3REQ1</RequestId></Error>`,
    );
  };
}

export const expired = s3Error(403, 'AccessDenied', 'Request has expired');

/** A document store on this machine, S3 as far as it matters here, that fails as it is told and counts what it serves. */
export class DocumentServer {
  content: Buffer;
  etag: string | undefined;
  contentType = 'text/tab-separated-values; charset=UTF-8';
  knowsRanges = true;
  tellsLength = true;
  /** For the next GETs or PUTs, one each. */
  readonly faults: Fault[] = [];
  /** Links with another `link` in their query than this are refused as expired. */
  goodLink: string | undefined;
  readonly ranges: ServedRange[] = [];
  readonly gets: http.IncomingMessage[] = [];
  readonly puts: SeenPut[] = [];
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();

  constructor(content: Buffer = Buffer.alloc(0)) {
    this.content = content;
    this.etag = `"${createHash('md5').update(content).digest('hex')}"`;
    this.#server = http.createServer((request, response) => this.#handle(request, response));
    // Without limit: a process that stood still must not find its connections closed, which is a drop that no test ordered.
    this.#server.keepAliveTimeout = 0;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/document?X-Amz-Signature=secret`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #handle(request: http.IncomingMessage, response: http.ServerResponse): void {
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    if (request.method === 'GET') this.gets.push(request);
    const link = new URL(request.url ?? '', 'http://x').searchParams.get('link');
    if (this.goodLink !== undefined && link !== this.goodLink) {
      expired(request, response);
      return;
    }
    const fault = this.faults.shift();
    if (fault !== undefined && 'answer' in fault) fault.answer(request, response);
    else if (request.method === 'PUT') this.#put(request, response, fault);
    else this.#get(request, response, fault);
  }

  #get(request: http.IncomingMessage, response: http.ServerResponse, fault: Fault | undefined): void {
    const asked = request.headers.range;
    const condition = request.headers['if-range'];
    const holds = condition === undefined || condition === this.etag;
    const from =
      this.knowsRanges && holds && asked !== undefined ? Number(/^bytes=(\d+)-$/.exec(asked)?.[1] ?? 0) : 0;
    // One answer is of one version, whatever lies there since.
    const { content } = this;
    const total = content.length;
    const headers: http.OutgoingHttpHeaders = {
      'content-type': this.contentType,
      ...(this.etag !== undefined && { etag: this.etag }),
      ...(this.tellsLength && { 'content-length': total - from }),
    };
    if (from > 0 && from >= total) {
      response.writeHead(416, { 'content-range': `bytes */${total}` }).end();
      return;
    }
    const range: ServedRange = { asked, from, sent: 0 };
    this.ranges.push(range);
    if (from > 0)
      response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${total - 1}/${total}` });
    else response.writeHead(200, headers);
    const end = fault !== undefined && 'dropAfter' in fault ? from + fault.dropAfter : total;
    const resets = fault !== undefined && 'resets' in fault && fault.resets === true;
    this.#send(response, range, { content, end: Math.min(end, total), drop: end < total, resets });
  }

  #send(
    response: http.ServerResponse,
    range: ServedRange,
    { content, end, drop, resets }: { content: Buffer; end: number; drop: boolean; resets: boolean },
  ): void {
    const next = () => {
      while (range.from + range.sent < end) {
        const at = range.from + range.sent;
        const piece = content.subarray(at, Math.min(at + 65_536, end));
        range.sent += piece.length;
        const last = range.from + range.sent >= end;
        if (last && drop) {
          // Only when the kernel has it is it on its way; then the line is cut.
          response.write(piece, () => {
            if (resets) response.socket?.resetAndDestroy();
            else response.socket?.destroySoon();
          });
          return;
        }
        if (!response.write(piece)) {
          response.once('drain', next);
          return;
        }
      }
      if (drop) response.socket?.destroy();
      else response.end();
    };
    next();
  }

  #put(request: http.IncomingMessage, response: http.ServerResponse, fault: Fault | undefined): void {
    const hash = createHash('sha256');
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      bytes += chunk.length;
      if (fault !== undefined && 'dropAfter' in fault && bytes >= fault.dropAfter) request.socket.destroy();
    });
    request.on('end', () => {
      this.puts.push({ headers: request.headers, bytes, sha256: hash.digest('hex') });
      if (fault !== undefined && 'loseAnswer' in fault) request.socket.destroy();
      else response.writeHead(200, { etag: '"kept"' }).end();
    });
  }
}
