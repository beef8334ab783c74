import { type Clock, type Logger, silentLogger, systemClock } from '@fluxori/core';
import { Counters } from './counters/counters.js';
import type { Desks } from './desks.js';
import { DocumentsGateway } from './documents/documents-gateway.js';
import type { Notify } from './events/far-side-event.js';
import { RequestFaults } from './faults/request-faults.js';
import { Gateway } from './http/gateway.js';
import { LwaGateway } from './http/lwa-gateway.js';
import { InboundDesk } from './inbound/inbound-desk.js';
import { RateLimiter } from './limits/rate-limiter.js';
import { AccessTokens } from './lwa/access-tokens.js';
import { type Application, inventApplication } from './lwa/application.js';
import { ClientSecrets } from './lwa/client-secrets.js';
import { Grants } from './lwa/grants.js';
import { TokenEndpoint } from './lwa/token-endpoint.js';
import { NotificationDesk } from './notifications/notification-desk.js';
import { PageTokens } from './operation/page-tokens.js';
import { implementations } from './operations/implementations.js';
import type { CheckedOptions } from './options.js';
import { Prng } from './random/prng.js';
import { OperationRouter } from './router/operation-router.js';
import type { SandboxCredentials } from './sandbox.js';
import { ConsentDesk } from './seller-central/consent-desk.js';
import { SellerCentralGateway } from './seller-central/seller-central-gateway.js';
import { SqsGateway } from './sqs/sqs-gateway.js';
import { SqsQueues } from './sqs/sqs-queues.js';
import { BackOffice } from './work/back-office.js';
import { makeWorld } from './world/make-world.js';
import { type Region, regions } from './world/marketplaces.js';
import type { Seller } from './world/seller.js';
import type { World } from './world/world.js';

/** Everything that a sandbox is, but for its sockets. */
export class FarSide {
  readonly epoch: Date;
  readonly logger: Logger;
  readonly world: World;
  readonly applications: readonly Application[];
  readonly accounts: readonly SandboxCredentials[];
  readonly router = new OperationRouter();
  readonly tokens: AccessTokens;
  readonly grants: Grants;
  readonly secrets = new ClientSecrets();
  readonly consents: ConsentDesk;
  readonly limiter: RateLimiter;
  readonly counters: Counters;
  readonly requestFaults: RequestFaults;
  readonly office: BackOffice;
  readonly inbound: InboundDesk;
  /** Where the documents are served; known once they are. */
  documentsUrl = '';
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Milliseconds that never go back. */
  readonly monotonicNow: () => number;
  /** Takes everything that happens here and of which Amazon would notify a subscriber. */
  readonly notify: Notify = (event) => this.notifications.notify(event);
  readonly queues: SqsQueues;
  readonly notifications: NotificationDesk;
  readonly #options: CheckedOptions;
  readonly #pages: PageTokens;
  readonly #sleep: (ms: number) => Promise<void>;

  /** @param sleep - a wait that ends when the sandbox closes. */
  constructor(options: CheckedOptions, sleep: (ms: number) => Promise<void>) {
    const { seed, settleMs } = options;
    const clock: Clock = options.clock ?? systemClock;
    this.#options = options;
    this.#sleep = sleep;
    this.logger = options.logger ?? silentLogger;
    this.now = () => clock.now();
    this.monotonicNow = options.monotonicNow ?? (() => performance.now());
    this.epoch = options.epoch ?? new Date(this.now() - settleMs);
    this.world = makeWorld(options, this.epoch.getTime(), this.now() - settleMs);
    this.applications = Array.from({ length: options.applications }, (_, i) => inventApplication(seed, i));
    this.tokens = new AccessTokens(seed, clock);
    this.grants = new Grants(seed, clock, options.authorization);
    this.accounts = this.applications.flatMap((application) =>
      this.world.sellers.map((seller) => credentialsOf(application, seller, this.grants)),
    );
    const { redirectUris, loginUri, draft } = options;
    const { applications, grants, world } = this;
    this.consents = new ConsentDesk({ applications, grants, world, redirectUris, loginUri, draft });
    const { plans, defaultPlan, rateLimits: enabled } = options;
    this.limiter = new RateLimiter({ plans, defaultPlan, enabled, now: this.monotonicNow });
    this.counters = new Counters(this.now);
    const prng = Prng.of(seed, 'faults');
    this.requestFaults = new RequestFaults(this.monotonicNow, () => prng.next());
    this.#pages = new PageTokens(seed, clock);
    const { now, notify, counters, logger } = this;
    const queueing = Prng.of(seed, 'sqs');
    const disorder = { ...options.sqs, random: () => queueing.next() };
    this.queues = new SqsQueues({ now, disorder });
    this.notifications = new NotificationDesk({ queues: this.queues, world, now, logger });
    this.inbound = new InboundDesk({ seed, now, ...options.inbound });
    const documentsUrl = () => this.documentsUrl;
    const { monotonicNow } = this;
    this.office = new BackOffice({ options, world, counters, notify, now, monotonicNow, documentsUrl });
  }

