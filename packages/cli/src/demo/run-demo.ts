import { findOperation } from '@fluxori/amazon-sp-models';
import { startSandbox } from '@fluxori/sandbox';
import { sandboxAccount } from '../config/sandbox-account.js';
import { type Progress, progressOn } from '../output/progress.js';
import type { Terminal } from '../output/terminal.js';
import { parkedReason, spanText, waitText } from '../output/wait-text.js';
import { type DemoState, nextRun, saveState, type WorldSize } from './demo-state.js';
import type { Harvest, WorkerMessage, WorkOrder } from './messages.js';
import { type DemoSummary, summarise } from './summary.js';
import { WorkerHandle } from './worker-handle.js';

export interface DemoOptions {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly home: string;
  readonly backendUrl: string;
  readonly size: WorldSize;
  /** Whether the worker is killed in the middle and started again. */
  readonly powerCut: boolean;
  readonly logLevel: string;
}

export interface DemoResult {
  readonly summary: DemoSummary;
  readonly harvest: Harvest;
}

/** The way from Cape Town to Amazon's EU region and back. */
const roundTrip = { kind: 'latency', ms: 150, jitterMs: 30 } as const;
/** Amazon takes minutes over a report or a feed; this one has less to do. */
const documentPace = { queueMs: 600, progressMs: 1_800 } as const;
/** The power goes once this many pages' worth of progress was seen, and again while Amazon works on the feed. */
const cutAfterUpdates = 6;

/** Starts a local Amazon and a worker, cuts the worker's power in the middle, starts it again, and compares the counts. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { terminal, signal } = options;
  const state = await nextRun(options.home, Date.now(), options.size);
  // At once: a run that is broken off must be followed by one that finds the same world.
  await saveState(options.home, state);
  await using sandbox = await startSandbox({
    epoch: new Date(state.epoch),
    orders: state.orders,
    skus: state.skus,
    newOrders: state.batches.map(({ count, at }) => ({ count, at: new Date(at) })),
    authorization: state.runs,
    faults: [roundTrip],
    reports: documentPace,
    feeds: documentPace,
  });
  const { credentials } = sandbox;
  const account = accountOf(options.backendUrl, state);
  const powerCut = options.powerCut && options.backendUrl !== 'memory:';
  terminal.say(`A local Amazon is up (LWA and SP-API, EU region, 150 ms away, Amazon's own rate limits).`);
  terminal.say(
    `Seller ${credentials.sellerId} on Amazon.co.za (${credentials.marketplaceId}); data in ${placeOf(options)}.`,
  );
  if (state.runs === 1) warnOfLongImport(terminal, state.orders);
  if (powerCut !== options.powerCut)
    terminal.say('Without a power cut: what lies in memory: would be gone with the process.');
  terminal.say();

  const order: WorkOrder = {
    backendUrl: options.backendUrl,
    home: options.home,
    accountId: account,
    logLevel: options.logLevel,
    accounts: { [account]: sandboxAccount(sandbox) },
    documents: { run: state.runs, startedAt: new Date().toISOString(), folder: options.home },
  };
  const seller = sandbox.state()[0];
  // Amazon does not tell how many there are; the demo knows.
  const totals = {
    ...(state.batches.length === 0 && { orders: state.orders }),
    "Amazon's stock": seller?.fbaSkus ?? 0,
    "seller's stock": state.skus - (seller?.fbaSkus ?? 0),
  };
  const began = performance.now();
  const progress = progressOn(terminal);
  let powerCuts = 0;
  let before: Extract<WorkerMessage, { type: 'ready' }> | undefined;
  const done: string[] = [];
  const onMessage = (message: WorkerMessage) => {
    if (message.type === 'ready') before ??= message;
    if (message.type === 'completed') done.push(message.name);
    show(progress, message, totals);
  };
  let harvest: Harvest | undefined;
  try {
    for (const { isNow, what } of powerCut ? powerCutMoments() : []) {
      harvest = await workUntil(isNow, { ...order, done }, onMessage, signal);
      signal.throwIfAborted();
      if (harvest !== undefined) break;
      powerCuts += 1;
      progress.say(`  ~~~ power cut: the worker was killed (kill -9) ${what} ~~~`);
    }
    harvest ??= await new WorkerHandle({ ...order, done }, onMessage, signal).ended;
  } finally {
    progress.close();
  }
  signal.throwIfAborted();
  if (harvest === undefined) throw new Error('The worker process ended before its work was done.');
  await saveState(options.home, { ...state, finished: true });
  const seconds = (performance.now() - began) / 1000;
  return {
    harvest,
    summary: summarise(sandbox, harvest, {
      seconds,
      powerCuts,
      run: state.runs,
      ordersBefore: before?.orders ?? 0,
      levels: before?.levels ?? {},
    }),
  };
}

/** The demo's account; in a store that many demos may share, one of its own for each of their worlds. */
function accountOf(backendUrl: string, state: DemoState): string {
  const isOurs = backendUrl.startsWith('pglite:') || backendUrl.startsWith('memory:');
  return isOurs ? 'demo-za' : `demo-za-${Date.parse(state.epoch).toString(36)}`;
}

