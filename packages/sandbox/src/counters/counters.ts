import { createHash } from 'node:crypto';
import type {
  AccountCounts,
  CountersSnapshot,
  DistinctRequest,
  OperationCounts,
  Outcome,
  SeenRequest,
} from './counts.js';
import { DocumentCounter } from './document-counts.js';
import { WorkCounter } from './work-counts.js';

const mostDistinct = 20_000;
const mostPages = 200_000;

/** Everything that reached the far side, so that a test can say what did and what did not. */
export class Counters {
  readonly #now: () => number;
  documents = new DocumentCounter();
  reports = new WorkCounter();
  feeds = new WorkCounter();
  queries = new WorkCounter();
  #since = '';
  #statuses: Record<string, number> = {};
  #operations = new Map<string, OperationCounts>();
  #accounts = new Map<string, AccountCounts>();
  #pages = new Map<string, { operation: string; sellerId?: string; page: string; served: number }>();
  #distinct = new Map<string, DistinctRequest>();
  #leftOut = 0;
  #cut = 0;
  #requests = 0;
  #probes = 0;
  #tokenCalls = 0;
  #tokenFailures = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.reset();
  }

  reset(): void {
    this.#since = new Date(this.#now()).toISOString();
    this.#statuses = {};
    this.#operations = new Map();
    this.#accounts = new Map();
    this.#pages = new Map();
    this.#distinct = new Map();
    this.#leftOut = 0;
    this.#cut = 0;
    this.#requests = 0;
    this.#probes = 0;
    this.#tokenCalls = 0;
    this.#tokenFailures = 0;
    this.documents = new DocumentCounter();
    this.reports = new WorkCounter();
    this.feeds = new WorkCounter();
    this.queries = new WorkCounter();
  }

  probe(): void {
    this.#probes++;
  }

  /** A request to LWA. `sellerId` when it became known. */
  tokenCall(outcome: { readonly succeeded: boolean; readonly sellerId?: string | undefined }): void {
    this.#tokenCalls++;
    if (!outcome.succeeded) this.#tokenFailures++;
    if (outcome.sellerId !== undefined) this.#account(outcome.sellerId).tokenCalls++;
  }

  /** A request to SP-API is over. */
  record(seen: SeenRequest, outcome: Outcome): void {
    this.#requests++;
    const { status } = outcome;
    const operation = this.#operation(seen.operation);
    const at = new Date(this.#now()).toISOString();
    operation.requests++;
    operation.firstAt ??= at;
    operation.lastAt = at;
    if (outcome.cut !== undefined) {
      operation.cut++;
      this.#cut++;
    }
    const served = status !== undefined && status < 300;
    if (status !== undefined) {
      increment(this.#statuses, status);
      increment(operation.statuses, status);
      if (served) operation.served++;
      if (status === 429) operation.throttled++;
    }
    if (seen.sellerId !== undefined) {
      const account = this.#account(seen.sellerId);
      account.requests++;
      if (served) account.served++;
      if (status === 429) account.throttled++;
    }
    this.#recordDistinct(seen, status);
    if (outcome.acted && seen.method === 'GET') this.#recordPage(seen);
  }

  snapshot(): CountersSnapshot {
    const sum = (from: number, to: number) =>
      Object.entries(this.#statuses)
        .filter(([status]) => Number(status) >= from && Number(status) < to && status !== '429')
        .reduce((total, [, count]) => total + count, 0);
    const own = structuredClone({
      since: this.#since,
      requests: this.#requests,
      served: sum(200, 300),
      throttled: this.#statuses['429'] ?? 0,
      rejected: sum(400, 500),
      failed: sum(500, 600),
      cut: this.#cut,
      probes: this.#probes,
      tokenCalls: this.#tokenCalls,
      tokenFailures: this.#tokenFailures,
      statuses: this.#statuses,
      operations: Object.fromEntries(this.#operations),
      accounts: Object.fromEntries(this.#accounts),
      repeatedPages: [...this.#pages.values()].filter((page) => page.served > 1),
      distinct: [...this.#distinct.values()],
      distinctLeftOut: this.#leftOut,
    });
    return {
      ...own,
      documents: this.documents.snapshot(),
      reports: this.reports.snapshot(),
      feeds: this.feeds.snapshot(),
      queries: this.queries.snapshot(),
    };
  }

  #operation(key: string): OperationCounts {
    let counts = this.#operations.get(key);
    if (counts === undefined) {
      counts = { requests: 0, served: 0, throttled: 0, cut: 0, statuses: {} };
      this.#operations.set(key, counts);
    }
    return counts;
  }

  #account(sellerId: string): AccountCounts {
    let counts = this.#accounts.get(sellerId);
    if (counts === undefined) {
      counts = { requests: 0, served: 0, throttled: 0, tokenCalls: 0 };
      this.#accounts.set(sellerId, counts);
    }
    return counts;
  }

  #recordDistinct(seen: SeenRequest, status: number | undefined): void {
    const { operation, method, path, parameters, auth, region, sellerId } = seen;
    const key = `${method} ${region} ${path}?${parameters.join('&')} ${auth} ${sellerId ?? ''}`;
    let one = this.#distinct.get(key);
    if (one === undefined) {
      if (this.#distinct.size >= mostDistinct) {
        this.#leftOut++;
        return;
      }
      const account = sellerId === undefined ? {} : { sellerId };
      one = { operation, method, path, parameters, auth, region, ...account, count: 0, statuses: {} };
      this.#distinct.set(key, one);
    }
    one.count++;
    if (status !== undefined) increment(one.statuses, status);
  }

  #recordPage(seen: SeenRequest): void {
    const text = `${seen.sellerId ?? ''} ${seen.region} ${seen.path}?${seen.query}`;
    const page = createHash('sha1').update(text).digest('base64url').slice(0, 16);
    const known = this.#pages.get(page);
    if (known !== undefined) known.served++;
    else if (this.#pages.size < mostPages) {
      const account = seen.sellerId === undefined ? {} : { sellerId: seen.sellerId };
      this.#pages.set(page, { operation: seen.operation, ...account, page, served: 1 });
    }
  }
}

function increment(counts: Record<string, number>, status: number): void {
  counts[status] = (counts[status] ?? 0) + 1;
}
