import {
  isFluxoriError,
  noTracing,
  type Span,
  type SpanAttributes,
  type SpanKind,
  type Tracing,
} from '@fluxori/core';
import * as api from '@opentelemetry/api';
import { maskCredentials } from '../logs/mask-credentials.js';
import { readTraceparent, writeTraceparent } from './traceparent.js';

export interface OpenTelemetryOptions {
  /** The provider of the SDK in use; the global one by default. */
  readonly provider?: api.TracerProvider;
}

const scope = '@fluxori';

const kinds: Readonly<Record<SpanKind, api.SpanKind>> = {
  internal: api.SpanKind.INTERNAL,
  client: api.SpanKind.CLIENT,
  producer: api.SpanKind.PRODUCER,
  consumer: api.SpanKind.CONSUMER,
};

/**
 * Core's `Tracing` on the OpenTelemetry API. The SDK (exporter, sampler, context manager) is the user's: it must be registered before spans
 * are made, and with a context manager, or every span is a root.
 */
export function openTelemetryTracing(options: OpenTelemetryOptions = {}): Tracing {
  const tracer = (options.provider ?? api.trace.getTracerProvider()).getTracer(scope);
  return {
    span(name, attributes, work, { parent, kind = 'internal' } = {}) {
      const context = parentContext(parent);
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes: masked(attributes) }, context);
      return api.context.with(api.trace.setSpan(context, span), () =>
        ended(span, () => work(handleOf(span))),
      );
    },
    current() {
      const context = api.trace.getActiveSpan()?.spanContext();
      if (context === undefined || !api.isSpanContextValid(context)) return undefined;
      const { traceId, spanId, traceFlags } = context;
      return writeTraceparent({ traceId, spanId, flags: traceFlags });
    },
  };
}

/** Tracing for a process that may have been started with an SDK (`node --import ./telemetry.js`), and costs nothing when it was not. */
export function globalTracing(): Tracing {
  const provider = api.trace.getTracerProvider();
  const registered =
    !(provider instanceof api.ProxyTracerProvider) || provider.getDelegateTracer(scope) !== undefined;
  return registered ? openTelemetryTracing({ provider }) : noTracing;
}

function parentContext(parent: string | undefined): api.Context {
  const remote = parent === undefined ? undefined : readTraceparent(parent);
  if (remote === undefined) return api.context.active();
  const { traceId, spanId, flags } = remote;
  return api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId, spanId, traceFlags: flags, isRemote: true });
}

function handleOf(span: api.Span): Span {
  return {
    set(attributes) {
      span.setAttributes(masked(attributes));
      if ('error.type' in attributes) span.setStatus({ code: api.SpanStatusCode.ERROR });
    },
  };
}

async function ended<T>(span: api.Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span.setAttributes({ 'error.type': typeOf(error) });
    span.setStatus({
      code: api.SpanStatusCode.ERROR,
      ...(isFluxoriError(error) && { message: maskCredentials(error.message) }),
    });
    throw error;
  } finally {
    span.end();
  }
}

/** Ours by their code. Of others only the class: their message may hold anything. */
function typeOf(error: unknown): string {
  if (isFluxoriError(error)) return error.code;
  const name = (error as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? name : 'unknown';
}

function masked(attributes: SpanAttributes): SpanAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      key,
      typeof value === 'string' ? maskCredentials(value) : value,
    ]),
  );
}
