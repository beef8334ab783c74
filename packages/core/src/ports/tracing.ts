export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export type SpanKind = 'internal' | 'client' | 'producer' | 'consumer';

/** One piece of work in a trace. */
export interface Span {
  /** Adds what has become known. Never a secret or a buyer's data. An `error.type` marks the span as failed although its work settles. */
  set(attributes: SpanAttributes): void;
}

/** Traces: which work caused which, and how long each part took. */
export interface Tracing {
  /**
   * Runs `work` in a span, a child of the one that it is called in. The span ends when `work` settles; a rejection marks it as failed.
   *
   * @param options.parent - a W3C `traceparent` from elsewhere, e.g. of the process that put the job in, instead of the present span.
   * @param options.kind - `client` asks a remote side, `producer` puts work in for later, `consumer` does it; `internal` by default.
   */
  span<T>(
    name: string,
    attributes: SpanAttributes,
    work: (span: Span) => Promise<T>,
    options?: { parent?: string; kind?: SpanKind },
  ): Promise<T>;
  /** The present span as a W3C `traceparent`, fit to be stored with a job; undefined outside of any. */
  current(): string | undefined;
}

const noSpan: Span = { set() {} };

export const noTracing: Tracing = {
  span: (_name, _attributes, work) => work(noSpan),
  current: () => undefined,
};
