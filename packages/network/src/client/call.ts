import { type FluxoriError, isErrorOf, noTracing, type Span } from '@fluxori/core';
import { abortable } from '../abort/abortable.js';
import type { Circuit } from '../breaker/circuit.js';
import { circuitOpen } from '../breaker/circuits.js';
import type { RateGrant } from '../rate/usage-plan.js';
import { fullJitter } from '../retry/backoff.js';
import { Deadline } from '../retry/deadline.js';
import { retryAfterMs } from '../retry/retry-after.js';
import { type AttemptEnd, mayRepeat } from '../retry/retry-policy.js';
import type { Outcome } from '../transport/failure-table.js';
import { type BodyKind, type HttpAnswer, readAnswer } from '../transport/http-answer.js';
import { AnswerTooLarge, AnswerUndecodable } from '../transport/http-transport.js';
import { failureOf, TransportFailure } from '../transport/transport-failure.js';
import { answerContext } from './answer-context.js';
import { CallAuthority } from './call-authority.js';
import { throttled, unanswered, unreadable, unsendable } from './call-errors.js';
import type { CallParts } from './call-parts.js';
import { CallRate } from './call-rate.js';
import { CallReport } from './call-report.js';
import type { AnswerContext, CallOptions, CallSpec } from './call-spec.js';
import { hostVerdict } from './host-verdict.js';
import { judgeAnswer } from './judge-answer.js';
import { requestHeaders } from './request-headers.js';

/** How an attempt ended: with the answer, or badly and why. */
type Step =
  | { readonly answer: HttpAnswer }
  | { readonly again: 'expired' | 'throttled' }
  | { readonly end: AttemptEnd; readonly error: () => Promise<FluxoriError>; readonly retryAfterMs?: number };

/** After waiting longer than this for a rate token, the access token is looked at again: it may have expired meanwhile. */
const authorityStaysFreshMs = 5_000;

/** One call of `NetworkAwareClient`, with all its attempts. */
export class Call {
  readonly #parts: CallParts;
  readonly #spec: CallSpec;
  readonly #options: CallOptions & { deadlineMs: number };
  readonly #url: URL;
  readonly #circuit: Circuit;
  readonly #deadline: Deadline;
  readonly #rate: CallRate;
  readonly #authority: CallAuthority;
  readonly #report: CallReport;
  #attempts = 0;
  #throttles = 0;
  #outcome: Outcome = 'not-sent';
  /** The last answer that said "too many requests". */
  #throttledBy: HttpAnswer | undefined;
  #lastError: FluxoriError | undefined;

