import { ValidationError } from '@fluxori/core';
import { z } from 'zod';
import type { WorkPlan } from './work.js';

export const outcomeSchema = z.strictObject({
  of: z.enum(['report', 'feed', 'query']),
  /** Of this type only (for queries: of this dataset). */
  type: z.string().optional(),
  sellerId: z.string().optional(),
  /** How it ends, or where it stays for ever. Absent: it ends as it would, only the times are others. */
  status: z.enum(['DONE', 'CANCELLED', 'FATAL', 'IN_QUEUE', 'IN_PROGRESS']).optional(),
  /** What its document says: of FATAL the reason (absent: no document), of a feed the processing report. */
  document: z.string().optional(),
  /** Of a feed that ends FATAL: how many of its messages take effect; none, if absent. */
  applied: z.enum(['none', 'some', 'all']).optional(),
  queueMs: z.number().min(0).optional(),
  progressMs: z.number().min(0).optional(),
  /** Lets so many pass first. */
  skip: z.int().min(0).optional(),
  /** Ends after so many; absent: it stays until it is cleared. */
  count: z.int().min(1).optional(),
});

export type Outcome = z.input<typeof outcomeSchema>;

interface Armed {
  readonly id: string;
  readonly outcome: z.output<typeof outcomeSchema>;
  seen: number;
  hits: number;
}

export interface WorkFacts {
  readonly of: 'report' | 'feed' | 'query';
  readonly type: string;
  readonly sellerId: string;
}

/** How reports, feeds and queries that are still to be created will go. */
export class OutcomeBoard {
  readonly #armed = new Map<string, Armed>();
  #lastId = 0;

  /** @returns its id. @throws ValidationError */
  set(input: Outcome): string {
    const checked = outcomeSchema.safeParse(input);
    if (!checked.success) {
      const problems = checked.error.issues.map(
        (one) => `${one.path.join('.') || 'outcome'}: ${one.message}`,
      );
      throw new ValidationError(`The outcome cannot be set: ${problems.join('; ')}.`);
    }
    const id = `outcome-${++this.#lastId}`;
    this.#armed.set(id, { id, outcome: checked.data, seen: 0, hits: 0 });
    return id;
  }

  clear(id?: string): void {
    if (id === undefined) this.#armed.clear();
    else this.#armed.delete(id);
  }

  list(): readonly { readonly id: string; readonly outcome: Outcome; readonly hits: number }[] {
    return [...this.#armed.values()].map(({ hits, id, outcome }) => ({ id, outcome, hits }));
  }

  /** The first outcome that meets this work decides. */
  planOf(facts: WorkFacts, times: Pick<WorkPlan, 'queueMs' | 'progressMs'>): WorkPlan {
    for (const armed of this.#armed.values()) {
      const {
        applied,
        count,
        document,
        of,
        progressMs,
        queueMs,
        sellerId,
        skip = 0,
        status,
        type,
      } = armed.outcome;
      if (of !== facts.of || (type ?? facts.type) !== facts.type) continue;
      if ((sellerId ?? facts.sellerId) !== facts.sellerId) continue;
      armed.seen++;
      if (armed.seen <= skip) continue;
      armed.hits++;
      if (count !== undefined && armed.hits >= count) this.#armed.delete(armed.id);
      return {
        queueMs: queueMs ?? times.queueMs,
        progressMs: progressMs ?? times.progressMs,
        ...(status === undefined
          ? {}
          : {
              outcome: {
                status,
                ...(document === undefined ? {} : { document }),
                ...(applied === undefined ? {} : { applied }),
              },
            }),
      };
    }
    return times;
  }
}
