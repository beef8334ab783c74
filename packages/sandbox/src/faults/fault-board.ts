import { type Logger, ValidationError } from '@fluxori/core';
import type { UrlSigner } from '../documents/url-signer.js';
import type { Listener } from '../http/listener.js';
import type { RateLimiter } from '../limits/rate-limiter.js';
import type { AccessTokens } from '../lwa/access-tokens.js';
import type { Application } from '../lwa/application.js';
import type { ClientSecrets } from '../lwa/client-secrets.js';
import type { Grants } from '../lwa/grants.js';
import { type ActiveFault, type CheckedFault, type Fault, faultSchema, type Host } from './fault.js';
import { operationFilter, unknownKeys } from './operation-filter.js';
import type { RequestFaults } from './request-faults.js';

export interface FaultBoardParts {
  readonly requests: RequestFaults;
  readonly limiter: RateLimiter;
  readonly tokens: AccessTokens;
  readonly grants: Grants;
  readonly secrets: ClientSecrets;
  readonly urls: UrlSigner;
  readonly applications: readonly Application[];
  readonly listeners: Readonly<Record<Host, Listener>>;
  /** Makes the buckets that a drain means, also those of operations that were not called yet. */
  readonly openBuckets: (operation: (key: string) => boolean, sellerId: string | undefined) => void;
  /** Whether there is an operation of this key. */
  readonly knows: (key: string) => boolean;
  readonly now: () => number;
  readonly logger: Logger;
}

interface Lasting {
  readonly fault: CheckedFault;
  readonly endsAtMs: number;
  readonly end: () => Promise<void>;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

type FaultOf<Kind extends CheckedFault['kind']> = Extract<CheckedFault, { kind: Kind }>;

/** The switchboard of everything that can go wrong. */
export class FaultBoard {
  readonly #parts: FaultBoardParts;
  readonly #lasting = new Map<string, Lasting>();
  #lastId = 0;

  constructor(parts: FaultBoardParts) {
    this.#parts = parts;
  }

  /**
   * Switches a fault on. When the promise is settled it is in force.
   *
   * @returns its id, for `clear`.
   * @throws ValidationError for a fault that does not exist or is not well formed.
   */
  async set(input: Fault): Promise<string> {
    const checked = faultSchema.safeParse(input);
    if (!checked.success) {
      const problems = checked.error.issues.map(
        (issue) => `${issue.path.join('.') || 'fault'}: ${issue.message}`,
      );
      throw new ValidationError(`The fault cannot be set: ${problems.join('; ')}.`);
    }
    const unknown = unknownKeys(
      'operation' in checked.data ? checked.data.operation : undefined,
      this.#parts.knows,
    );
    if (unknown.length > 0)
      throw new ValidationError(
        `The fault cannot be set: there is no operation ${unknown.join(', ')}. Keys look like orders.searchOrders and orders@v0.getOrder.`,
        { field: 'operation' },
      );
    const id = `fault-${++this.#lastId}`;
    await this.#start(id, checked.data);
    return id;
  }

  /** Switches one fault off, or all. What cannot be taken back (expired tokens, revoked consent) stays. */
  async clear(id?: string): Promise<void> {
    const ids = id === undefined ? this.list().map((active) => active.id) : [id];
    for (const one of ids) {
      this.#parts.requests.disarm(one);
      await this.#end(one);
    }
  }

  /** Forgets everything without restoring anything: the sandbox is closing. */
  dispose(): void {
    for (const { timer } of this.#lasting.values()) clearTimeout(timer);
    this.#lasting.clear();
  }

  list(): readonly ActiveFault[] {
    const now = this.#parts.now();
    const view = (id: string, fault: CheckedFault, hits: number, endsAtMs: number): ActiveFault => ({
      id,
      fault,
      hits,
      ...(Number.isFinite(endsAtMs) ? { endsInMs: Math.max(0, endsAtMs - now) } : {}),
    });
    return [
      ...this.#parts.requests.list().map((one) => view(one.id, one.fault, one.hits, one.endsAtMs)),
      ...[...this.#lasting].map(([key, one]) => view(key, one.fault, 1, one.endsAtMs)),
    ];
  }

  async #start(id: string, fault: CheckedFault): Promise<void> {
    switch (fault.kind) {
      case 'expire-tokens':
        this.#parts.tokens.expireAll();
        return;
      case 'expire-urls':
        this.#parts.urls.expireAll();
        return;
      case 'revoke-tokens':
        this.#parts.tokens.revokeAll();
        return;
      case 'revoke-consent':
        this.#parts.grants.revoke(fault.sellerId);
        this.#parts.tokens.revokeSeller(fault.sellerId);
        return;
      case 'expire-client-secret':
        this.#parts.secrets.expire(this.#parts.applications, fault.clientId);
        this.#keep(id, fault, undefined, async () => this.#parts.secrets.renew());
        return;
      case 'foreign-use':
        this.#useQuota(id, fault);
        return;
      case 'outage':
        await this.#startOutage(id, fault);
        return;
      default:
        this.#parts.requests.arm(id, fault);
    }
  }

  #useQuota(id: string, fault: FaultOf<'foreign-use'>): void {
    const { limiter, openBuckets, now } = this.#parts;
    const operation = operationFilter(fault.operation);
    const matches = (key: string, sellerId: string | undefined) =>
      operation(key) && (fault.sellerId === undefined || fault.sellerId === sellerId);
    if (fault.drain !== undefined) {
      openBuckets(operation, fault.sellerId);
      limiter.drain(fault.drain, matches);
    }
    if (fault.share === undefined) return;
    const fromMs = now();
    const untilMs = fromMs + (fault.durationMs ?? Number.POSITIVE_INFINITY);
    limiter.startForeignUse({ id, share: fault.share, fromMs, untilMs, matches });
    this.#keep(id, fault, fault.durationMs, async () => limiter.endForeignUse(id));
  }

  async #startOutage(id: string, fault: FaultOf<'outage'>): Promise<void> {
    const { listeners } = this.#parts;
    this.#keep(id, fault, fault.durationMs, async () => {
      const still = new Set(
        [...this.#lasting.values()].flatMap((one) => (one.fault.kind === 'outage' ? one.fault.hosts : [])),
      );
      await Promise.all(
        fault.hosts.filter((host) => !still.has(host)).map((host) => listeners[host].restore()),
      );
    });
    await Promise.all(fault.hosts.map((host) => listeners[host].interrupt(fault.mode)));
  }

  #keep(id: string, fault: CheckedFault, durationMs: number | undefined, end: () => Promise<void>): void {
    const timer = durationMs === undefined ? undefined : setTimeout(() => this.#endOnTime(id), durationMs);
    timer?.unref();
    const endsAtMs = durationMs === undefined ? Number.POSITIVE_INFINITY : this.#parts.now() + durationMs;
    this.#lasting.set(id, { fault, endsAtMs, end, timer });
  }

  #endOnTime(id: string): void {
    this.#end(id).catch((error: unknown) => {
      this.#parts.logger.error({ fault: id, error: String(error) }, 'sandbox: a fault could not be ended');
    });
  }

  async #end(id: string): Promise<void> {
    const lasting = this.#lasting.get(id);
    if (lasting === undefined) return;
    this.#lasting.delete(id);
    clearTimeout(lasting.timer);
    await lasting.end();
  }
}