  constructor(parts: CallParts, spec: CallSpec, options: CallOptions & { deadlineMs: number }) {
    this.#parts = parts;
    this.#spec = spec;
    this.#options = options;
    const url = URL.parse(spec.url);
    if (url === null) throw unsendable('its URL is not absolute', this.#context());
    this.#url = url;
    this.#circuit = parts.circuits.for(url);
    this.#deadline = new Deadline(options.deadlineMs, parts.clock);
    this.#authority = new CallAuthority(spec, options.signal);
    this.#rate = new CallRate(spec, options, parts.clock, this.#deadline);
    this.#report = new CallReport(parts, spec, options, url);
  }

  run(): Promise<HttpAnswer> {
    const { signal } = this.#options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    // Whatever is being waited for, also a store that does not answer, an abort ends it; each step below looks at the signal before it sends.
    const { tracing } = this.#parts;
    if (tracing === noTracing) return abortable(this.#run(), signal);
    return tracing.span(`fluxori.call ${this.#spec.operation}`, this.#report.callAttributes(), (span) =>
      abortable(this.#run(), signal).finally(() => span.set({ 'fluxori.attempts': this.#attempts })),
    );
  }

  async #run(): Promise<HttpAnswer> {
    for (;;) {
      const step = await this.#attempt();
      if ('answer' in step) return step.answer;
      if ('again' in step) continue;
      const pauseMs = this.#pauseBefore(step);
      if (pauseMs === undefined) throw await step.error();
      this.#lastError = await step.error();
      this.#report.repeated(step.end.kind, this.#attempts, pauseMs);
      // The failure may have opened the circuit; then there is nothing to wait for here.
      this.#checkCircuit();
      await this.#parts.clock.sleep(pauseMs, this.#options.signal);
    }
  }

  async #attempt(): Promise<Step> {
    const { signal } = this.#options;
    this.#checkCircuit();
    let authority = await this.#authority.headers();
    const grant = await this.#acquire();
    let headers: Readonly<Record<string, string>>;
    try {
      if (grant !== undefined && grant.waitedMs > authorityStaysFreshMs)
        authority = await this.#authority.headers();
      headers = await requestHeaders(this.#parts, this.#spec, this.#url, authority, this.#options);
      signal?.throwIfAborted();
      this.#checkCircuit();
      if (this.#deadline.leftMs <= 0) throw await this.#deadlineError();
    } catch (error) {
      this.#rate.settle(grant, false);
      throw error;
    }
    this.#attempts += 1;
    const { tracing } = this.#parts;
    if (tracing === noTracing) return this.#send(headers, grant);
    return tracing.span(
      'fluxori.attempt',
      this.#report.attemptAttributes(this.#attempts, grant),
      (span) => this.#send(headers, grant, span),
      { kind: 'client' },
    );
  }

  async #send(
    headers: Readonly<Record<string, string>>,
    grant: RateGrant | undefined,
    span?: Span,
  ): Promise<Step> {
    const spec = this.#spec;
    const parts = this.#parts;
    const startedAt = parts.clock.now();
    const attemptMs = Math.min(parts.timeouts.attemptMs, this.#deadline.leftMs);
    try {
      const raw = await this.#circuit.run(
        () =>
          parts.transport.send(
            {
              method: spec.method,
              url: this.#url,
              headers,
              ...(spec.body !== undefined && { body: spec.body }),
            },
            {
              timeouts:
                attemptMs < parts.timeouts.attemptMs ? { ...parts.timeouts, attemptMs } : parts.timeouts,
              maxBytes: parts.maxBytes,
              ...(this.#options.signal && { signal: this.#options.signal }),
            },
          ),
        (end) => hostVerdict(end, attemptMs),
      );
      this.#rate.settle(grant, true);
      const { answer, kind } = readAnswer(raw, new Date(parts.clock.now()));
      this.#report.answered(answer, startedAt, this.#attempts, span);
      return await this.#conclude(answer, kind, grant);
    } catch (error) {
      return this.#failed(error, grant, startedAt, span);
    }
  }

  async #conclude(answer: HttpAnswer, kind: BodyKind, grant: RateGrant | undefined): Promise<Step> {
    const spec = this.#spec;
    this.#rate.learn(grant, answer);
    const verdict = judgeAnswer(spec, answer, kind);
    switch (verdict.is) {
      case 'success':
        return { answer };
      case 'throttled':
        return this.#onThrottle(answer, grant);
      case 'expired':
        if (!this.#authority.renew()) break;
        this.#report.repeated('expired-token', this.#attempts, 0);
        return { again: 'expired' };
      case 'unreadable':
        return {
          end: { kind: 'unreadable' },
          error: async () => unreadable(answer, verdict.why, spec, await this.#errorContext(answer)),
        };
      case 'refused':
        break;
    }
    if (answer.status >= 500) this.#outcome = 'unknown';
    const pauseMs = retryAfterMs(answer.headers['retry-after'], this.#parts.clock.now());
    return {
      end: { kind: 'refused', status: answer.status },
      error: async () => spec.toError(answer, await this.#errorContext(answer)),
      ...(pauseMs !== undefined && { retryAfterMs: pauseMs }),
    };
  }

  /** Refused although a token was there. The next attempt lines up for a token again, after the pause. */
  async #onThrottle(answer: HttpAnswer, grant: RateGrant | undefined): Promise<Step> {
    const { clock, random, retry } = this.#parts;
    this.#throttles += 1;
    this.#report.throttled();
    const now = clock.now();
    const asked = retryAfterMs(answer.headers['retry-after'], now);
    const retryAt =
      (await this.#rate.throttled(grant, asked)) ??
      new Date(now + Math.max(asked ?? 0, retry.baseMs + fullJitter(this.#throttles, retry, random)));
    this.#throttledBy = answer;
    const waitMs = retryAt.getTime() - now;
    // With a tracker, lining up for the next token decides about this.
    const tooLong =
      grant === undefined && waitMs > Math.min(this.#options.maxWaitMs ?? waitMs, this.#deadline.leftMs);
    if (this.#throttles > retry.maxThrottles || tooLong) {
      throw throttled(answer, retryAt, await this.#errorContext(answer));
    }
    this.#report.repeated('throttled', this.#attempts, waitMs);
    if (grant === undefined) await clock.sleep(waitMs, this.#options.signal);
    return { again: 'throttled' };
  }

  async #failed(
    error: unknown,
    grant: RateGrant | undefined,
    startedAt: number,
    span: Span | undefined,
  ): Promise<Step> {
    if (error instanceof TransportFailure) {
      const { kind, errorCode } = error;
      this.#rate.settle(grant, kind.outcome !== 'not-sent');
      if (errorCode?.startsWith('ERR_INVALID_') || errorCode === 'ERR_UNESCAPED_CHARACTERS') {
        throw unsendable('a header or the URL holds a character that HTTP does not allow', this.#context());
      }
      this.#report.unanswered(error, startedAt, this.#attempts, span);
      // An attempt before this one may have been carried out, whatever became of this one.
      if (kind.outcome === 'unknown') this.#outcome = 'unknown';
      const outcome = this.#outcome;
      return {
        end: kind.outcome === 'not-sent' ? { kind: 'unsent', repeat: kind.repeat } : { kind: 'unanswered' },
        error: async () => unanswered(error, outcome, this.#url.host, await this.#errorContext()),
      };
    }
    if (error instanceof AnswerTooLarge || error instanceof AnswerUndecodable) {
      this.#rate.settle(grant, true);
      // A larger answer does not become smaller by asking again.
      const idempotent = this.#spec.idempotent && error instanceof AnswerUndecodable;
      return {
        end: idempotent ? { kind: 'unreadable' } : { kind: 'refused', status: 200 },
        error: async () =>
          unreadable({ status: 200, headers: {} }, error.message, { idempotent }, await this.#errorContext()),
      };
    }
    // Anything else was not sent (the circuit opened in between), or is the caller's abort.
    const opened = (error as { code?: unknown } | undefined)?.code === 'EOPENBREAKER';
    this.#rate.settle(grant, !opened);
    if (opened) {
      this.#attempts -= 1;
      throw this.#circuitError();
    }
    throw error;
  }

  /** How long to wait before the next attempt, or undefined when there is to be none. */
  #pauseBefore(step: { end: AttemptEnd; retryAfterMs?: number }): number | undefined {
    const { retry, random } = this.#parts;
    if (this.#attempts >= retry.maxAttempts || !mayRepeat(step.end, this.#spec.idempotent)) return undefined;
    const pauseMs = Math.max(fullJitter(this.#attempts, retry, random), step.retryAfterMs ?? 0);
    return pauseMs < this.#deadline.leftMs ? pauseMs : undefined;
  }

  async #acquire(): Promise<RateGrant | undefined> {
    try {
      return await this.#rate.acquire();
    } catch (error) {
      if (this.#throttledBy === undefined || !isErrorOf(error, 'RateLimitError')) throw error;
      throw throttled(this.#throttledBy, error.retryAt, await this.#errorContext(this.#throttledBy));
    }
  }

  #checkCircuit(): void {
    if (!this.#circuit.isClosed) throw this.#circuitError();
  }

  #circuitError(): FluxoriError {
    return circuitOpen(this.#circuit, this.#url.host, { ...this.#context(), cause: this.#lastError });
  }

  #deadlineError(): Promise<FluxoriError> | FluxoriError {
    if (this.#lastError !== undefined) return this.#lastError;
    const failure = new TransportFailure(
      failureOf('FLUXORI_DEADLINE', `the ${this.#deadline.totalMs} ms of the call were over`),
      'connecting',
    );
    return this.#errorContext().then((context) =>
      unanswered(failure, this.#outcome, this.#url.host, context),
    );
  }

  #context(answer?: HttpAnswer): AnswerContext {
    return answerContext(this.#spec, answer, this.#attempts, this.#parts.clock.now());
  }

  async #errorContext(answer?: HttpAnswer): Promise<AnswerContext> {
    const rate = await this.#rate.snapshot();
    return rate === undefined ? this.#context(answer) : { ...this.#context(answer), rate };
  }
}
