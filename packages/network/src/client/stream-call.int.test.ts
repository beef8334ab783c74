import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { plainError } from '../testing/plain-error.js';
import { NetworkAwareClient, type NetworkAwareClientOptions } from './network-aware-client.js';
import type { StreamSpec } from './stream-spec.js';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A server that leaves the request's body to the handler, and counts what is no probe. */
async function serve(handler: Handler): Promise<{ url: string; requests: string[]; server: http.Server }> {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    if (request.method === 'HEAD') return void response.writeHead(503).end();
    requests.push(request.url ?? '');
    request.on('error', () => undefined);
    handler(request, response);
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, server };
}

function client(options: NetworkAwareClientOptions = {}): NetworkAwareClient {
  const made = new NetworkAwareClient({ env: {}, breaker: { failuresInRow: 3 }, ...options });
  open.push(() => made.close());
  return made;
}

const get = (url: string, more: Partial<StreamSpec> = {}): StreamSpec => ({
  operation: 'reports.download',
  account: 'acme-za',
  method: 'GET',
  url,
  toError: plainError,
  ...more,
});

const put = (url: string, body: Readable | Uint8Array, contentLength?: number): StreamSpec =>
  get(url, {
    method: 'PUT',
    operation: 'feeds.upload',
    body,
    ...(contentLength !== undefined && { contentLength }),
  });

