import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { AnswerBody } from './answer-body.js';
import { watchConnection } from './connection-watch.js';
import type { Phase } from './failure-table.js';
import { flatHeaders } from './http-answer.js';
import { PhaseTimer } from './phase-timer.js';
import { sendBody } from './request-body.js';
import type { Timeouts } from './timeouts.js';
import { codeOf, failureOf, TransportFailure } from './transport-failure.js';

export interface StreamRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Readable | Uint8Array;
  readonly contentLength?: number;
}

export interface StreamExchangeOptions {
  readonly agent: http.Agent;
  /** `attemptMs` does not count here: what moves may take as long as it needs. */
  readonly timeouts: Timeouts;
  readonly signal?: AbortSignal;
  /** For the error of an answer that breaks in the middle. */
  readonly toError: (failure: TransportFailure, bytes: number) => Error;
  readonly onEnd: (end: { isWhole: boolean; bytes: number; failure?: TransportFailure }) => void;
}

/** An answer whose body has yet to be read. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AnswerBody;
  /** Of the request's body. */
  readonly sentBytes: number;
}

/** A body larger than this is not sent before the other side has said that it wants it, or has kept silent for a while. */
const askFirstBytes = 1024 * 1024;
const askFirstMs = 1_000;

/**
 * One request with bodies of any size in both directions, on Node's own client: nothing is buffered, decompressed or redirected.
 * The limits follow what is going on: connecting, sending (only while the connection takes nothing), waiting for the answer, reading it (only
 * while somebody wants to read).
 *
 * @throws TransportFailure when no answer began; what the body's stream throws; the signal's reason when aborted.
 */
export function exchangeStreams(request: StreamRequest, options: StreamExchangeOptions): Promise<OpenAnswer> {
  return new Promise((resolve, reject) => {
    new StreamExchange(request, options, resolve, reject).begin();
  });
}

class StreamExchange {
  readonly #asked: StreamRequest;
  readonly #options: StreamExchangeOptions;
  readonly #resolve: (answer: OpenAnswer) => void;
  readonly #reject: (error: unknown) => void;
  readonly #timer: PhaseTimer;
  #phase: Phase = 'connecting';
  #request: http.ClientRequest | undefined;
  #body: AnswerBody | undefined;
  #sentBytes = 0;
  #isConnected = false;
  #isSent = false;
  /** The answer began, or there will be none. */
  #isOver = false;

  constructor(
    request: StreamRequest,
    options: StreamExchangeOptions,
    resolve: (answer: OpenAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#asked = request;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = new PhaseTimer((code, limitMs) =>
      this.#fail(failureOf(code, `nothing happened for ${limitMs} ms`)),
    );
  }

