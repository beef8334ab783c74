import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { PhaseTimer } from './phase-timer.js';
import { codeOf, failureOf, TransportFailure } from './transport-failure.js';

/** So much of an answer waits in memory for its reader; beyond that the connection is not read. */
const highWaterMark = 256 * 1024;

export interface AnswerBodyOptions {
  /** The longest silence while somebody wants to read; a slow reader costs no time here. */
  readonly idleMs: number;
  /** Makes the error that readers get. */
  readonly toError: (failure: TransportFailure, bytes: number) => Error;
  /** Called once: after the last byte, with what broke it, or with neither when the reader left early. */
  readonly onEnd: (end: { isWhole: boolean; bytes: number; failure?: TransportFailure }) => void;
  /** Lets the connection go. */
  readonly release: (isWhole: boolean) => void;
  readonly signal?: AbortSignal;
}

/** The raw bytes of an answer, with real back-pressure: what its reader does not take stays with the sender. */
export class AnswerBody extends Readable {
  readonly #message: IncomingMessage;
  readonly #options: AnswerBodyOptions;
  readonly #idle: PhaseTimer;
  #bytes = 0;
  #isOver = false;
  /** What the connection said after the answer seemed whole. */
  #lateError: unknown;

  constructor(message: IncomingMessage, options: AnswerBodyOptions) {
    super({ highWaterMark, autoDestroy: true });
    this.#message = message;
    this.#options = options;
    this.#idle = new PhaseTimer((code, limitMs) =>
      this.broken(failureOf(code, `nothing came for ${limitMs} ms`)),
    );
    // Who comes late still finds it; an error that nobody listens for would end the process.
    this.on('error', () => undefined);
    message.pause();
    message.on('data', (chunk: Buffer) => this.#onData(chunk));
    message.on('end', () => this.#onEnd());
    message.on('error', (error) => this.broken(error));
    message.on('close', () => {
      if (!message.complete)
        this.broken(failureOf('ERR_STREAM_PREMATURE_CLOSE', 'the answer ended too early'));
    });
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  override _read(): void {
    if (this.#isOver) return;
    this.#idle.start(this.#options.idleMs, 'FLUXORI_IDLE_TIMEOUT');
    this.#message.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#finish({ isWhole: false });
    callback(error);
  }

  /** The connection broke, or went on after the answer's end. */
  broken(error: unknown): void {
    if (this.#isOver) return;
    if (this.#message.complete) {
      this.#lateError = error;
      return;
    }
    this.#fail(new TransportFailure(error, 'reading'));
  }

  readonly #onAbort = (): void => {
    this.destroy(this.#options.signal?.reason);
  };

  #onData(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#bytes += chunk.length;
    if (this.push(chunk)) this.#idle.refresh();
    else {
      this.#idle.hold();
      this.#message.pause();
    }
  }

  #onEnd(): void {
    if (this.#isOver) return;
    if (codeOf(this.#lateError)?.startsWith('HPE_')) {
      this.#fail(
        new TransportFailure(
          failureOf('FLUXORI_ANSWER_TOO_LONG', 'bytes came after the announced end'),
          'reading',
        ),
      );
      return;
    }
    this.#finish({ isWhole: true });
    this.push(null);
  }

  #fail(failure: TransportFailure): void {
    const error = this.#options.toError(failure, this.#bytes);
    this.#finish({ isWhole: false, failure });
    this.destroy(error);
  }

  #finish(end: { isWhole: boolean; failure?: TransportFailure }): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#idle.stop();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#options.release(end.isWhole);
    this.#options.onEnd({ ...end, bytes: this.#bytes });
  }
}
