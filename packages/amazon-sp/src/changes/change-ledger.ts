import type { KeyValueStore } from '@fluxori/core';
import { BulkKeyValues } from './bulk-key-values.js';
import {
  type Change,
  type ChangeOutcome,
  type ChangeSubject,
  type SettledField,
  subjectName,
} from './change.js';

/** How long it is remembered what the last change of a field came to, in milliseconds: an older one that comes later must not undo it. */
const keptMs = 7 * 24 * 60 * 60_000;

/** A change and what it came to. */
export interface Settlement {
  readonly change: Pick<Change, 'order' | keyof ChangeSubject>;
  readonly outcome: ChangeOutcome;
}

/**
 * What the last change of every field came to. Each field is a value of its own, for it has one writer at a time, but a listing may have two: a feed
 * that ends, and a call that changes its other field.
 */
export class ChangeLedger {
  readonly #bulk: BulkKeyValues;
  readonly #prefix: string;

  constructor(store: KeyValueStore, prefix: string) {
    this.#bulk = new BulkKeyValues(store);
    this.#prefix = `${prefix}settled/`;
  }

  /** In the order of `subjects`. */
  async read(subjects: readonly ChangeSubject[]): Promise<readonly (SettledField | undefined)[]> {
    const found = await this.#bulk.get(subjects.map((subject) => this.#key(subject)));
    return found as unknown as readonly (SettledField | undefined)[];
  }

  /** Writes outcomes; what a later change came to stays. */
  async settle(settlements: readonly Settlement[]): Promise<void> {
    const last = new Map<string, Settlement>();
    for (const settlement of settlements) {
      const { change } = settlement;
      const other = last.get(subjectName(change));
      if (other === undefined || other.change.order <= change.order)
        last.set(subjectName(change), settlement);
    }
    const all = [...last.values()];
    const known = await this.read(all.map(({ change }) => change));
    const entries = all.flatMap(({ change, outcome }, index) => {
      const before = known[index];
      if (before !== undefined && before.order > change.order) return [];
      return [{ key: this.#key(change), value: { order: change.order, outcome } satisfies SettledField }];
    });
    if (entries.length > 0) await this.#bulk.set(entries, { ttlMs: keptMs });
  }

  #key(subject: ChangeSubject): string {
    return this.#prefix + subjectName(subject);
  }
}
