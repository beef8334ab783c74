import { type FluxoriError, NetworkError, noMetrics, noTracing, type Span } from '@fluxori/core';
import type { Circuit } from '../breaker/circuit.js';
import { circuitOpen } from '../breaker/circuits.js';
import { metricNames } from '../metric-names.js';
import type { AnswerBody } from '../transport/answer-body.js';
import { type HttpAnswer, readAnswer } from '../transport/http-answer.js';
import { isUnsendable, type OpenAnswer } from '../transport/stream-exchange.js';
import { TransportFailure } from '../transport/transport-failure.js';
import { answerContext } from './answer-context.js';
import { subject, unanswered, unsendable } from './call-errors.js';
import type { CallParts } from './call-parts.js';
import { CallReport } from './call-report.js';
import { hostVerdict } from './host-verdict.js';
import type { StreamAnswer, StreamOptions, StreamSpec } from './stream-spec.js';

/** So much of a refusal is read, in bytes. */
const refusalBytes = 64 * 1024;

interface BodyEnd {
  readonly isWhole: boolean;
  readonly bytes: number;
  readonly failure?: TransportFailure;
}

/** One request of `NetworkAwareClient.stream`: a single attempt, since only the caller knows how to go on where it broke. */
export class StreamCall {
  readonly #parts: CallParts;
  readonly #spec: StreamSpec;
  readonly #options: StreamOptions;
  readonly #url: URL;
  readonly #circuit: Circuit;
  readonly #report: CallReport;
  readonly #startedAt: number;

  constructor(parts: CallParts, spec: StreamSpec, options: StreamOptions) {
    this.#parts = parts;
    this.#spec = spec;
    this.#options = options;
    this.#startedAt = parts.clock.now();
    const url = URL.parse(spec.url);
    if (url === null) throw unsendable('its URL is not absolute', this.#context(undefined, 0));
    this.#url = url;
    this.#circuit = parts.circuits.for(url);
    this.#report = new CallReport(parts, spec, options, url);
  }

  run(): Promise<StreamAnswer> {
    const { tracing } = this.#parts;
    const ended = Promise.withResolvers<BodyEnd>();
    if (tracing === noTracing) return this.#send(ended.resolve, undefined);
    // The span lasts until the answer's last byte, the caller waits for its first one only.
    return new Promise((resolve, reject) => {
      tracing
        .span(
          `fluxori.stream ${this.#spec.operation}`,
          { ...this.#report.callAttributes(), ...this.#report.attemptAttributes(1, undefined) },
          async (span) => {
            resolve(await this.#send(ended.resolve, span));
            await ended.promise;
          },
          { kind: 'client' },
        )
        .catch(reject);
    });
  }

  async #send(onEnd: (end: BodyEnd) => void, span: Span | undefined): Promise<StreamAnswer> {
    this.#options.signal?.throwIfAborted();
    if (!this.#circuit.isClosed) throw this.#circuitError(0);
    let opened: OpenAnswer;
    try {
      opened = await this.#circuit.run(
        () => this.#open((end) => this.#onBodyEnd(end, span, onEnd)),
        (end) => hostVerdict(end, this.#parts.timeouts.attemptMs),
      );
    } catch (error) {
      throw this.#failed(error, span);
    }
    const { status, headers, body, sentBytes } = opened;
    this.#countBytes('sent', sentBytes);
    if (status >= 200 && status < 300) {
      this.#report.begun(status, headers);
      const { requestId } = this.#report;
      return { status, headers, body, ...(requestId !== undefined && { requestId }) };
    }
    const { answer } = readAnswer(
      { status, headers, bytes: await firstBytes(body) },
      new Date(this.#parts.clock.now()),
    );
    this.#report.answered(answer, this.#startedAt, 1, span);
    throw this.#spec.toError(answer, this.#context(answer));
  }

  #open(onEnd: (end: BodyEnd) => void): Promise<OpenAnswer> {
    const { body, contentLength, headers, method } = this.#spec;
    return this.#parts.transport.open(
      {
        method,
        url: this.#url,
        // A host or a proxy that compresses on its own would take the meaning from ranges and digests.
        headers: { 'accept-encoding': 'identity', ...this.#parts.headers, ...headers },
        ...(body !== undefined && { body }),
        ...(contentLength !== undefined && { contentLength }),
      },
      {
        timeouts: this.#parts.timeouts,
        toError: (failure, bytes) => this.#brokenOff(failure, bytes),
        onEnd,
        ...(this.#options.signal && { signal: this.#options.signal }),
      },
    );
  }

  /** Only of successes: a refusal was told when it was read. */
  #onBodyEnd(end: BodyEnd, span: Span | undefined, onEnd: (end: BodyEnd) => void): void {
    this.#countBytes('received', end.bytes);
    const { begunStatus } = this.#report;
    if (begunStatus !== undefined) {
      if (end.failure !== undefined) this.#report.unanswered(end.failure, this.#startedAt, 1, span);
      else this.#report.streamed(end, this.#startedAt, span);
    }
    span?.set({ 'http.response.body.size': end.bytes });
    onEnd(end);
  }

  #failed(error: unknown, span: Span | undefined): unknown {
    if (error instanceof TransportFailure) {
      if (isUnsendable({ code: error.errorCode })) {
        return unsendable(
          'a header or the URL holds a character that HTTP does not allow',
          this.#context(undefined, 0),
        );
      }
      this.#report.unanswered(error, this.#startedAt, 1, span);
      return unanswered(error, error.kind.outcome, this.#url.host, this.#context());
    }
    const refusedByCircuit = (error as { code?: unknown } | undefined)?.code === 'EOPENBREAKER';
    return refusedByCircuit ? this.#circuitError(0) : error;
  }

  #brokenOff(failure: TransportFailure, bytes: number): NetworkError {
    const context = this.#context();
    const { kind, errorCode } = failure;
    return new NetworkError(
      `${subject(context)}: the answer of ${this.#url.host} broke off after ${bytes} bytes: ${kind.what}.`,
      {
        ...context,
        code: kind.code,
        host: this.#url.host,
        outcome: 'unknown',
        remedy: kind.remedy,
        cause: failure.cause,
        details: { bytes, ...(errorCode !== undefined && { errorCode }) },
      },
    );
  }

  #countBytes(direction: 'sent' | 'received', bytes: number): void {
    const { metrics } = this.#parts;
    if (bytes === 0 || metrics === noMetrics) return;
    const { operation } = this.#spec;
    metrics.count(metricNames.streamBytes, { host: this.#url.host, operation, direction }, bytes);
  }

  #circuitError(attempts: number): FluxoriError {
    return circuitOpen(this.#circuit, this.#url.host, this.#context(undefined, attempts));
  }

  #context(answer?: HttpAnswer, attempts = 1) {
    return answerContext(this.#spec, answer, attempts, this.#parts.clock.now());
  }
}

/** What a refusal says, up to a bound, and what came of it when it breaks. */
async function firstBytes(body: AnswerBody): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= refusalBytes) break;
    }
  } catch (error) {
    // The status was whole, and it says more than the line that broke after it; an abort is an abort.
    if (!(error instanceof NetworkError)) throw error;
  }
  return Buffer.concat(chunks).subarray(0, refusalBytes);
}