/** Where the data lies, for people: never with the credentials that a URL may hold. */
function placeOf({ backendUrl, home }: DemoOptions): string {
  if (backendUrl.startsWith('pglite:')) return home;
  const { protocol = 'the backend', host = '' } = URL.parse(backendUrl) ?? {};
  return `${protocol}${host && `//${host}`}`;
}

const ordersPerPage = 100;

/** Beyond the burst of `searchOrders`, the first import takes minutes for each page: whoever asked for that should know. */
function warnOfLongImport(terminal: Terminal, orders: number): void {
  const { rate = 1, burst = 1 } = findOperation('orders', 'searchOrders') ?? {};
  const pagesThatWait = Math.max(0, Math.ceil(orders / ordersPerPage) - burst);
  if (pagesThatWait === 0) return;
  terminal.say(
    `Amazon lists ${ordersPerPage} orders at a time, ${burst} times at once and then once in ${spanText(1000 / rate)}: ${orders} orders take ${spanText((pagesThatWait / rate) * 1000)} at least.`,
  );
  terminal.say('Ctrl-C whenever you like: what is there stays, and the next run goes on from there.');
}

interface PowerCutMoment {
  readonly isNow: (message: WorkerMessage) => boolean;
  readonly what: string;
}

function powerCutMoments(): PowerCutMoment[] {
  let updates = 0;
  return [
    {
      isNow: (message) => message.type === 'progress' && ++updates === cutAfterUpdates,
      what: 'in the middle of its work',
    },
    {
      isNow: (message) => message.type === 'parked' && message.name.startsWith('feed'),
      what: 'while Amazon works on its feed',
    },
  ];
}

/** @returns what came in when the work was done before the moment came; undefined when the power went first. */
async function workUntil(
  isNow: PowerCutMoment['isNow'],
  order: WorkOrder,
  onMessage: (message: WorkerMessage) => void,
  signal: AbortSignal,
): Promise<Harvest | undefined> {
  const worker = new WorkerHandle(
    order,
    (message) => {
      onMessage(message);
      if (isNow(message)) worker.cutPower();
    },
    signal,
  );
  return worker.ended;
}

function show(progress: Progress, message: WorkerMessage, totals: Readonly<Record<string, number>>): void {
  switch (message.type) {
    case 'queued':
      progress.say(
        message.resumed
          ? `  ${message.name}: found in the queue, goes on from its checkpoint`
          : `  ${message.name}: queued`,
      );
      break;
    case 'progress':
      progress.update(message.name, { total: totals[message.name], ...message });
      break;
    case 'parked':
      if (Date.parse(message.until) - Date.now() > worthTellingMs)
        progress.say(
          `  ${message.name} waits ${waitText(new Date(message.until))}: ${parkedReason(message.reason)}`,
        );
      break;
    case 'completed':
      progress.finish(message.name, 'done');
      break;
    default:
  }
}

/** Shorter waits are the ordinary rhythm of a limit. */
const worthTellingMs = 3_000;