async function all(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('NetworkAwareClient.stream', () => {
  it('gives the bytes as they are on the wire, compressed ones too', async () => {
    const gzipped = gzipSync(randomBytes(100_000));
    const { url } = await serve((request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      response.writeHead(200, { 'content-encoding': 'gzip', ETag: '"1"' }).end(gzipped);
    });
    const answer = await client().stream(get(url));
    expect(answer).toMatchObject({ status: 200, headers: { 'content-encoding': 'gzip', etag: '"1"' } });
    expect((await all(answer.body)).equals(gzipped)).toBe(true);
  });

  it('follows no redirect: the signed URL was for this host', async () => {
    const elsewhere = await serve((_, response) => void response.end('other'));
    const { url } = await serve((_, response) => {
      response.writeHead(307, { location: elsewhere.url }).end();
    });
    await expect(client().stream(get(url))).rejects.toMatchObject({ name: 'RemoteError', status: 307 });
    expect(elsewhere.requests).toEqual([]);
  });

  it('sends a stream with its length, not in chunks, and sends only once what the caller alone can repeat', async () => {
    const content = randomBytes(3_000_000);
    const hash = createHash('sha256');
    const { url, requests } = await serve((request, response) => {
      expect(request.headers).toMatchObject({ 'content-length': String(content.length) });
      expect(request.headers['transfer-encoding']).toBeUndefined();
      request.on('data', (chunk: Buffer) => hash.update(chunk));
      request.on('end', () => response.writeHead(503).end('<Error/>'));
    });
    await expect(client().stream(put(url, Readable.from([content]), content.length))).rejects.toMatchObject({
      status: 503,
    });
    expect(hash.digest('hex')).toBe(createHash('sha256').update(content).digest('hex'));
    expect(requests).toHaveLength(1);
  });

  it('does not count the time of an upload as waiting for the answer', async () => {
    let arrived = 0;
    const { url } = await serve((request, response) => {
      request.on('data', (piece: Buffer) => {
        arrived += piece.length;
      });
      request.on('end', () => response.end('kept'));
    });
    const slowly = async function* () {
      for (let piece = 0; piece < 8; piece++) {
        await sleep(60);
        yield Buffer.alloc(10_000);
      }
    };
    const impatient = client({ timeouts: { firstByteMs: 250, idleMs: 120_000, attemptMs: 300 } });
    const end = await impatient.stream(put(url, Readable.from(slowly()), 80_000)).then(
      async ({ body }) => (await all(body)).toString(),
      (error: { code?: unknown }) => error.code,
    );
    // All of it went, which takes longer than the limits. A machine that stood still in the moment thereafter waited too long for the answer, indeed.
    expect(arrived).toBe(80_000);
    expect(['kept', 'NETWORK_TIMEOUT']).toContain(end);
  });

  it('gives up on a host that takes the request and never answers, or falls silent in the middle', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/silent') return;
      response.writeHead(200, { 'content-length': 100 });
      response.write('begun');
    });
    const impatient = client({ timeouts: { firstByteMs: 150 } });
    await expect(impatient.stream(get(`${url}/silent`))).rejects.toMatchObject({ name: 'NetworkError' });
    const answer = await client({ timeouts: { idleMs: 150 } }).stream(get(`${url}/begun`));
    await expect(all(answer.body)).rejects.toMatchObject({
      name: 'NetworkError',
      outcome: 'unknown',
      details: { bytes: 5 },
    });
  });

  it('does not begin an upload of many bytes that the host refuses', async () => {
    let read = 0;
    const { url, server } = await serve((request, response) => {
      request.on('data', (chunk: Buffer) => {
        read += chunk.length;
      });
      request.on('end', () => response.end());
    });
    server.on('checkContinue', (_request, response) => {
      response.writeHead(403, { connection: 'close' }).end('<Error><Code>AccessDenied</Code></Error>');
    });
    let opened = false;
    const body = new Readable({
      read() {
        opened = true;
        this.push(Buffer.alloc(65_536));
      },
    });
    const startedAt = performance.now();
    await expect(client().stream(put(url, body, 50_000_000))).rejects.toMatchObject({ status: 403 });
    // A host that keeps silent for a second gets the body unasked: so does one whose machine stood still.
    if (performance.now() - startedAt < 1_000) expect({ read, opened }).toEqual({ read: 0, opened: false });
    expect(body.destroyed).toBe(true);
  });

  it('reads no more of a refusal than it can use', async () => {
    let sent = 0;
    const { url } = await serve((_, response) => {
      response.writeHead(500);
      const more = () => {
        while (sent < 40_000_000) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536, 'x'))) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    let size = 0;
    const toError: StreamSpec['toError'] = (answer, context) => {
      size = JSON.stringify(answer.body ?? '').length;
      return plainError(answer, context);
    };
    await expect(client().stream(get(url, { toError }))).rejects.toMatchObject({ status: 500 });
    expect(size).toBeLessThan(100_000);
    expect(sent).toBeLessThan(40_000_000);
  });

  it('is refused while the host’s circuit is open, and opens it', async () => {
    const { url, requests } = await serve((request) => void request.socket.destroy());
    const made = client({ breaker: { failuresInRow: 2, probeEveryMs: 60_000 } });
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(made.stream(get(url))).rejects.toMatchObject({ name: 'NetworkError' });
    }
    await expect(made.stream(get(url))).rejects.toMatchObject({ name: 'CircuitOpenError' });
    expect(requests).toHaveLength(2);
  });

  it('ends at once with the signal’s reason, before the answer and within it', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/silent') return;
      response.writeHead(200, { 'content-length': 100 });
      response.write('begun');
    });
    const reason = new Error('the job was cancelled');
    const before = new AbortController();
    const waiting = client().stream(get(`${url}/silent`), { signal: before.signal });
    setTimeout(() => before.abort(reason), 20);
    await expect(waiting).rejects.toBe(reason);
    const within = new AbortController();
    const answer = await client().stream(get(`${url}/begun`), { signal: within.signal });
    const reading = all(answer.body);
    within.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it('tells no part of a signed URL', async () => {
    const { url } = await serve((request) => void request.socket.destroy());
    const error = (await client()
      .stream(get(`${url}/document?X-Amz-Signature=very-secret`))
      .catch((thrown: unknown) => thrown)) as Error & { toJSON(): unknown };
    expect(JSON.stringify([error.toJSON(), error.message, error.stack])).not.toMatch(/very-secret/);
    expect(error.message).toContain('127.0.0.1');
  });
});