  gateway(region: Region): Gateway {
    const { counters, limiter, logger, notify, now, router, secrets, tokens, world } = this;
    const { settleMs, orderPageTokenLifetimeMs, inventoryPageTokenLifetimeMs } = this.#options;
    const desks = this.#desks();
    return new Gateway({
      ...{ region, router, limiter, counters, world, tokens, secrets, now, notify, logger, desks },
      ...{ settleMs, orderPageTokenLifetimeMs, inventoryPageTokenLifetimeMs },
      faults: this.requestFaults,
      applications: new Map(this.applications.map((one) => [one.clientId, one])),
      implementations: new Map(implementations.map((one) => [one.key, one])),
      pages: this.#pages,
      sleep: this.#sleep,
    });
  }

  documentsGateway(): DocumentsGateway {
    const { counters, logger, office } = this;
    return new DocumentsGateway({
      ...{ counters, logger, shelf: office.shelf, urls: office.urls },
      faults: this.requestFaults,
      maxUploadBytes: this.#options.documents.maxUploadBytes,
      ownUrl: () => this.documentsUrl,
      sleep: this.#sleep,
    });
  }

  #desks(): Desks {
    const { counters, inbound, notifications, office } = this;
    const { feedQuota, feeds, queries, reports, schedules, shelf } = office;
    return { counters, feedQuota, feeds, inbound, notifications, queries, reports, schedules, shelf };
  }

  lwaGateway(): LwaGateway {
    const { applications, counters, grants, logger, secrets, tokens } = this;
    const lifetimeSeconds = this.#options.accessTokenLifetimeSeconds;
    return new LwaGateway({
      endpoint: new TokenEndpoint({ applications, grants, secrets, tokens, lifetimeSeconds }),
      faults: this.requestFaults,
      sleep: this.#sleep,
      ...{ counters, logger },
    });
  }

  /** @param ownUrl - where it can be reached, known once it listens. */
  sqsGateway(ownUrl: () => string): SqsGateway {
    const { logger, now, queues, requestFaults: faults } = this;
    return new SqsGateway({ queues, faults, logger, now, sleep: this.#sleep, ownUrl });
  }

  /** @param ownUrl - where it can be reached, known once it listens. */
  sellerCentral(ownUrl: () => string): SellerCentralGateway {
    return new SellerCentralGateway({ desk: this.consents, logger: this.logger, ownUrl });
  }

  /** Makes the buckets of the operations meant, also of those that nobody has called yet. */
  openBuckets(matches: (key: string) => boolean, sellerId: string | undefined): void {
    const sellers = this.world.sellers.filter((one) => sellerId === undefined || one.sellerId === sellerId);
    const operations = this.router.operations.filter(({ key }) => matches(key));
    for (const { applicationId } of this.applications)
      for (const seller of sellers)
        for (const region of regions.filter((one) => seller.marketplaces.some((m) => m.region === one)))
          for (const { descriptor } of operations)
            this.limiter.open({ applicationId, sellerId: seller.sellerId, region }, descriptor);
  }
}

function credentialsOf(application: Application, seller: Seller, grants: Grants): SandboxCredentials {
  const { applicationId, clientId, clientSecret } = application;
  const marketplaceIds = seller.marketplaces.map((one) => one.id);
  return {
    ...{ applicationId, clientId, clientSecret, marketplaceIds },
    refreshToken: grants.allow(application, seller.sellerId),
    sellerId: seller.sellerId,
    marketplaceId: marketplaceIds[0] as string,
  };
}
