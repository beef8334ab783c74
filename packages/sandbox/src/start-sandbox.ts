import type { RequestListener } from 'node:http';
import { ConfigurationError, sleep, ValidationError } from '@fluxori/core';
import { adminGateway } from './admin/admin-gateway.js';
import { FarSide } from './far-side.js';
import type { Host } from './faults/fault.js';
import { FaultBoard } from './faults/fault-board.js';
import { Listener } from './http/listener.js';
import { type CheckedOptions, type SandboxOptions, sandboxOptionsSchema } from './options.js';
import { OperationRouter } from './router/operation-router.js';
import type { Sandbox, SandboxCredentials } from './sandbox.js';
import type { ConsentProblem } from './seller-central/consent-desk.js';
import { queueOwner } from './sqs/sqs-queues.js';
import { WorldControl } from './world/world-control.js';

/**
 * Starts a local Amazon: Login with Amazon and SP-API of three regions over real HTTP, and an admin URL.
 *
 * @throws ConfigurationError that lists every problem of the options.
 */
export async function startSandbox(input: SandboxOptions = {}): Promise<Sandbox> {
  const options = checkOptions(input);
  const closing = new AbortController();
  const farSide = new FarSide(options, (ms) => sleep(ms, closing.signal));
  const opened: Listener[] = [];
  const open = async (offset: number, handler: RequestListener): Promise<Listener> => {
    const port = options.port === 0 ? 0 : options.port + offset;
    const listener = await Listener.open(options.host, port, handler);
    opened.push(listener);
    return listener;
  };
  const closeAll = async (): Promise<void> => {
    await Promise.all(opened.map((listener) => listener.close()));
    closing.abort();
    await farSide.office.close();
  };
  try {
    const listeners = {
      lwa: await open(0, farSide.lwaGateway().handle),
      na: await open(1, farSide.gateway('na').handle),
      eu: await open(2, farSide.gateway('eu').handle),
      fe: await open(3, farSide.gateway('fe').handle),
      documents: await open(6, farSide.documentsGateway().handle),
    };
    farSide.documentsUrl = listeners.documents.url;
    const sellerCentral: Listener = await open(5, farSide.sellerCentral(() => sellerCentral.url).handle);
    const sqs: Listener = await open(7, farSide.sqsGateway(() => sqs.url).handle);
    const board = boardOf(farSide, listeners);
    for (const fault of options.faults) await board.set(fault);
    const sandbox = sandboxOf(options, farSide, board, { ...listeners, sellerCentral, sqs }, closeAll);
    const admin = await open(4, adminGateway(sandbox));
    sandbox.adminUrl = admin.url;
    farSide.logger.info({ ...sandbox.endpoints, admin: admin.url, seed: options.seed }, 'sandbox: listening');
    return sandbox;
  } catch (error) {
    await closeAll();
    throw error;
  }
}

type Listeners = Readonly<Record<Host, Listener>>;

function boardOf(farSide: FarSide, listeners: Listeners): FaultBoard {
  const {
    applications,
    grants,
    limiter,
    logger,
    monotonicNow,
    requestFaults,
    router,
    secrets,
    tokens,
    office,
  } = farSide;
  return new FaultBoard({
    ...{ limiter, tokens, grants, secrets, applications, listeners, logger, urls: office.urls },
    requests: requestFaults,
    now: monotonicNow,
    knows: (key) => router.knows(key),
    openBuckets: (matches, sellerId) => farSide.openBuckets(matches, sellerId),
  });
}

