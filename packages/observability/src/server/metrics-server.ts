import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError, type Health, type Logger, silentLogger, sleep } from '@fluxori/core';
import { cleanText } from '../logs/clean-fields.js';

export interface MetricsServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Whom it listens to; `127.0.0.1` (this machine) by default, `0.0.0.0` for a container's network. */
  readonly host?: string;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  /** Whether the process can do its work now. `down` makes `/readyz` answer 503 with what is down and why. */
  readonly health: () => Promise<Health> | Health;
  readonly logger?: Logger;
}

export interface MetricsServer extends AsyncDisposable {
  readonly port: number;
  /** E.g. `http://127.0.0.1:9464`. */
  readonly url: string;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Health that is not told in so long is none. Kubernetes gives a probe one second by default, Prometheus ten. */
const healthMs = 900;

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * Serves `/metrics` to Prometheus, `/healthz` (the process lives: its event loop answers) and `/readyz` (it can work) to whoever keeps it
 * running. It tells states and numbers, no address with credentials, no secret, no order.
 *
 * @throws ConfigurationError when the port cannot be had.
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const host = options.host ?? '127.0.0.1';
  const logger = options.logger ?? silentLogger;
  const server = createServer((request, response) => {
    answer(request, options)
      .catch((error: unknown) => {
        logger.warn({ path: request.url, error }, 'A page of the metrics server failed.');
        return text(500, 'This page failed; the log tells why.');
      })
      .then((page) => send(request, response, page));
  });
  // Longer than between two scrapes: a connection that ends just as it is used again is an error for whoever uses it.
  server.keepAliveTimeout = 75_000;
  await listen(server, options.port, host);
  const { port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closing;
  };
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { port, url, close, [Symbol.asyncDispose]: close };
}

async function answer(request: IncomingMessage, options: MetricsServerOptions): Promise<Page> {
  const [path] = (request.url ?? '/').split('?');
  const page = pages[path ?? ''];
  if (page === undefined) return text(404, `Not found. There are: ${Object.keys(pages).join(', ')}.`);
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'Only GET and HEAD.');
  return page(options);
}

const pages: Readonly<Record<string, (options: MetricsServerOptions) => Promise<Page>>> = {
  '/metrics': async ({ metrics }) => ({ status: 200, type: metrics.contentType, body: await metrics.text() }),
  '/healthz': async () => json(200, { status: 'up', uptimeSeconds: Math.round(process.uptime()) }),
  '/readyz': async ({ health }) => {
    const told = await inTime(health);
    const reasons = reasonsOf('', told);
    return json(told.status === 'down' ? 503 : 200, {
      status: told.status,
      ...(reasons.length > 0 && { reasons }),
    });
  },
};

async function inTime(health: MetricsServerOptions['health']): Promise<Health> {
  const over = new AbortController();
  const asked = async () => health();
  const late = sleep(healthMs, over.signal).then(
    (): Health => ({ status: 'down', details: { reason: `no part told its health in ${healthMs} ms` } }),
  );
  try {
    return await Promise.race([asked(), late]);
  } finally {
    over.abort();
  }
}

/** What is not up, by the names of the parts, and why where it is said. */
function reasonsOf(name: string, { status, details, parts }: Health): string[] {
  if (status === 'up') return [];
  const inner = Object.entries(parts ?? {}).flatMap(([part, health]) =>
    reasonsOf(name === '' ? part : `${name}.${part}`, health),
  );
  if (inner.length > 0) return inner;
  const why = [details?.reason, details?.error].find((text) => typeof text === 'string');
  const since = details?.since === undefined ? '' : ` since ${String(details.since)}`;
  return [
    cleanText(`${name === '' ? 'process' : name} is ${status}${since}${why === undefined ? '' : `: ${why}`}`),
  ];
}

function json(status: number, body: unknown): Page {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(body)}\n` };
}

function text(status: number, body: string): Page {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` };
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body }: Page): void {
  // A body that nobody wants is read to its end, so that the connection can be used again.
  request.resume();
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 && { allow: 'GET, HEAD' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const refusals: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has it',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'this machine has no such address',
  EACCES: 'this user may not',
  ERR_SOCKET_BAD_PORT: 'there is no such port',
};

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException) => {
      const why = refusals[cause.code ?? ''] ?? cause.code ?? 'unknown';
      reject(
        new ConfigurationError(`The metrics server cannot listen on ${host}:${port}: ${why}.`, {
          field: 'metricsPort',
          remedy: 'Choose another port (0 takes a free one), or an address of this machine.',
          cause,
        }),
      );
    };
    server.once('error', fail);
    try {
      server.listen(port, host, resolve);
    } catch (cause) {
      fail(cause as NodeJS.ErrnoException);
    }
  });
}
