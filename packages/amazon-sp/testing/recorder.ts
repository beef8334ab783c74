import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FluxoriBackend, openBackend } from '@fluxori/backend';
import { type Clock, ConnectorFactory, type Logger, type Metrics } from '@fluxori/core';
import { NetworkAwareClient } from '@fluxori/network';
import { type AmazonSPConnector, type AmazonSpConfigInput, amazonSp } from '../src/index.js';

/** A request as it came over the wire. */
export interface Recorded {
  readonly method: string;
  /** As sent, still escaped. */
  readonly path: string;
  /** As sent, still escaped, without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  json(): unknown;
}

export interface Answer {
  readonly status?: number;
  /** An object goes as JSON, text and bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection is cut after the request was read: done or not, nobody can tell. */
  readonly lost?: boolean;
}

/** Answers all of Amazon's operations from a script, and keeps what was asked. Tokens it gives by itself; a token tells what it was asked for. */
export interface Recorder extends AsyncDisposable {
  readonly url: string;
  readonly requests: Recorded[];
  readonly connector: AmazonSPConnector;
  readonly backend: FluxoriBackend;
  /** What the next requests are answered with; `undefined` is 200 with an empty object. */
  answer: (request: Recorded) => Answer | undefined | Promise<Answer | undefined>;
  connect(config?: Partial<AmazonSpConfigInput>): AmazonSPConnector;
  /** Requests since the last call of this, and forgets them. */
  take(): Recorded[];
}

export interface RecorderOptions {
  readonly config?: Partial<AmazonSpConfigInput>;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Of what sends. */
  readonly metrics?: Metrics;
  /** One attempt by default, so that what is answered is what is told. */
  readonly maxAttempts?: number;
}

export async function startRecorder(options: RecorderOptions = {}): Promise<Recorder> {
  const { maxAttempts = 1, logger, clock, metrics } = options;
  const requests: Recorded[] = [];
  let answer: Recorder['answer'] = () => undefined;
  const server = createServer((request, response) => {
    void read(request).then(async (recorded) => {
      const token = tokenFor(recorded);
      if (token === undefined) requests.push(recorded);
      const { status = 200, body = {}, headers, lost } = token ?? (await answer(recorded)) ?? {};
      if (lost) {
        request.socket.destroy();
        return;
      }
      const raw = typeof body === 'string' || body instanceof Uint8Array;
      response.writeHead(status, {
        ...(!raw && { 'content-type': 'application/json' }),
        'x-amzn-requestid': 'req-1',
        ...headers,
      });
      response.end(status === 204 ? undefined : raw ? body : JSON.stringify(body));
    });
  });
  const url = await listen(server);
  const backend = await openBackend('memory:');
  const client = new NetworkAwareClient({
    retry: { maxAttempts, maxThrottles: 0 },
    breaker: { failuresInRow: 1e9, minimumRequests: 1e9 },
    ...(metrics && { metrics }),
  });
  const made: AmazonSPConnector[] = [];
  const connect = (config: Partial<AmazonSpConfigInput> = {}) => {
    const connector = new ConnectorFactory()
      .register(amazonSp)
      .create(
        'amazon-sp',
        { ...configFor(url), ...options.config, ...config },
        { backend, client, logger, clock },
      );
    made.push(connector);
    return connector;
  };
  const connector = connect();
  return {
    url,
    requests,
    connector,
    backend,
    connect,
    get answer() {
      return answer;
    },
    set answer(next) {
      answer = next;
    },
    take: () => requests.splice(0),
    async [Symbol.asyncDispose]() {
      for (const one of made) await one.close();
      await client.close();
      await backend.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function configFor(url: string): AmazonSpConfigInput {
  return {
    accountId: 'acme-za',
    sellerId: 'A1SELLER',
    marketplaceId: 'ZA',
    clientId: 'client-1',
    clientSecret: 'secret-1',
    refreshToken: 'Atzr|refresh-1',
    endpoints: { lwa: url, na: url, eu: url, fe: url },
    limits: { '*': { ratePerSecond: 5_000, burst: 1_000 } },
  };
}

/** Tokens say what they are for: `Atza|seller`, `Atza|<scope>`, `Atz.sprdt|<method>|<path>`. */
function tokenFor({ path, body, json }: Recorded): Answer | undefined {
  if (path === '/auth/o2/token') {
    const form = new URLSearchParams(body.toString('utf8'));
    const what = form.get('scope') ?? (form.get('grant_type') === 'refresh_token' ? 'seller' : 'nothing');
    return { body: { access_token: `Atza|${what}`, token_type: 'bearer', expires_in: 3600 } };
  }
  if (!path.endsWith('/restrictedDataToken')) return undefined;
  const { restrictedResources } = json() as { restrictedResources: { method: string; path: string }[] };
  const [resource] = restrictedResources;
  return {
    body: { restrictedDataToken: `Atz.sprdt|${resource?.method}|${resource?.path}`, expiresIn: 3600 },
  };
}

async function read(request: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const [path = '', query = ''] = (request.url ?? '/').split('?');
  const { method = 'GET', headers } = request;
  return { method, path, query, headers, body, json: () => JSON.parse(body.toString('utf8')) };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
