import { notFound } from '../http/refusal.js';
import { Prng } from '../random/prng.js';
import type { Seller } from '../world/seller.js';
import type { InboundPlan } from './inbound-plan.js';

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly severity: 'WARNING' | 'ERROR';
  readonly details?: string;
}

interface Operation {
  readonly id: string;
  readonly sellerId: string;
  readonly name: string;
  readonly dueMs: number;
  /** What it does when it is due; an ERROR among what it gives means that it failed. */
  readonly effect: () => readonly Problem[];
  problems?: readonly Problem[];
}

const missing = 'The requested resource does not exist.';

/** How goods are to be prepared. */
export interface Prep {
  readonly prepCategory: string;
  readonly prepTypes: string[];
}

/** Where plans to send goods to Amazon lie, and where what they ask for is done by and by. */
export class InboundDesk {
  readonly #plans = new Map<string, InboundPlan>();
  readonly #operations = new Map<string, Operation>();
  readonly #preps = new Map<string, Prep>();
  readonly #prng: Prng;
  readonly #now: () => number;
  readonly #operationMs: number;

  /** @param parts.operationMs - how long each operation takes, in milliseconds. */
  constructor(parts: { seed: number; now: () => number; operationMs: number }) {
    this.#prng = Prng.of(parts.seed, 'inbound');
    this.#now = parts.now;
    this.#operationMs = parts.operationMs;
  }

  /** 38 characters, as Amazon's ids of plans, options and shipments. */
  newId(kind: 'wf' | 'po' | 'pg' | 'pl' | 'sh' | 'to' | 'dw' | 'bx' = 'wf'): string {
    return `${kind}${this.#uuid()}`;
  }

  /** Takes work on, which is done after a while. */
  begin(seller: Seller, name: string, effect: Operation['effect']): { operationId: string } {
    this.#work();
    const id = this.#uuid();
    const dueMs = this.#now() + this.#operationMs;
    this.#operations.set(id, { id, sellerId: seller.sellerId, name, dueMs, effect });
    return { operationId: id };
  }

  /** @throws Refusal 404 for an operation that this seller did not ask for. */
  operation(seller: Seller, id: string): Operation {
    this.#work();
    const operation = this.#operations.get(id);
    if (operation === undefined || operation.sellerId !== seller.sellerId)
      throw notFound(missing, `There is no operation ${id}.`);
    return operation;
  }

  addPlan(plan: InboundPlan): void {
    this.#plans.set(plan.id, plan);
  }

  /** @throws Refusal 404 for a plan that this seller does not have. */
  plan(seller: Seller, id: string): InboundPlan {
    this.#work();
    const plan = this.#plans.get(id);
    if (plan === undefined || plan.sellerId !== seller.sellerId)
      throw notFound(missing, `There is no inbound plan ${id}.`);
    return plan;
  }

  plans(seller: Seller): readonly InboundPlan[] {
    this.#work();
    return [...this.#plans.values()].filter(({ sellerId }) => sellerId === seller.sellerId);
  }

  /** What the seller said of how goods are to be prepared. */
  prepOf(seller: Seller, msku: string): Prep | undefined {
    this.#work();
    return this.#preps.get(`${seller.sellerId}/${msku}`);
  }

  setPrep(seller: Seller, msku: string, prep: Prep): void {
    this.#preps.set(`${seller.sellerId}/${msku}`, prep);
  }

  /** Does what is due, in the order in which it was asked for. */
  #work(): void {
    for (const operation of this.#operations.values())
      if (operation.problems === undefined && operation.dueMs <= this.#now())
        operation.problems = operation.effect();
  }

  #uuid(): string {
    const hex = (length: number) => this.#prng.text(length, '0123456789abcdef');
    return [hex(8), hex(4), `4${hex(3)}`, `8${hex(3)}`, hex(12)].join('-');
  }
}
