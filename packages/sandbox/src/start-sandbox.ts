import { performance } from 'node:perf_hooks';
import { ConfigurationError, silentLogger, sleep, systemClock } from '@fluxori/core';
import { adminGateway } from './admin/admin-gateway.js';
import { Counters } from './counters/counters.js';
import { FaultBoard } from './faults/fault-board.js';
import { RequestFaults } from './faults/request-faults.js';
import { Gateway } from './http/gateway.js';
import { Listener } from './http/listener.js';
import { LwaGateway } from './http/lwa-gateway.js';
import { RateLimiter } from './limits/rate-limiter.js';
import { AccessTokens } from './lwa/access-tokens.js';
import { inventApplication } from './lwa/application.js';
import { Grants } from './lwa/grants.js';
import { TokenEndpoint } from './lwa/token-endpoint.js';
import { PageTokens } from './operation/page-tokens.js';
import { implementations } from './operations/implementations.js';
import { type CheckedOptions, type SandboxOptions, sandboxOptionsSchema } from './options.js';
import { Prng } from './random/prng.js';
import { OperationRouter } from './router/operation-router.js';
import type { Sandbox, SandboxCredentials } from './sandbox.js';
import { type Region, regions } from './world/marketplaces.js';
import { World } from './world/world.js';
import { WorldControl } from './world/world-control.js';

/**
 * Starts a local Amazon: Login with Amazon and SP-API of three regions over real HTTP, and an admin URL.
 *
 * @throws ConfigurationError that lists every problem of the options.
 */
