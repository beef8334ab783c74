import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { testCertificate } from './test-certificate.js';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

export type Script = (
  request: SeenRequest,
  response: http.ServerResponse,
  number: number,
) => void | Promise<void>;

/** A server on this machine that answers by a script and remembers what reached it. */
export class ScriptedServer {
  readonly requests: SeenRequest[] = [];
  readonly sockets = new Set<Socket>();
  /** Requests whose client still waits for the answer's end. */
  waiting = 0;
  /** Connections that were ever made. */
  connections = 0;
  script: Script;
  readonly #server: http.Server;
  readonly #secure: boolean;
  #port = 0;

  constructor(script: Script, options: { secure?: boolean } = {}) {
    this.script = script;
    this.#secure = options.secure ?? false;
    const onRequest = (message: http.IncomingMessage, response: http.ServerResponse) => {
      this.waiting += 1;
      response.on('close', () => {
        this.waiting -= 1;
      });
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('end', () => {
        const request = {
          method: message.method ?? '',
          url: message.url ?? '',
          headers: message.headers,
          body: Buffer.concat(chunks).toString(),
          at: Date.now(),
        };
        // The client's look at the host is no request of the test.
        if (request.method !== 'HEAD') this.requests.push(request);
        void this.script(request, response, this.requests.length);
      });
    };
    this.#server = this.#secure
      ? https.createServer(testCertificate, onRequest)
      : http.createServer(onRequest);
    // Without limit: a process that stood still must not find its connections closed, which is another story than the test's.
    this.#server.keepAliveTimeout = 0;
    this.#server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${this.#port}`;
  }

  /** @param port - the one it had before, to come back from an outage. */
  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Goes away at once, with every connection. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

/** Answers with JSON. */
export function json(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-RequestId': 'req-1', ...headers });
  response.end(JSON.stringify(body));
}
