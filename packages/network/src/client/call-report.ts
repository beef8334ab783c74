import { noMetrics, type Span } from '@fluxori/core';
import { metricNames } from '../metric-names.js';
import type { RateGrant } from '../rate/usage-plan.js';
import { type HttpAnswer, requestIdOf } from '../transport/http-answer.js';
import type { TransportFailure } from '../transport/transport-failure.js';
import type { CallParts } from './call-parts.js';
import type { CallOptions, CallSpec } from './call-spec.js';

/** What is told of a call or a stream. */
type Reported = Pick<CallSpec, 'operation' | 'account' | 'method'>;

/** What a call tells about itself: metrics, log lines, attributes of its spans. Nothing is built for those who do not listen. */
export class CallReport {
  readonly #parts: CallParts;
  readonly #spec: Reported;
  readonly #options: CallOptions;
  readonly #url: URL;
  /** The remote side's id of the last answer. */
  requestId: string | undefined;
  /** Of a stream whose answer was a success. */
  begunStatus: number | undefined;

  constructor(parts: CallParts, spec: Reported, options: CallOptions, url: URL) {
    this.#parts = parts;
    this.#spec = spec;
    this.#options = options;
    this.#url = url;
  }

  answered(answer: HttpAnswer, startedAt: number, attempt: number, span: Span | undefined): void {
    const { metrics, clock, logsDebug } = this.#parts;
    this.requestId = answer.requestId;
    const { status } = answer;
    const durationMs = clock.now() - startedAt;
    if (metrics !== noMetrics) {
      const host = this.#url.host;
      const { operation } = this.#spec;
      metrics.count(metricNames.answers, { host, operation, status: String(status) });
      metrics.duration(metricNames.attemptDuration, durationMs, { host, operation });
    }
    if (logsDebug) this.#debug({ attempt, status, durationMs }, 'An attempt was answered.');
    span?.set({
      'http.response.status_code': status,
      ...(answer.requestId !== undefined && { 'fluxori.request_id': answer.requestId }),
      ...(status >= 400 && { 'error.type': String(status) }),
    });
  }

  /** A stream's answer began; its body decides how the attempt is told. */
  begun(status: number, headers: Readonly<Record<string, string>>): void {
    this.begunStatus = status;
    this.requestId = requestIdOf(headers);
  }

  /** A stream's body was read: to its end, or as far as its reader wanted. */
  streamed(
    { isWhole, bytes }: { isWhole: boolean; bytes: number },
    startedAt: number,
    span: Span | undefined,
  ): void {
    const { metrics, clock, logsDebug } = this.#parts;
    const status = this.begunStatus ?? 0;
    const durationMs = clock.now() - startedAt;
    if (metrics !== noMetrics) {
      const host = this.#url.host;
      const { operation } = this.#spec;
      metrics.count(metricNames.answers, { host, operation, status: String(status) });
      // How long a reader took that left in the middle says nothing about the host.
      if (isWhole) metrics.duration(metricNames.attemptDuration, durationMs, { host, operation });
    }
    if (logsDebug) {
      const message = isWhole ? 'A stream was read to its end.' : 'A stream was left by its reader.';
      this.#debug({ attempt: 1, status, durationMs, bytes }, message);
    }
    span?.set({
      'http.response.status_code': status,
      ...(this.requestId !== undefined && { 'fluxori.request_id': this.requestId }),
    });
  }

  unanswered({ kind }: TransportFailure, startedAt: number, attempt: number, span: Span | undefined): void {
    const { metrics, clock, logsDebug } = this.#parts;
    this.requestId = undefined;
    const { code, outcome } = kind;
    if (metrics !== noMetrics) {
      const { operation } = this.#spec;
      metrics.count(metricNames.failures, { host: this.#url.host, operation, code, outcome });
    }
    if (logsDebug) {
      const durationMs = clock.now() - startedAt;
      this.#debug({ attempt, code, outcome, durationMs }, 'An attempt got no answer.');
    }
    span?.set({ 'error.type': code, 'fluxori.outcome': outcome });
  }

  throttled(): void {
    const { metrics } = this.#parts;
    if (metrics !== noMetrics) metrics.count(metricNames.throttled, { operation: this.#spec.operation });
  }

  repeated(reason: string, attempt: number, pauseMs: number): void {
    const { metrics, logsDebug } = this.#parts;
    if (metrics !== noMetrics)
      metrics.count(metricNames.retries, { operation: this.#spec.operation, reason });
    if (logsDebug) this.#debug({ attempt, reason, pauseMs }, 'The attempt failed and will be repeated.');
  }

  /** By OpenTelemetry's conventions for HTTP clients (1.30); the address' path and query stay out, they may name a buyer's order. */
  attemptAttributes(attempt: number, grant: RateGrant | undefined) {
    const { hostname, port, protocol } = this.#url;
    return {
      'http.request.method': this.#spec.method,
      'server.address': hostname,
      'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      'url.scheme': protocol.slice(0, -1),
      'fluxori.operation': this.#spec.operation,
      ...(attempt > 1 && { 'http.request.resend_count': attempt - 1 }),
      ...(grant !== undefined && { 'fluxori.rate.wait_ms': grant.waitedMs }),
    };
  }

  callAttributes() {
    const { account, operation } = this.#spec;
    const { waiter, correlationId, priority } = this.#options;
    return {
      'fluxori.operation': operation,
      ...(account !== undefined && { 'fluxori.account': account }),
      ...(waiter !== undefined && { 'fluxori.job.id': waiter }),
      ...(correlationId !== undefined && { 'fluxori.correlation_id': correlationId }),
      ...(priority !== undefined && { 'fluxori.priority': priority }),
    };
  }

  /** Every line leads from the job to the remote side's request id, and back. */
  #debug(fields: Readonly<Record<string, unknown>>, message: string): void {
    const { account, operation } = this.#spec;
    const { waiter, correlationId } = this.#options;
    this.#parts.logger.debug(
      {
        operation,
        host: this.#url.host,
        ...(account !== undefined && { account }),
        ...(waiter !== undefined && { jobId: waiter }),
        ...(correlationId !== undefined && { correlationId }),
        ...(this.requestId !== undefined && { requestId: this.requestId }),
        ...fields,
      },
      message,
    );
  }
}
