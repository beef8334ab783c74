import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import axios, { AxiosHeaders } from 'axios';
import type { Agents } from './agents.js';
import { watchConnection } from './connection-watch.js';
import type { Phase } from './failure-table.js';
import { flatHeaders, type RawAnswer } from './http-answer.js';
import { PhaseTimer } from './phase-timer.js';
import {
  exchangeStreams,
  type OpenAnswer,
  type StreamExchangeOptions,
  type StreamRequest,
} from './stream-exchange.js';
import type { Timeouts } from './timeouts.js';
import { codeOf, failureOf, TransportFailure } from './transport-failure.js';

export interface TransportRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface TransportOptions {
  readonly timeouts: Timeouts;
  /** Ends the attempt at once; no further byte is sent. */
  readonly signal?: AbortSignal;
  /** The most bytes that are read of an answer, decompressed. */
  readonly maxBytes: number;
}

/** The answer is larger than the caller can take. */
export class AnswerTooLarge extends Error {}

/** The answer's compression is broken. */
export class AnswerUndecodable extends Error {}

/**
 * Sends one request on axios and reads the answer to its end.
 *
 * axios builds the request and decompresses the answer. What it cannot tell is watched on Node's own request: how far the request had come
 * when it failed, which decides whether it can have been carried out. A redirect is an answer like any other: following it would carry the
 * token to another host.
 */
export class HttpTransport {
  readonly #agents: Agents;
  // axios' own HTTP adapter without the layers above it (merging of defaults, interceptors, transformers), which this client has no use for
  // and which would cost as much again as all that it does itself.
  readonly #adapter = axios.getAdapter('http');

  constructor(agents: Agents) {
    this.#agents = agents;
  }

  /** See `exchangeStreams`. */
  open(request: StreamRequest, options: Omit<StreamExchangeOptions, 'agent'>): Promise<OpenAnswer> {
    return exchangeStreams(request, { ...options, agent: this.#agents.for(request.url) });
  }

  /**
   * @throws TransportFailure when there is no whole answer; AnswerTooLarge; AnswerUndecodable; the signal's reason when aborted.
   */
  send(request: TransportRequest, options: TransportOptions): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(request.body !== undefined, options, resolve, reject);
      if (exchange.isOver) return;
      const agent = this.#agents.for(request.url);
      const secure = request.url.protocol === 'https:';
      this.#adapter({
        method: request.method,
        url: request.url.href,
        ...bodyFor(request, exchange.moved),
        responseType: 'stream',
        maxRedirects: 0,
        proxy: false,
        decompress: true,
        // Both without limit here. The answer is counted below; a limit would make axios put an async generator around every answer.
        maxBodyLength: -1,
        maxContentLength: -1,
        validateStatus: null,
        httpAgent: agent,
        httpsAgent: agent,
        transport: {
          request: (requestOptions: http.RequestOptions, onAnswer: (answer: http.IncomingMessage) => void) =>
            exchange.open(secure, requestOptions, onAnswer),
        },
      }).then(
        (response) => exchange.read(response.data as Readable),
        (error: unknown) => exchange.fail(error),
      );
    });
  }
}

