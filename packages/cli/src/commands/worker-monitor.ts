import { credentialGauges, type NotificationListener, notificationGauges } from '@fluxori/amazon-sp';
import { type Health, healthOf, type Logger, type Metrics, noMetrics } from '@fluxori/core';
import { circuitGauges, rateGauges } from '@fluxori/network';
import { backendGauges, prometheusMetrics, startMetricsServer } from '@fluxori/observability';
import { queueGauges } from '@fluxori/queue';
import { metricTables } from '../composition/metric-tables.js';
import type { App } from '../composition/open-app.js';

export interface WorkerMonitorOptions {
  /** Without one, nothing is measured or served. */
  readonly port: number | undefined;
  readonly host: string;
  /** Aborted when the worker was told to stop. */
  readonly signal: AbortSignal;
}

/** Measures a worker and shows it to Prometheus and to whoever keeps it running. */
export interface WorkerMonitor extends AsyncDisposable {
  readonly metrics: Metrics;
  readonly url?: string;
  /** From now on this app is looked at. Call `started` when it takes jobs. */
  watch(app: Pick<App, 'backend' | 'connectors' | 'queues' | 'tracker' | 'client'>): { started(): void };
  /** The worker listens to notifications, too. */
  watchListener(listener: NotificationListener): void;
}

/**
 * Is there before the app, and stays until after it: a worker that starts or stops says so to `/readyz`.
 * @throws ConfigurationError when the port cannot be had.
 */
export async function openWorkerMonitor(
  { port, host, signal }: WorkerMonitorOptions,
  logger: Logger,
): Promise<WorkerMonitor> {
  if (port === undefined) {
    return {
      metrics: noMetrics,
      watch: () => ({ started() {} }),
      watchListener() {},
      async [Symbol.asyncDispose]() {},
    };
  }
  const metrics = prometheusMetrics({ tables: metricTables, logger });
  let health = (): Health | Promise<Health> => down('the worker is starting');
  const server = await startMetricsServer({
    port,
    host,
    logger,
    metrics,
    health: () => (signal.aborted ? down('the worker is stopping') : health()),
  });
  return {
    metrics,
    url: server.url,
    watch(app) {
      const { backend, connectors, queues, tracker, client } = app;
      for (const source of [
        backendGauges(backend),
        queueGauges(queues),
        rateGauges(tracker),
        circuitGauges(client),
        credentialGauges(() => connectors.made),
      ])
        metrics.addSource(source);
      return {
        // A host that is away is none of this: its jobs wait, and a worker that is taken away for it mends nothing.
        started() {
          health = async () => healthOf({ backend: await backend.health() });
        },
      };
    },
    watchListener: (listener) => void metrics.addSource(notificationGauges(listener)),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function down(reason: string): Health {
  return { status: 'down', details: { reason } };
}
