import type { KeyValueStore, Logger } from '@fluxori/core';
import type { UsagePlan } from './usage-plan.js';

/** What Amazon has been seen to announce lies between 0.0005 and 500; anything far outside is not a rate. */
const highestBelievableRate = 1_000;

const prefix = 'rate/observed/';

/**
 * The rates that the remote side announced, by bucket. Kept in the store so that they outlive a restart; written only when they change.
 */
export class ObservedRates {
  readonly #store: KeyValueStore | undefined;
  readonly #logger: Logger;
  readonly #rates = new Map<string, number | undefined>();

  constructor(store: KeyValueStore | undefined, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** True when every observable plan's rate has been looked up before, so that `apply` can answer. */
  knows(plans: readonly UsagePlan[]): boolean {
    for (const plan of plans) if (plan.observable && !this.#rates.has(plan.key)) return false;
    return true;
  }

  /** Looks up what an earlier process learnt. A store that fails costs the knowledge, not the call. */
  async load(plans: readonly UsagePlan[]): Promise<void> {
    for (const plan of plans) {
      if (!plan.observable || this.#rates.has(plan.key)) continue;
      let rate: number | undefined;
      try {
        rate = believableRate(await this.#store?.get(prefix + plan.key));
      } catch (error) {
        this.#logger.warn(
          { bucket: plan.label, error: String(error) },
          'The observed rate could not be read.',
        );
      }
      if (!this.#rates.has(plan.key)) this.#rates.set(plan.key, rate);
    }
  }

  /** The plans with what was observed in place of what was configured or published. */
  apply(plans: readonly UsagePlan[]): readonly UsagePlan[] {
    let changed: UsagePlan[] | undefined;
    for (const [index, plan] of plans.entries()) {
      const rate = plan.observable ? this.#rates.get(plan.key) : undefined;
      if (rate === undefined || (rate === plan.ratePerSecond && plan.source === 'observed')) continue;
      changed ??= [...plans];
      changed[index] = { ...plan, ratePerSecond: rate, source: 'observed' };
    }
    return changed ?? plans;
  }

  /**
   * Takes note of an announced rate.
   *
   * @param announced - the header's text, e.g. `2.0`.
   * @returns the rate when it is believable and new.
   */
  observe(plan: UsagePlan, announced: string): number | undefined {
    const rate = believableRate(announced);
    if (rate === undefined) return undefined;
    const before = this.#rates.get(plan.key) ?? undefined;
    this.#rates.set(plan.key, rate);
    if (before === rate) return undefined;
    // A rate that only confirms the plan is kept too: it stands above a later change of the configuration.
    this.#store?.set(prefix + plan.key, rate).catch((error: unknown) => {
      this.#logger.warn(
        { bucket: plan.label, error: String(error) },
        'The observed rate could not be written.',
      );
    });
    return rate;
  }
}

/** A rate in requests per second, or undefined when the text or stored value cannot be one. */
export function believableRate(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^\s*\d+(\.\d+)?([eE]-?\d+)?\s*$/.test(value)) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const rate = Number(value);
  return Number.isFinite(rate) && rate > 0 && rate <= highestBelievableRate ? rate : undefined;
}
