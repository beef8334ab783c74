import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ConsoleSpanExporter,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';

/** From now on spans go to this exporter, e.g. one of `@opentelemetry/exporter-trace-otlp-http`. Returns a function that sends what is left. */
export function startTelemetry(exporter: SpanExporter): () => Promise<void> {
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return () => provider.shutdown();
}

// `node --import ./telemetry.ts …` loads this file before the program.
if (process.env.TRACES === 'console') {
  const stop = startTelemetry(new ConsoleSpanExporter());
  process.once('beforeExit', stop);
}
