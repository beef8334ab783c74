import { amazonJobs } from '@fluxori/amazon-sp';
import { type FluxoriBackend, type KeyValueAuditTrail, openBackend } from '@fluxori/backend';
import {
  type KeyValueStore,
  type Logger,
  type Metrics,
  noMetrics,
  noTracing,
  type PrivacyDesk,
  type Tracing,
} from '@fluxori/core';
import { NetworkAwareClient, RateTracker } from '@fluxori/network';
import { OperationQueues } from '@fluxori/queue';
import { Container, ContainerModule, type ServiceIdentifier } from 'inversify';
import type { LoadedConfig } from '../config/load-config.js';
import {
  type OpenPrivacyDesk,
  openAudit,
  openPrivacyDesk,
  protectedBackend,
} from '../privacy/open-privacy.js';
import { sweepJob } from '../privacy/sweep-job.js';
import { Connectors, knownConnectors } from './connectors.js';
import { type Contents, openContents } from './open-contents.js';
import { openSecureKeyValues } from './open-secure-key-values.js';
import { ids } from './service-ids.js';

/** The composed program: what commands work with. */
export interface App extends AsyncDisposable {
  readonly backend: FluxoriBackend;
  /** Where copies of documents are kept. */
  readonly contents: Contents;
  readonly connectors: Connectors;
  readonly queues: OperationQueues;
  /** Who did what with personal data, and its deletion. */
  readonly privacy: { readonly desk: PrivacyDesk; readonly audit: KeyValueAuditTrail };
  readonly client: NetworkAwareClient;
  readonly tracker: RateTracker;
  /** Sealed when a key is set, else the backend's. */
  readonly secureKeyValues: KeyValueStore;
  /** Lets running jobs reach their next checkpoint (`worker.graceMs`), then lets go of everything. Idempotent. */
  close(): Promise<void>;
}

export interface AppOptions {
  readonly logger: Logger;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
}

/** Puts the parts together for one process. */
export async function openApp(loaded: LoadedConfig, options: AppOptions): Promise<App> {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(ids.loadedConfig).toConstantValue(loaded);
  container.bind(ids.logger).toConstantValue(options.logger);
  container.bind(ids.metrics).toConstantValue(options.metrics ?? noMetrics);
  container.bind(ids.tracing).toConstantValue(options.tracing ?? noTracing);
  await container.load(storage, network, connectors, work);
  const get = <T>(id: ServiceIdentifier<T>) => container.getAsync(id);

  const backend = await get(ids.backend);
  await Promise.all([get(ids.secureKeyValues), get(ids.contents)]).catch(async (error: unknown) => {
    await backend.close();
    throw error;
  });
  const secureKeyValues = await get(ids.secureKeyValues);
  const [contents, audit, openDesk, client, tracker, accounts, queues] = await Promise.all([
    get(ids.contents),
    get(ids.audit),
    get(ids.openPrivacyDesk),
    get(ids.networkClient),
    get(ids.rateTracker),
    get(ids.connectors),
    get(ids.queues),
  ]);
  // What waited for a host goes on the moment it answers again.
  client.onRecovered((host) => void queues.release(host));

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      await queues.close({ graceMs: loaded.config.worker.graceMs });
      await accounts.close();
      await client.close();
      await contents.close();
      await backend.close();
      await container.unbindAllAsync();
    })();
    return closing;
  };
  return {
    ...{ backend, contents, connectors: accounts, queues, client, tracker, secureKeyValues, close },
    privacy: { desk: openDesk(queues), audit },
    [Symbol.asyncDispose]: close,
  };
}

