import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ConfigurationError } from '@fluxori/core';
import { edgeAnswer } from './edge.js';
import { HeldPort } from './held-port.js';

/** One HTTP server whose door can be shut and opened again on the same port. */
export class Listener {
  readonly #server: Server;
  readonly #host: string;
  readonly #sockets = new Set<Socket>();
  #port: number;
  /** Where it listens, by number; `host` may be a name. */
  #address = '';
  #cutting = false;
  /** While the door is shut, so that it can be opened again. */
  #held: HeldPort | undefined;
  /** Shutting and opening run one after the other. */
  #turn: Promise<void> = Promise.resolve();

  private constructor(host: string, port: number, onRequest: RequestListener) {
    this.#host = host;
    this.#port = port;
    this.#server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, onRequest);
    this.#server.on('connection', (socket) => {
      if (this.#cutting) {
        socket.destroy();
        return;
      }
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('clientError', (_error, socket) => {
      // What is no HTTP, or has too large headers, never gets to the API: the edge answers, in HTML.
      if (socket.writable) socket.end(edgeAnswer);
      else socket.destroy();
    });
  }

  /** @param port - 0 takes a free one. */
  static async open(host: string, port: number, onRequest: RequestListener): Promise<Listener> {
    const listener = new Listener(host, port, onRequest);
    await listener.#listen();
    return listener;
  }

  get url(): string {
    return `http://${this.#host}:${this.#port}`;
  }

  /** Cuts the open connections and refuses or cuts new ones until `restore`. */
  interrupt(mode: 'refuse' | 'destroy'): Promise<void> {
    return this.#next(async () => {
      this.#cutting = true;
      this.#cutAll();
      if (mode === 'refuse') await this.#shutAndHold();
    });
  }

  /** Takes connections again, on the same port. */
  restore(): Promise<void> {
    return this.#next(async () => {
      this.#release();
      if (!this.#server.listening) await this.#listen();
      this.#cutting = false;
    });
  }

  /** Ends at once, open connections or not. */
  close(): Promise<void> {
    return this.#next(async () => {
      this.#cutAll();
      this.#release();
      await this.#shut();
    });
  }

  #next(step: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(step, step);
    return this.#turn;
  }

  #cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #shutAndHold(): Promise<void> {
    if (!this.#server.listening) return;
    let shut: Promise<void> | undefined;
    this.#held = await HeldPort.hold(this.#address, this.#port, () => {
      shut = this.#shut();
    });
    await shut;
  }

  #release(): void {
    this.#held?.release();
    this.#held = undefined;
  }

  async #shut(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: Error) => reject(portProblem(error, this.#host, this.#port));
      this.#server.once('error', refuse);
      this.#server.listen(this.#port, this.#host, () => {
        this.#server.off('error', refuse);
        resolve();
      });
    });
    const { address, port } = this.#server.address() as AddressInfo;
    this.#address = address;
    this.#port = port;
  }
}

const portProblems: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has it',
  EACCES: 'this user may not use it',
  EADDRNOTAVAIL: 'this machine has no such address',
};

function portProblem(error: Error & { code?: string }, host: string, port: number): Error {
  const what = portProblems[error.code ?? ''];
  if (what === undefined) return error;
  return new ConfigurationError(`The sandbox cannot listen on ${host}:${port}: ${what}.`, {
    field: 'port',
    remedy: 'Name another port (the sandbox takes eight in a row), or 0 for free ones.',
    cause: error,
  });
}
