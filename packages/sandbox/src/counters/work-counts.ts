/** Reports, feeds or queries that were created, whatever became of the answer. */
export interface WorkCounts {
  readonly created: number;
  readonly byType: Readonly<Record<string, number>>;
  readonly bySeller: Readonly<Record<string, number>>;
  /** What was created more than once with the same contents or parameters, by the same seller. */
  readonly duplicates: readonly {
    readonly sellerId: string;
    readonly type: string;
    readonly ids: readonly string[];
  }[];
}

export interface CreatedWork {
  readonly id: string;
  readonly sellerId: string;
  readonly type: string;
  /** Equal for two that ask for the same. */
  readonly sameness: string;
}

export class WorkCounter {
  readonly #byKey = new Map<string, { sellerId: string; type: string; ids: string[] }>();

  created({ id, sellerId, type, sameness }: CreatedWork): void {
    const key = `${sellerId}|${type}|${sameness}`;
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, { sellerId, type, ids: [id] });
    else known.ids.push(id);
  }

  snapshot(): WorkCounts {
    const all = [...this.#byKey.values()];
    const sums = (of: 'type' | 'sellerId') => {
      const sum: Record<string, number> = {};
      for (const one of all) sum[one[of]] = (sum[one[of]] ?? 0) + one.ids.length;
      return sum;
    };
    return structuredClone({
      created: all.reduce((sum, one) => sum + one.ids.length, 0),
      byType: sums('type'),
      bySeller: sums('sellerId'),
      duplicates: all.filter((one) => one.ids.length > 1),
    });
  }
}