/** The face that the far side shows to those who started it. */
function sandboxOf(
  options: CheckedOptions,
  farSide: FarSide,
  board: FaultBoard,
  listeners: Listeners & { readonly sellerCentral: Listener; readonly sqs: Listener },
  closeAll: () => Promise<void>,
): Sandbox & { adminUrl: string } {
  const { accounts, applications, consents, counters, grants, limiter, world } = farSide;
  const control = new WorldControl(world, farSide.now, farSide.notify);
  const work = farSide.office.control;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    board.dispose();
    closed ??= closeAll();
    return closed;
  };
  return {
    endpoints: {
      lwa: listeners.lwa.url,
      na: listeners.na.url,
      eu: listeners.eu.url,
      fe: listeners.fe.url,
      sellerCentral: listeners.sellerCentral.url,
      documents: listeners.documents.url,
      sqs: listeners.sqs.url,
    },
    adminUrl: '',
    credentials: accounts[0] as SandboxCredentials,
    accounts,
    seed: options.seed,
    epoch: farSide.epoch,
    faults: {
      set: (fault) => board.set(fault),
      clear: (id) => board.clear(id),
      list: () => board.list(),
    },
    counters: () => counters.snapshot(),
    resetCounters: () => counters.reset(),
    buckets: () => limiter.inspect(),
    setPlan: (operation, plan, sellerId) => {
      if (!farSide.router.knows(operation))
        throw new ValidationError(`There is no operation ${operation}; keys look like orders.searchOrders.`, {
          field: 'operation',
        });
      limiter.setPlan(operation, plan, sellerId);
    },
    refillBuckets: () => {
      limiter.refill();
      farSide.office.feedQuota.refill();
    },
    addOrders: (orders) => control.addOrders(orders),
    updateOrder: (orderId, change) => control.updateOrder(orderId, change),
    sellStock: (sale) => control.sellStock(sale),
    setReport: work.setReport.bind(work),
    setOutcome: (outcome) => work.setOutcome(outcome),
    clearOutcomes: (id) => work.clearOutcomes(id),
    outcomes: () => work.outcomes(),
    finishWork: (id) => work.finishWork(id),
    orderIds: (sellerId) => control.orderIds(sellerId),
    createQueue: (name, attributes) => {
      const { arn } = farSide.notifications.createQueue(name, attributes);
      return { arn, url: `${listeners.sqs.url}/${queueOwner}/${name}` };
    },
    routeEvents: (rule) => farSide.notifications.addRule(rule),
    notify: (event) => farSide.notify(event),
    notificationsSent: () => farSide.notifications.sent(),
    personalData: (sellerId) => control.personalData(sellerId),
    state: () => control.state(),
    authorizationCode: (sellerId) =>
      grants.issueCode(applications[0] as (typeof applications)[0], control.sellerIdOf(sellerId)),
    consent: (authorizeUrl, answer = 'confirm', sellerId) => {
      const request = consents.check(new URL(authorizeUrl).searchParams);
      return addressOf(
        'code' in request ? request : consents.answer(request, answer, control.sellerIdOf(sellerId)),
      );
    },
    beginInAppstore: (loginUri, sellerId) => {
      const { applicationId } = applications[0] as (typeof applications)[0];
      const ownUrl = listeners.sellerCentral.url;
      return addressOf(
        consents.beginInAppstore(applicationId, control.sellerIdOf(sellerId), { ownUrl, loginUri }),
      );
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function addressOf(outcome: URL | ConsentProblem): string {
  if (outcome instanceof URL) return outcome.href;
  throw new ValidationError(`Seller Central shows ${outcome.code}: ${outcome.message}`, {
    details: { code: outcome.code },
  });
}

function checkOptions(input: SandboxOptions): CheckedOptions {
  const checked = sandboxOptionsSchema.safeParse(input);
  const router = new OperationRouter();
  const problems = checked.success
    ? Object.keys(checked.data.plans)
        .filter((key) => !router.knows(key))
        .map((key) => `plans.${key}: there is no such operation (keys look like orders@v0.getOrder)`)
    : checked.error.issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`);
  if (checked.success && problems.length === 0) return checked.data;
  throw new ConfigurationError(`The sandbox cannot start: ${problems.join('; ')}.`, { problems });
}
