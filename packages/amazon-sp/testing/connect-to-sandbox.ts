import { type FluxoriBackend, openBackend } from '@fluxori/backend';
import { type Clock, ConnectorFactory, type Logger, type Random } from '@fluxori/core';
import { type Sandbox, type SandboxOptions, startSandbox } from '@fluxori/sandbox';
import { type AmazonSPConnector, type AmazonSpConfigInput, amazonSp } from '../src/index.js';

/** A sandbox, a backend in memory and a connector that knows nothing but their addresses. */
export interface Sandboxed extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly backend: FluxoriBackend;
  readonly connector: AmazonSPConnector;
  /** Another connector to the same sandbox and backend. */
  connect(config?: Partial<AmazonSpConfigInput>): AmazonSPConnector;
}

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
  } = {},
): Promise<Sandboxed> {
  const sandbox = await startSandbox(options.sandbox);
  const backend = await openBackend('memory:');
  const made: AmazonSPConnector[] = [];
  const connect = (config: Partial<AmazonSpConfigInput> = {}) => {
    const connector = new ConnectorFactory()
      .register(amazonSp)
      .create(
        'amazon-sp',
        { ...sandboxConfig(sandbox), ...options.config, ...config } as AmazonSpConfigInput,
        { backend, logger: options.logger, clock: options.clock, random: options.random },
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
      await backend.close();
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