/** One attempt on the wire: its phase, its timers, its end. */
class Exchange {
  readonly #options: TransportOptions;
  readonly #resolve: (answer: RawAnswer) => void;
  readonly #reject: (error: unknown) => void;
  #phase: Phase = 'connecting';
  #request: http.ClientRequest | undefined;
  #message: http.IncomingMessage | undefined;
  readonly #phaseTimer = new PhaseTimer((code, limitMs) =>
    this.fail(failureOf(code, `nothing happened for ${limitMs} ms`)),
  );
  readonly #totalTimer = new PhaseTimer((code, limitMs) =>
    this.fail(failureOf(code, `no whole answer within ${limitMs} ms`)),
  );
  #isSent = false;
  readonly #hasBody: boolean;
  isOver = false;

  constructor(
    hasBody: boolean,
    options: TransportOptions,
    resolve: (answer: RawAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#hasBody = hasBody;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    const { timeouts, signal } = options;
    this.#totalTimer.start(timeouts.attemptMs, 'FLUXORI_TOTAL_TIMEOUT');
    this.#enter('connecting', timeouts.connectMs, 'FLUXORI_CONNECT_TIMEOUT');
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  open(
    secure: boolean,
    requestOptions: http.RequestOptions,
    onAnswer: (answer: http.IncomingMessage) => void,
  ): http.ClientRequest {
    if (this.isOver) throw failureOf('FLUXORI_ABORTED', 'the attempt was over before it began');
    const request = (secure ? https : http).request(requestOptions, (message) => {
      this.#message = message;
      this.#enter('reading', this.#options.timeouts.idleMs, 'FLUXORI_IDLE_TIMEOUT');
      onAnswer(message);
    });
    this.#request = request;
    request.once('finish', () => this.#onSent());
    watchConnection(request, secure, {
      connected: () => this.#onConnected(),
      refused: (error) => this.fail(error),
    });
    request.on('error', (error) => this.fail(error));
    return request;
  }

  read(body: Readable): void {
    if (this.isOver) {
      body.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    body.on('data', (chunk: Buffer) => {
      this.#phaseTimer.refresh();
      chunks.push(chunk);
      size += chunk.length;
      if (size > this.#options.maxBytes) {
        this.#end(new AnswerTooLarge(`the answer is larger than ${this.#options.maxBytes} bytes`));
      }
    });
    body.on('error', (error: Error) => {
      if (codeOf(error)?.startsWith('Z_') || codeOf(error)?.startsWith('ERR_BROTLI')) {
        this.#end(new AnswerUndecodable('the answer is compressed in a way that cannot be undone'));
      } else this.fail(error);
    });
    body.on('end', () => {
      if (this.isOver) return;
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
      const message = this.#message;
      if (message === undefined) return;
      this.#settle();
      this.#resolve({ status: message.statusCode ?? 0, headers: flatHeaders(message.headers), bytes });
    });
    body.on('close', () => {
      if (!this.isOver) this.fail(failureOf('ERR_STREAM_PREMATURE_CLOSE', 'the answer ended too early'));
    });
  }

  fail(error: unknown): void {
    if (!this.isOver) this.#end(new TransportFailure(error, this.#phase));
  }

  readonly #onAbort = (): void => this.#end(this.#options.signal?.reason);

  #onConnected(): void {
    if (this.#phase !== 'connecting') return;
    if (this.#hasBody && !this.#isSent) {
      this.#enter('waiting', this.#options.timeouts.idleMs, 'FLUXORI_SEND_TIMEOUT');
    } else this.#awaitAnswer();
  }

  #onSent(): void {
    this.#isSent = true;
    if (this.#hasBody && this.#phase === 'waiting') this.#awaitAnswer();
  }

  /** Another piece of the body left. */
  readonly moved = (): void => {
    if (this.#phase === 'waiting' && !this.isOver) this.#phaseTimer.refresh();
  };

  #awaitAnswer(): void {
    this.#enter('waiting', this.#options.timeouts.firstByteMs, 'FLUXORI_FIRST_BYTE_TIMEOUT');
  }

  #enter(phase: Phase, limitMs: number, timeoutCode: string): void {
    if (this.isOver) return;
    this.#phase = phase;
    this.#phaseTimer.start(limitMs, timeoutCode);
  }

  #end(error: unknown): void {
    if (this.isOver) return;
    this.#settle();
    this.#reject(error);
    this.#request?.destroy();
  }

  #settle(): void {
    this.isOver = true;
    this.#phaseTimer.stop();
    this.#totalTimer.stop();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** A body larger than this goes in pieces, so that one can see that it is moving. */
const pieceBytes = 64 * 1024;

/** axios sends a stream as fast as the connection takes it; a large buffer it would hand over whole, and nothing could be seen of its way. */
function bodyFor({ body, headers }: TransportRequest, moved: () => void) {
  const given = new AxiosHeaders(headers as Record<string, string>);
  if (body === undefined) return { headers: given };
  const bytes = Buffer.from(body as Uint8Array);
  if (bytes.length <= pieceBytes) return { headers: given, data: bytes };
  given.set('content-length', String(bytes.length));
  let at = 0;
  const pieces = new Readable({
    highWaterMark: pieceBytes,
    read() {
      moved();
      this.push(at < bytes.length ? bytes.subarray(at, at + pieceBytes) : null);
      at += pieceBytes;
    },
  });
  return { headers: given, data: pieces };
}