export async function startSandbox(input: SandboxOptions = {}): Promise<Sandbox> {
  const options = checkOptions(input);
  const clock = options.clock ?? systemClock;
  const logger = options.logger ?? silentLogger;
  const monotonicNow = options.monotonicNow ?? (() => performance.now());
  const now = () => clock.now();
  const epochMs = options.epoch?.getTime() ?? now() - options.settleMs;
  const world = makeWorld(options, epochMs);
  receiveNewOrders(world, options, now() - options.settleMs);

  const applications = Array.from({ length: options.applications }, (_, i) =>
    inventApplication(options.seed, i),
  );
  const tokens = new AccessTokens(options.seed, clock);
  const grants = new Grants(options.seed, clock, options.authorization);
  const accounts = applications.flatMap((application) =>
    world.sellers.map((seller): SandboxCredentials => {
      const marketplaceIds = seller.marketplaces.map((one) => one.id);
      return {
        clientId: application.clientId,
        clientSecret: application.clientSecret,
        refreshToken: grants.allow(application, seller.sellerId),
        sellerId: seller.sellerId,
        marketplaceId: marketplaceIds[0] as string,
        marketplaceIds,
      };
    }),
  );

  const router = new OperationRouter();
  const { plans, defaultPlan } = options;
  const limiter = new RateLimiter({ plans, defaultPlan, enabled: options.rateLimits, now: monotonicNow });
  const counters = new Counters(now);
  const prng = Prng.of(options.seed, 'faults');
  const requestFaults = new RequestFaults(monotonicNow, () => prng.next());
  const pages = new PageTokens(options.seed, clock);
  const closing = new AbortController();
  const pause = (ms: number) => sleep(ms, closing.signal);

  const gateway = (region: Region) =>
    new Gateway({
      ...{ region, router, limiter, counters, world, pages, tokens, now, logger },
      faults: requestFaults,
      applications: new Map(applications.map((one) => [one.clientId, one])),
      implementations: new Map(implementations.map((one) => [one.key, one])),
      settleMs: options.settleMs,
      orderPageTokenLifetimeMs: options.orderPageTokenLifetimeMs,
      inventoryPageTokenLifetimeMs: options.inventoryPageTokenLifetimeMs,
      sleep: pause,
    });
  const lwa = new LwaGateway({
    endpoint: new TokenEndpoint({
      applications,
      grants,
      tokens,
      lifetimeSeconds: options.accessTokenLifetimeSeconds,
    }),
    ...{ counters, logger },
    faults: requestFaults,
    sleep: pause,
  });

  const opened: Listener[] = [];
  const open = async (offset: number, handler: Parameters<typeof Listener.open>[2]) => {
    const listener = await Listener.open(
      options.host,
      options.port === 0 ? 0 : options.port + offset,
      handler,
    );
    opened.push(listener);
    return listener;
  };
  const closeAll = async () => {
    closing.abort();
    await Promise.all(opened.map((listener) => listener.close()));
  };

  try {
    const listeners = {
      lwa: await open(0, lwa.handle),
      na: await open(1, gateway('na').handle),
      eu: await open(2, gateway('eu').handle),
      fe: await open(3, gateway('fe').handle),
    };
    const board = new FaultBoard({
      ...{ limiter, tokens, grants, listeners },
      requests: requestFaults,
      now: monotonicNow,
      openBuckets: (matches, sellerId) => {
        const meant = router.keys.filter(matches).map((key) => router.byKey(key)?.descriptor);
        for (const { applicationId } of applications)
          for (const seller of world.sellers.filter(
            (one) => sellerId === undefined || one.sellerId === sellerId,
          ))
            for (const region of regions.filter((one) => seller.marketplaces.some((m) => m.region === one)))
              for (const operation of meant)
                if (operation) limiter.open({ applicationId, sellerId: seller.sellerId, region }, operation);
      },
    });
    for (const fault of options.faults) await board.set(fault);

    const control = new WorldControl(world, now);
    let closed: Promise<void> | undefined;
    let adminUrl = '';
    const sandbox: Sandbox = {
      endpoints: { lwa: listeners.lwa.url, na: listeners.na.url, eu: listeners.eu.url, fe: listeners.fe.url },
      get adminUrl() {
        return adminUrl;
      },
      credentials: accounts[0] as SandboxCredentials,
      accounts,
      seed: options.seed,
      epoch: new Date(epochMs),
      faults: {
        set: (fault) => board.set(fault),
        clear: (id) => board.clear(id),
        list: () => board.list(),
      },
      counters: () => counters.snapshot(),
      resetCounters: () => counters.reset(),
      buckets: () => limiter.inspect(),
      refillBuckets: () => limiter.refill(),
      addOrders: (orders) => control.addOrders(orders),
      updateOrder: (orderId, change) => control.updateOrder(orderId, change),
      sellStock: (sale) => control.sellStock(sale),
      orderIds: (sellerId) => control.orderIds(sellerId),
      personalData: (sellerId) => control.personalData(sellerId),
      state: () => control.state(),
      authorizationCode: (sellerId) =>
        grants.issueCode(
          applications[0] as (typeof applications)[0],
          sellerId ?? (world.sellers[0]?.sellerId as string),
        ),
      close: () => {
        closed ??= board.clear().then(closeAll);
        return closed;
      },
      [Symbol.asyncDispose]: () => sandbox.close(),
    };
    const admin = await open(4, adminGateway(sandbox));
    adminUrl = admin.url;
    logger.info({ ...sandbox.endpoints, admin: adminUrl, seed: options.seed }, 'sandbox: listening');
    return sandbox;
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function checkOptions(input: SandboxOptions): CheckedOptions {
  const checked = sandboxOptionsSchema.safeParse(input);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map(
    (issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`,
  );
  throw new ConfigurationError(`The sandbox cannot start: ${problems.join('; ')}.`, { problems });
}

function makeWorld(options: CheckedOptions, epochMs: number): World {
  const { seed, orderDays, orders, skus, marketplaces, sellers } = options;
  const plans: readonly Exclude<CheckedOptions['sellers'], number>[number][] =
    typeof sellers === 'number' ? Array.from({ length: sellers }, () => ({})) : sellers;
  return new World({
    ...{ seed, orderDays, epochMs },
    sellers: plans.map((plan) => ({
      sellerId: plan.sellerId,
      name: plan.name,
      marketplaces: plan.marketplaces ?? marketplaces,
      orders: plan.orders ?? orders,
      skus: plan.skus ?? skus,
    })),
  });
}

/** A bare number of new orders is laid just before what the search shows now, a twentieth of a second apart. */
function receiveNewOrders(world: World, { newOrders }: CheckedOptions, visibleMs: number): void {
  const seller = world.sellers[0];
  if (seller === undefined) return;
  if (typeof newOrders === 'number') {
    for (let left = newOrders; left > 0; left--) seller.receiveOrder(visibleMs - left * 50);
    return;
  }
  for (const { count, at } of newOrders) for (let i = 0; i < count; i++) seller.receiveOrder(at.getTime());
}