const storage = new ContainerModule(({ bind }) => {
  bind(ids.store).toResolvedValue(
    (loaded: LoadedConfig, logger: Logger) => openBackend(loaded.backendUrl, { logger }),
    [ids.loadedConfig, ids.logger],
  );
  bind(ids.audit).toResolvedValue(openAudit, [ids.store, ids.loadedConfig]);
  bind(ids.backend).toResolvedValue(
    (store: FluxoriBackend, loaded: LoadedConfig, audit: KeyValueAuditTrail, logger: Logger) =>
      protectedBackend(store, loaded, { audit, logger }),
    [ids.store, ids.loadedConfig, ids.audit, ids.logger],
  );
  bind(ids.secureKeyValues).toResolvedValue(
    (loaded: LoadedConfig, { keyValues }: FluxoriBackend, logger: Logger) =>
      openSecureKeyValues(keyValues, loaded.sealKeys, logger),
    [ids.loadedConfig, ids.backend, ids.logger],
  );
  bind(ids.contents).toResolvedValue(
    ({ places, sealKeys }: LoadedConfig) => openContents(places, sealKeys),
    [ids.loadedConfig],
  );
});

const network = new ContainerModule(({ bind }) => {
  bind(ids.networkClient).toResolvedValue(
    (logger: Logger, metrics: Metrics, tracing: Tracing) =>
      new NetworkAwareClient({ logger, metrics, tracing }),
    [ids.logger, ids.metrics, ids.tracing],
  );
  bind(ids.rateTracker).toResolvedValue(
    ({ buckets, keyValues }: FluxoriBackend, logger: Logger, metrics: Metrics) =>
      new RateTracker({ buckets, keyValues, logger, metrics }),
    [ids.backend, ids.logger, ids.metrics],
  );
});

const connectors = new ContainerModule(({ bind }) => {
  bind(ids.connectors).toResolvedValue(
    (
      loaded: LoadedConfig,
      backend: FluxoriBackend,
      secureKeyValues: KeyValueStore,
      { contents, sealedContents }: Contents,
      client: NetworkAwareClient,
      tracker: RateTracker,
      audit: KeyValueAuditTrail,
      logger: Logger,
      metrics: Metrics,
    ) =>
      new Connectors(knownConnectors(), loaded.config.accounts, {
        backend,
        client,
        tracker,
        logger,
        metrics,
        secureKeyValues,
        contents,
        audit,
        ...(sealedContents && { sealedContents }),
      }),
    [
      ids.loadedConfig,
      ids.backend,
      ids.secureKeyValues,
      ids.contents,
      ids.networkClient,
      ids.rateTracker,
      ids.audit,
      ids.logger,
      ids.metrics,
    ],
  );
});

const work = new ContainerModule(({ bind }) => {
  bind(ids.queues).toResolvedValue(
    (
      loaded: LoadedConfig,
      backend: FluxoriBackend,
      accounts: Connectors,
      tracker: RateTracker,
      openDesk: OpenPrivacyDesk,
      logger: Logger,
      metrics: Metrics,
      tracing: Tracing,
    ) => {
      const queues: OperationQueues = new OperationQueues({
        backend,
        logger,
        metrics,
        tracing,
        concurrency: loaded.config.worker.concurrency,
        ...(loaded.config.worker.perAccountConcurrency !== undefined && {
          perAccountConcurrency: loaded.config.worker.perAccountConcurrency,
        }),
        jobs: [
          ...amazonJobs({
            connector: (account) => accounts.get(account),
            timings: loaded.config.workflows,
            queues: () => queues,
          }),
          sweepJob(() => openDesk(queues)),
        ],
        // A job that ends while it waits for a token gives its place in the line away.
        onForget: (waiter) => void tracker.forget(waiter),
      });
      return queues;
    },
    [
      ids.loadedConfig,
      ids.backend,
      ids.connectors,
      ids.rateTracker,
      ids.openPrivacyDesk,
      ids.logger,
      ids.metrics,
      ids.tracing,
    ],
  );
  bind(ids.openPrivacyDesk).toResolvedValue(
    (
      store: FluxoriBackend,
      loaded: LoadedConfig,
      audit: KeyValueAuditTrail,
      accounts: Connectors,
      secureKeyValues: KeyValueStore,
    ): OpenPrivacyDesk =>
      (queues) =>
        openPrivacyDesk(store, loaded, { audit, connectors: accounts, queues, secureKeyValues }),
    [ids.store, ids.loadedConfig, ids.audit, ids.connectors, ids.secureKeyValues],
  );
});
