import {
  type AuditTrail,
  type Backend,
  BaseMarketplaceConnector,
  type Capabilities,
  type Clock,
  type ConnectorDefinition,
  type Health,
  type KeyValueStore,
  type Logger,
  type Metrics,
  noMetrics,
  type Random,
  silentLogger,
  systemClock,
  systemRandom,
} from '@fluxori/core';
import type { ContentStore } from '@fluxori/documents';
import {
  NetworkAwareClient,
  RateTracker,
  Refusals,
  TokenCache,
  TokenManager,
  userAgent,
} from '@fluxori/network';
import { Authorizer } from './auth/authorizer.js';
import { RestrictedDataTokens } from './auth/restricted-data-tokens.js';
import { type AmazonSpConfig, amazonSpConfigSchema } from './config.js';
import { gatewayUrl } from './gateway/gateway-config.js';
import { gatewaySigner } from './gateway/gateway-signer.js';
import { connectorHealth } from './health/connector-health.js';
import { EndWatch } from './health/end-watch.js';
import { type LimitView, limitViews } from './limits/limit-view.js';
import { AnswerWatch } from './pipeline/answer-watch.js';
import { createApi, operationNamed, type SpApi } from './pipeline/api-client.js';
import type { ApiCallOptions } from './pipeline/call-options.js';
import type { Params } from './pipeline/parameter-problems.js';
import { SpApiPipeline } from './pipeline/sp-api-pipeline.js';
import { RegionalEndpointManager } from './regions/regional-endpoint-manager.js';
import { createSections, type Sections } from './sections.js';

/** What the composing program hands over. Only the backend is needed; the rest has harmless defaults. */
export interface AmazonSpParts {
  readonly backend: Backend;
  /** Where tokens and refusals are kept, e.g. a `SealedKeyValueStore`; the backend's key values by default. */
  readonly secureKeyValues?: KeyValueStore;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Shared by connectors, so that they share connections and circuits. It is closed by whoever made it. */
  readonly client?: NetworkAwareClient;
  /** Shared by connectors of one process, so that urgent calls overtake across them. */
  readonly tracker?: RateTracker;
  /** Where copies of documents are kept; without it, none are. It is closed by whoever opened it. */
  readonly contents?: ContentStore;
  /** Where copies of documents with personal data are kept: a `SealedContentStore`. */
  readonly sealedContents?: ContentStore;
  /** Told of each fetching of personal data, and each reading of a restricted document that is kept; they are logged in any case. */
  readonly audit?: AuditTrail;
}

/** Amazon's Selling Partner API for one seller's authorisation. Here only the parts are put together. */
export class AmazonSPConnector extends BaseMarketplaceConnector implements Sections {
  readonly id = 'amazon-sp';
  readonly config: AmazonSpConfig;
  readonly endpoints: RegionalEndpointManager;
  /** Every operation of every API: `api('orders').searchOrders(…)`, `api('orders', 'v0').confirmShipment(…)`. */
  readonly api: SpApi;
  readonly sellers: Sections['sellers'];
  readonly orders: Sections['orders'];
  readonly inventory: Sections['inventory'];
  readonly catalog: Sections['catalog'];
  readonly listings: Sections['listings'];
  readonly prices: Sections['prices'];
  readonly documents: Sections['documents'];
  readonly feeds: Sections['feeds'];
  readonly changes: Sections['changes'];
  readonly reports: Sections['reports'];
  readonly notifications: Sections['notifications'];
  readonly finances: Sections['finances'];
  readonly fees: Sections['fees'];
  readonly messaging: Sections['messaging'];
  readonly solicitations: Sections['solicitations'];
  readonly outbound: Sections['outbound'];
  readonly merchantFulfillment: Sections['merchantFulfillment'];
  readonly inbound: Sections['inbound'];
  readonly business: Sections['business'];
  readonly productTypes: Sections['productTypes'];
  readonly restrictions: Sections['restrictions'];
  readonly sales: Sections['sales'];
  readonly dataKiosk: Sections['dataKiosk'];
  readonly uploads: Sections['uploads'];
  readonly shipmentInvoicing: Sections['shipmentInvoicing'];
  readonly #backend: Backend;
  readonly #client: NetworkAwareClient;
  readonly #ownsClient: boolean;
  readonly #tracker: RateTracker;
  readonly #cache: TokenCache;
  readonly #authorizer: Authorizer;
  readonly #pipeline: SpApiPipeline;
  readonly #endWatch: EndWatch;
  readonly #clock: Clock;

