import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError } from '@fluxori/core';

/** A request that came to the redirect URI, to be answered. */
export interface Arrival {
  /** Path and query. */
  readonly target: string;
  /** Shows the person in the browser how it ended. */
  answer(ok: boolean, text: string): void;
}

/** Waits on this machine for the browser that Seller Central sends back. */
export class CallbackServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #path: string;
  readonly #arrivals: Arrival[] = [];
  #wake: () => void = () => {};

  private constructor(path: string) {
    this.#path = path;
    this.#server = createServer((request, response) => this.#receive(request, response));
  }

  /**
   * @param redirectUri - an http address of this machine; port 0 takes a free one.
   * @throws ConfigurationError when the port is taken.
   */
  static async listen(redirectUri: string): Promise<CallbackServer & { readonly redirectUri: string }> {
    const url = new URL(redirectUri);
    const made = new CallbackServer(url.pathname);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    await new Promise<void>((resolve, reject) => {
      made.#server.once('error', (cause: Error & { code?: string }) => {
        reject(
          new ConfigurationError(`Nobody can listen at ${url.host} (${cause.code}).`, {
            field: 'redirect-uri',
            remedy:
              'End the program that has the port, name another address by --redirect-uri, or use --paste.',
            cause,
          }),
        );
      });
      made.#server.listen(Number(url.port || 80), host, resolve);
    });
    url.port = String((made.#server.address() as AddressInfo).port);
    return Object.assign(made, { redirectUri: url.href });
  }

  /** The next request to the redirect URI. @throws the signal's reason when aborted. */
  async next(signal: AbortSignal): Promise<Arrival> {
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      while (this.#arrivals.length === 0) {
        signal.throwIfAborted();
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
    return this.#arrivals.shift() as Arrival;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // An answer that is on its way gets there; a browser's idle connections are not waited for.
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), 500);
    await closed;
    clearTimeout(timer);
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const target = request.url ?? '/';
    if (request.method !== 'GET' || target.split('?')[0] !== this.#path) {
      send(response, 404, 'There is nothing here.');
      return;
    }
    this.#arrivals.push({ target, answer: (ok, text) => send(response, ok ? 200 : 400, text) });
    this.#wake();
  }
}

function send(response: ServerResponse, status: number, text: string): void {
  const safe = text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'",
      // The address holds the code: no page that is opened from here may learn it.
      'referrer-policy': 'no-referrer',
      connection: 'close',
    })
    .end(`<!doctype html>\n<meta charset="utf-8">\n<title>Fluxori</title>\n<p>${safe}</p>\n`);
}
