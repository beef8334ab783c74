import { noTracing, RemoteError, type Tracing } from '@fluxori/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { globalTracing, openTelemetryTracing } from './open-telemetry-tracing.js';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
let tracing: Tracing;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  tracing = openTelemetryTracing({ provider });
});
afterAll(() => {
  context.disable();
  trace.disable();
});
beforeEach(() => exporter.reset());

const spans = () => exporter.getFinishedSpans();
const named = (name: string) => spans().find((span) => span.name === name)!;

describe('openTelemetryTracing', () => {
  it('nests spans through asynchronous work, and ends each when its work settles', async () => {
    const result = await tracing.span('outer', { a: 1 }, async (span) => {
      await Promise.resolve();
      const inner = await tracing.span('inner', {}, async () => 'done', { kind: 'client' });
      span.set({ b: true });
      return inner;
    });
    expect(result).toBe('done');
    expect(named('inner').parentSpanContext?.spanId).toBe(named('outer').spanContext().spanId);
    expect(named('inner').kind).toBe(SpanKind.CLIENT);
    expect(named('outer').attributes).toEqual({ a: 1, b: true });
    expect(named('outer').status.code).toBe(SpanStatusCode.UNSET);
  });

  it('goes on with a trace from elsewhere, by its traceparent', async () => {
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await tracing.span('present', {}, () =>
      tracing.span('job', {}, async () => {}, { parent, kind: 'consumer' }),
    );
    expect(named('job').spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(named('job').parentSpanContext).toMatchObject({ spanId: 'b7ad6b7169203331', isRemote: true });
  });

  it.each([
    '',
    'nonsense',
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `ff-${'a'.repeat(32)}-b7ad6b7169203331-01`,
  ])('takes %j for no traceparent', async (parent) => {
    await tracing.span('job', {}, async () => {}, { parent });
    expect(named('job').parentSpanContext).toBeUndefined();
  });

  it('gives the present span as a traceparent that another process can go on with', async () => {
    expect(tracing.current()).toBeUndefined();
    const stored = await tracing.span('put in', {}, async () => tracing.current());
    const { traceId, spanId } = named('put in').spanContext();
    expect(stored).toBe(`00-${traceId}-${spanId}-01`);
    await tracing.span('runs', {}, async () => {}, { parent: stored! });
    expect(named('runs').parentSpanContext?.spanId).toBe(spanId);
  });

  it('marks failed work, with the code of our errors and of others only the class', async () => {
    const ours = new RemoteError('It failed for redis://u:hunter2@h.', { status: 500 });
    await expect(tracing.span('ours', {}, () => Promise.reject(ours))).rejects.toBe(ours);
    const other = new TypeError('a buyer’s name');
    await expect(tracing.span('other', {}, () => Promise.reject(other))).rejects.toBe(other);
    await tracing.span('answered', {}, async (span) => span.set({ 'error.type': '429' }));
    expect(named('ours').status).toEqual({
      code: SpanStatusCode.ERROR,
      message: 'It failed for redis://[redacted]@h.',
    });
    expect(named('ours').attributes['error.type']).toBe('REMOTE_FAILED');
    expect(named('other').status).toEqual({ code: SpanStatusCode.ERROR });
    expect(named('other').attributes).toEqual({ 'error.type': 'TypeError' });
    expect(named('other').events).toEqual([]);
    expect(named('answered').status.code).toBe(SpanStatusCode.ERROR);
  });

  it('hides credentials in attributes', async () => {
    await tracing.span('x', { url: 'redis://u:hunter2@h' }, async (span) =>
      span.set({ more: 'Atza|hunter2' }),
    );
    expect(named('x').attributes).toEqual({ url: 'redis://[redacted]@h', more: '[redacted]' });
  });
});

describe('globalTracing', () => {
  it('is none at all until an SDK is registered, and that SDK’s afterwards', async () => {
    expect(globalTracing()).toBe(noTracing);
    trace.setGlobalTracerProvider(provider);
    await globalTracing().span('seen', {}, async () => {});
    expect(named('seen')).toBeDefined();
  });
});