  /** Use the factory, which checks the config: `new ConnectorFactory().register(amazonSp).create('amazon-sp', config, parts)`. */
  constructor(config: AmazonSpConfig, parts: AmazonSpParts) {
    super(config.accountId);
    const { backend, clock = systemClock, random = systemRandom, metrics = noMetrics } = parts;
    const logger = (parts.logger ?? silentLogger).child({ connector: this.id, account: config.accountId });
    const { keyValues, locks, buckets } = backend;
    this.config = config;
    const gateway = gatewayUrl(config.gateway, config.region);
    this.endpoints = new RegionalEndpointManager({
      environment: config.environment,
      endpoints: { ...config.endpoints, ...(gateway !== undefined && { [config.region]: gateway }) },
    });
    this.#endWatch = new EndWatch({ config, clock, logger });
    this.#clock = clock;
    this.#backend = backend;
    this.#ownsClient = parts.client === undefined;
    this.#client = parts.client ?? new NetworkAwareClient({ clock, random, logger, metrics });
    this.#tracker = parts.tracker ?? new RateTracker({ buckets, keyValues, clock, random, logger, metrics });
    this.#cache = new TokenCache({
      keyValues: parts.secureKeyValues ?? keyValues,
      locks,
      clock,
      random,
      logger,
    });
    const tokens = new TokenManager({
      url: this.endpoints.lwaUrl,
      http: this.#client,
      cache: this.#cache,
      clock,
      logger,
      metrics,
    });
    const restricted = new RestrictedDataTokens({
      cache: this.#cache,
      request: (operation, params, options) =>
        this.#pipeline.call(operation, params, { ...options, environment: 'production' }),
      owner: [config.clientId, config.sellerId, config.region],
      account: config.accountId,
      clock,
    });
    this.#authorizer = new Authorizer({
      tokens,
      refusals: new Refusals({ store: this.#cache.keyValues, url: this.endpoints.lwaUrl, clock, logger }),
      ...{ restricted, credentials: config, clock },
    });
    const watch = new AnswerWatch(config.accountId);
    this.#pipeline = new SpApiPipeline({
      config,
      endpoints: this.endpoints,
      client: this.#client,
      tracker: this.#tracker,
      authorizer: () => this.#authorizer,
      userAgent: userAgent({
        application: config.application?.name ?? 'Fluxori-Connectors',
        version: config.application?.version ?? '0.1.0',
      }),
      windows: { keyValues, locks, clock },
      signer: gatewaySigner(config, clock),
      watch,
      logger,
      ...(parts.audit && { audit: parts.audit }),
    });
    this.api = createApi((operation, params, options) => this.#pipeline.call(operation, params, options));
    const context = { api: this.api, config, endpoints: this.endpoints, clock };
    ({
      sellers: this.sellers,
      orders: this.orders,
      inventory: this.inventory,
      catalog: this.catalog,
      listings: this.listings,
      prices: this.prices,
      documents: this.documents,
      feeds: this.feeds,
      changes: this.changes,
      reports: this.reports,
      notifications: this.notifications,
      finances: this.finances,
      fees: this.fees,
      messaging: this.messaging,
      solicitations: this.solicitations,
      outbound: this.outbound,
      merchantFulfillment: this.merchantFulfillment,
      inbound: this.inbound,
      business: this.business,
      productTypes: this.productTypes,
      restrictions: this.restrictions,
      sales: this.sales,
      dataKiosk: this.dataKiosk,
      uploads: this.uploads,
      shipmentInvoicing: this.shipmentInvoicing,
    } = createSections(context, {
      ...{ backend, client: this.#client, logger, watch, secureKeyValues: this.#cache.keyValues },
      ...{ contents: parts.contents, sealedContents: parts.sealedContents },
      ...(parts.audit && { audit: parts.audit }),
    }));
  }

  get capabilities(): Capabilities {
    const { orders, inventory, catalog, listings, prices, documents } = this;
    return { orders, inventory, catalog, listings, prices, documents };
  }

  /**
   * One operation by its names, for programs that learn them at run time.
   * @throws ValidationError `OPERATION_UNKNOWN` that names what there is.
   */
  async call(
    operation: { api: string; operationId: string; version?: string },
    params: Params = {},
    options: ApiCallOptions = {},
  ): Promise<unknown> {
    return this.#pipeline.call(
      operationNamed(operation.api, operation.operationId, operation.version),
      params,
      options,
    );
  }

  /** The limits that this account has used: its own and its application's. */
  limits(): Promise<readonly LimitView[]> {
    return limitViews(this.#tracker, this.config);
  }

  /** Tells when a host answers again after an outage: `queue.release(host)`. @returns a function that ends the listening. */
  onRecovered(listener: (host: string) => void): () => void {
    return this.#client.onRecovered(listener);
  }

  async health(): Promise<Health> {
    return connectorHealth({
      state: this.state,
      config: this.config,
      endpoints: this.endpoints,
      token: await this.#authorizer.look(),
      nowMs: this.#clock.now(),
      circuits: this.#client.circuits(),
      backend: await this.#backend.health(),
      limits: await this.limits(),
    });
  }

  /** Nothing is sent: limits are scarce, and the first call tells soon enough. The config was checked when it was read. */
  protected async onConnect(options: { signal?: AbortSignal }): Promise<void> {
    options.signal?.throwIfAborted();
    for (const { id } of this.config.marketplaces) this.endpoints.marketplaceIn(this.config.region, id);
    this.#endWatch.start();
  }

  protected async onClose(): Promise<void> {
    this.#endWatch.stop();
    this.#cache.close();
    if (this.#ownsClient) await this.#client.close();
  }
}

/** For the factory: `new ConnectorFactory().register(amazonSp)`. */
export const amazonSp: ConnectorDefinition<
  'amazon-sp',
  typeof amazonSpConfigSchema,
  AmazonSpParts,
  AmazonSPConnector
> = {
  id: 'amazon-sp',
  description:
    'Amazon Selling Partner API: orders, inventory, catalogue, listings, prices, and all 370 operations.',
  configSchema: amazonSpConfigSchema,
  create: (config, parts) => new AmazonSPConnector(config, parts),
};
