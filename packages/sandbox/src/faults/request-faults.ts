import type { Random } from '@fluxori/core';
import { type Disturbance, type DocumentDisturbance, undisturbed } from './disturbance.js';
import type { RequestFault } from './fault.js';
import { operationFilter } from './operation-filter.js';

export interface RequestFacts {
  readonly operation: string;
  readonly sellerId?: string | undefined;
  readonly region?: string | undefined;
}

interface Armed {
  readonly id: string;
  readonly fault: RequestFault;
  readonly endsAtMs: number;
  readonly matches: (facts: RequestFacts) => boolean;
  seen: number;
  hits: number;
}

type DocumentFault = Extract<
  RequestFault,
  { kind: 'truncate' | 'damage' | 'ignore-range' | 'wrong-length' | 'change-document' | 'wrong-label' }
>;

const defaultResetBytes = 64;

/** The faults that meet single requests. */
export class RequestFaults {
  readonly #now: () => number;
  readonly #random: Random;
  readonly #armed = new Map<string, Armed>();

  constructor(now: () => number, random: Random) {
    this.#now = now;
    this.#random = random;
  }

  arm(id: string, fault: RequestFault): void {
    const operation = operationFilter(fault.operation);
    this.#armed.set(id, {
      id,
      fault,
      endsAtMs: fault.durationMs === undefined ? Number.POSITIVE_INFINITY : this.#now() + fault.durationMs,
      matches: (facts) =>
        operation(facts.operation) &&
        (fault.sellerId === undefined || fault.sellerId === facts.sellerId) &&
        (fault.region === undefined || fault.region === facts.region),
      seen: 0,
      hits: 0,
    });
  }

  disarm(id: string): boolean {
    return this.#armed.delete(id);
  }

  list(): readonly { id: string; fault: RequestFault; hits: number; endsAtMs: number }[] {
    this.#sweep();
    return [...this.#armed.values()];
  }

  /** What happens to this request. Every fault that hits is counted. */
  disturb(facts: RequestFacts): Disturbance {
    if (this.#armed.size === 0) return undisturbed;
    this.#sweep();
    const disturbance: Disturbance = { latencyMs: 0 };
    for (const armed of this.#armed.values()) {
      if (!armed.matches(facts)) continue;
      armed.seen++;
      const { skip = 0, probability = 1, count } = armed.fault;
      if (armed.seen <= skip || (probability < 1 && this.#random() >= probability)) continue;
      armed.hits++;
      this.#apply(armed.fault, disturbance);
      if (count !== undefined && armed.hits >= count) this.#armed.delete(armed.id);
    }
    return disturbance;
  }

  #apply(fault: RequestFault, disturbance: Disturbance): void {
    switch (fault.kind) {
      case 'latency':
        disturbance.latencyMs += fault.ms + this.#random() * (fault.jitterMs ?? 0);
        return;
      case 'bandwidth':
        disturbance.bytesPerSecond = Math.min(
          disturbance.bytesPerSecond ?? Number.POSITIVE_INFINITY,
          fault.bytesPerSecond,
        );
        return;
      case 'drop':
        disturbance.drop = disturbance.drop === 'before' ? 'before' : fault.when;
        return;
      case 'reset-mid-body':
        disturbance.resetAfterBytes = fault.afterBytes ?? defaultResetBytes;
        return;
      case 'throttle':
        disturbance.throttle = true;
        return;
      case 'hide-rate':
        disturbance.hideRate = true;
        return;
      case 'stall':
        disturbance.stallAfterBytes = fault.afterBytes;
        return;
      case 'error':
        disturbance.error = {
          status: fault.status,
          html: fault.html ?? false,
          when: fault.when ?? 'before',
        };
        return;
      default:
        disturbance.document = { ...disturbance.document, ...documentDisturbanceOf(fault) };
    }
  }

  #sweep(): void {
    const now = this.#now();
    for (const armed of this.#armed.values()) if (armed.endsAtMs <= now) this.#armed.delete(armed.id);
  }
}

function documentDisturbanceOf(fault: DocumentFault): DocumentDisturbance {
  switch (fault.kind) {
    case 'truncate':
      return { truncateToBytes: fault.toBytes };
    case 'damage':
      return { damageAtByte: fault.atByte };
    case 'ignore-range':
      return { ignoreRange: true };
    case 'wrong-length':
      return { lengthOffBy: fault.byBytes };
    case 'change-document':
      return { changed: true };
    case 'wrong-label':
      return { wrongLabel: true };
  }
}
