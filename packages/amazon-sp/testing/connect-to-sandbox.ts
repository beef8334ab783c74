import type { FluxoriBackend } from '@fluxori/backend';
import { type AuditTrail, type Clock, ConnectorFactory, type Logger, type Random } from '@fluxori/core';
import type { ContentStore } from '@fluxori/documents';
import { NetworkAwareClient, type NetworkAwareClientOptions } from '@fluxori/network';
import { type Sandbox, type SandboxOptions, startSandbox } from '@fluxori/sandbox';
import { freshPlace, type Service, services, serviceUrl } from '@fluxori/test-services';
import { type AmazonSPConnector, type AmazonSpConfigInput, amazonSp } from '../src/index.js';
import { openPatiently } from './open-patiently.js';

/** A sandbox, a backend (in memory, if nothing else is asked for) and a connector that knows nothing but their addresses. */
export interface Sandboxed extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly backend: FluxoriBackend;
  readonly connector: AmazonSPConnector;
  /** Another connector to the same sandbox and backend. */
  connect(config?: Partial<AmazonSpConfigInput>): AmazonSPConnector;
}

export type TestBackend = 'memory' | Service;

/** The backends that can be tested on here: memory and each service that there is. */
export const testBackends: readonly TestBackend[] = [
  'memory',
  ...services.filter((service) => serviceUrl(service) !== undefined),
];

/** For tests of queues that hold on every backend: Redis where there is one, since a queue on it takes no time to open. In memory that takes seconds. */
export const swiftBackend: TestBackend = testBackends.includes('redis') ? 'redis' : 'memory';

/** Limits so high on both sides that a test does not wait for them. */
export const noWaiting = {
  sandbox: { rateLimits: false } satisfies SandboxOptions,
  connector: { limits: { '*': { ratePerSecond: 5_000, burst: 1_000 } } },
};

export async function connectToSandbox(
  options: {
    sandbox?: SandboxOptions;
    config?: Partial<AmazonSpConfigInput>;
    logger?: Logger;
    clock?: Clock;
    random?: Random;
    contents?: ContentStore;
    sealedContents?: ContentStore;
    audit?: AuditTrail;
    /** Of the client that sends, where the connector's own would not do. */
    network?: NetworkAwareClientOptions;
    /** In memory, or a fresh place in a service. */
    backend?: TestBackend;
  } = {},
): Promise<Sandboxed> {
  const sandbox = await startSandbox(options.sandbox);
  const { backend: kind = 'memory' } = options;
  const place = kind === 'memory' ? undefined : await freshPlace(kind);
  const backend = await openPatiently(place?.url ?? 'memory:');
  const { clock, random, logger } = options;
  const client = options.network && new NetworkAwareClient({ clock, random, logger, ...options.network });
  const made: AmazonSPConnector[] = [];
  const connect = (config: Partial<AmazonSpConfigInput> = {}) => {
    const connector = new ConnectorFactory()
      .register(amazonSp)
      .create(
        'amazon-sp',
        { ...sandboxConfig(sandbox), ...options.config, ...config } as AmazonSpConfigInput,
        {
          ...{ backend, client, logger, clock, random },
          ...{ contents: options.contents, sealedContents: options.sealedContents, audit: options.audit },
        },
      );
    made.push(connector);
    return connector;
  };
  const connector = connect();
  await connector.connect();
  return {
    sandbox,
    backend,
    connector,
    connect,
    async [Symbol.asyncDispose]() {
      for (const one of made) await one.close();
      await client?.close();
      await backend.close();
      await place?.remove();
      await sandbox.close();
    },
  };
}

export function sandboxConfig(sandbox: Sandbox): AmazonSpConfigInput {
  const { clientId, clientSecret, refreshToken, sellerId, marketplaceIds } = sandbox.credentials;
  return {
    accountId: 'acme-za',
    sellerId,
    marketplaceIds: [...marketplaceIds],
    clientId,
    clientSecret,
    refreshToken,
    endpoints: sandbox.endpoints,
  };
}