  begin(): void {
    const { method, url, headers } = this.#asked;
    const { agent, signal, timeouts } = this.#options;
    if (signal?.aborted) {
      this.#onAbort();
      return;
    }
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#timer.start(timeouts.connectMs, 'FLUXORI_CONNECT_TIMEOUT');
    const secure = url.protocol === 'https:';
    try {
      const request = (secure ? https : http).request(url, {
        method,
        agent,
        headers: { ...headers, ...this.#bodyHeaders() },
      });
      this.#request = request;
      request.on('error', (error) => this.#onError(error));
      request.once('response', (message) => this.#onAnswer(message));
      watchConnection(request, secure, {
        connected: () => this.#onConnected(),
        refused: (error) => this.#fail(error),
      });
      this.#send(request);
    } catch (error) {
      this.#fail(error);
    }
  }

  #bodyHeaders(): http.OutgoingHttpHeaders {
    const { body, contentLength } = this.#asked;
    if (body === undefined) return {};
    const length = body instanceof Uint8Array ? body.length : contentLength;
    return {
      ...(length !== undefined && { 'content-length': length }),
      ...((length ?? askFirstBytes + 1) > askFirstBytes && { expect: '100-continue' }),
    };
  }

  #send(request: http.ClientRequest): void {
    const { body, contentLength } = this.#asked;
    request.once('finish', () => this.#onSent());
    if (body === undefined) {
      request.end();
      return;
    }
    const { idleMs } = this.#options.timeouts;
    const send = async () => {
      if (this.#isOver) return;
      await sendBody(request, body, {
        contentLength: body instanceof Uint8Array ? body.length : contentLength,
        isOver: () => this.#isOver,
        onPiece: (bytes) => {
          this.#sentBytes += bytes;
        },
        onStalled: () => {
          if (this.#isConnected && !this.#isOver) this.#timer.start(idleMs, 'FLUXORI_SEND_TIMEOUT');
        },
        onMoving: () => {
          if (this.#isConnected && !this.#isOver) this.#timer.hold();
        },
      });
    };
    // A body that cannot be read is no fault of the network.
    const begin = () => void send().catch((error: unknown) => this.#end(error));
    if (request.getHeader('expect') === undefined) begin();
    else this.#whenWanted(request, begin);
  }

  /** A host that refuses says so before gigabytes are sent in vain; one that does not know how to ask gets them after a moment. */
  #whenWanted(request: http.ClientRequest, begin: () => void): void {
    let begun = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const once = () => {
      clearTimeout(timer);
      if (begun) return;
      begun = true;
      begin();
    };
    request.once('continue', once);
    request.once('response', () => clearTimeout(timer));
    request.once('close', () => clearTimeout(timer));
    request.once('socket', () => {
      timer = setTimeout(once, askFirstMs);
    });
    request.flushHeaders();
  }

  #onConnected(): void {
    if (this.#isOver || this.#phase !== 'connecting') return;
    this.#isConnected = true;
    this.#phase = 'waiting';
    const { firstByteMs, idleMs } = this.#options.timeouts;
    if (this.#isSent || this.#asked.body === undefined) {
      this.#timer.start(firstByteMs, 'FLUXORI_FIRST_BYTE_TIMEOUT');
    } else if (this.#request?.writableNeedDrain) this.#timer.start(idleMs, 'FLUXORI_SEND_TIMEOUT');
    else this.#timer.hold();
  }

  #onSent(): void {
    this.#isSent = true;
    if (!this.#isConnected || this.#isOver) return;
    this.#timer.start(this.#options.timeouts.firstByteMs, 'FLUXORI_FIRST_BYTE_TIMEOUT');
  }

  #onAnswer(message: http.IncomingMessage): void {
    const request = this.#request;
    if (this.#isOver || request === undefined) {
      message.destroy();
      return;
    }
    const { toError, onEnd, signal, timeouts } = this.#options;
    this.#settle();
    this.#phase = 'reading';
    this.#leaveBody();
    this.#body = new AnswerBody(message, {
      idleMs: timeouts.idleMs,
      toError,
      onEnd,
      // A connection on which half a request lies is of no further use.
      release: (isWhole) => {
        if (!isWhole || !request.writableFinished) request.destroy();
      },
      ...(signal && { signal }),
    });
    this.#resolve({
      status: message.statusCode ?? 0,
      headers: flatHeaders(message.headers),
      body: this.#body,
      sentBytes: this.#sentBytes,
    });
  }

  #onError(error: Error): void {
    if (this.#body === undefined) this.#fail(error);
    else this.#body.broken(error);
  }

  #fail(error: unknown): void {
    this.#end(new TransportFailure(error, this.#phase));
  }

  readonly #onAbort = (): void => this.#end(this.#options.signal?.reason);

  #end(error: unknown): void {
    if (this.#isOver) return;
    this.#settle();
    this.#reject(error);
    this.#request?.destroy();
    this.#leaveBody();
  }

  /** What nobody sends any more is let go. */
  #leaveBody(): void {
    const { body } = this.#asked;
    if (body === undefined || body instanceof Uint8Array || body.readableEnded) return;
    body.on('error', () => undefined);
    body.destroy();
  }

  #settle(): void {
    this.#isOver = true;
    this.#timer.stop();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** Codes of a request that could not be put on the wire at all. */
export function isUnsendable(error: unknown): boolean {
  const code = codeOf(error);
  return code?.startsWith('ERR_INVALID_') === true || code === 'ERR_UNESCAPED_CHARACTERS';
}
