import {
  type AccountId,
  type AuditAction,
  type AuditEntry,
  type AuditNote,
  type AuditTrail,
  type Clock,
  type JsonValue,
  type KeyValueStore,
  systemClock,
} from '@fluxori/core';

export interface AuditTrailOptions {
  readonly keyValues: KeyValueStore;
  /** Who acts here, e.g. `worker on office-1, process 4711`; it is written into each entry. */
  readonly actor: string;
  /** Entries end after so many days; 400 by default, so that a year can be shown at any time. */
  readonly keepDays?: number;
  readonly clock?: Clock;
  /** Tells apart what several processes write within one millisecond. */
  readonly newId?: () => string;
}

export interface AuditQuery {
  /** From this moment on; 30 days ago by default. */
  readonly since?: Date;
  readonly until?: Date;
  readonly action?: AuditAction;
  readonly accountId?: AccountId;
  /** An order or a document. */
  readonly subject?: string;
  /** At most this many; 100 by default. */
  readonly limit?: number;
}

const prefix = 'privacy/audit/';
const dayMs = 86_400_000;
const together = 200;
const mostSubjects = 100;
/** Days that are looked at one by one. */
const mostDays = 100;

/** The audit trail of personal data, in the key values of a backend: one value for each entry, by time, which ends by itself. */
export class KeyValueAuditTrail implements AuditTrail {
  readonly #options: AuditTrailOptions;
  readonly #clock: Clock;
  /** Keeps what happens within one millisecond in its order. */
  #serial = 0;

  constructor(options: AuditTrailOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  async record({ subjects, ...note }: AuditNote): Promise<void> {
    const { actor, keepDays = 400, keyValues, newId = crypto.randomUUID.bind(crypto) } = this.#options;
    const at = new Date(this.#clock.now()).toISOString();
    const kept = {
      ...{ at, actor, ...note },
      ...(subjects !== undefined && { subjects: subjects.slice(0, mostSubjects) }),
    };
    const serial = String(++this.#serial).padStart(9, '0');
    await keyValues.set(`${prefix}${at}/${serial}-${newId()}`, kept as unknown as JsonValue, {
      ttlMs: keepDays * dayMs,
    });
  }

  /** Latest first. */
  async list(query: AuditQuery = {}): Promise<readonly AuditEntry[]> {
    const untilMs = query.until?.getTime() ?? this.#clock.now();
    const sinceMs = query.since?.getTime() ?? this.#clock.now() - 30 * dayMs;
    const { limit = 100 } = query;
    const found: AuditEntry[] = [];
    for (const day of daysOf(sinceMs, untilMs)) {
      const keys = await this.#keysOf(day, sinceMs, untilMs);
      for (let start = 0; start < keys.length; start += together) {
        const entries = await this.#entries(keys.slice(start, start + together));
        found.push(...entries.filter((entry) => isWanted(entry, query)));
        if (found.length >= limit) return found.slice(0, limit);
      }
    }
    return found;
  }

  /** Of one day, or of all, latest first. */
  async #keysOf(day: string, sinceMs: number, untilMs: number): Promise<string[]> {
    const keys = await this.#options.keyValues.keys(prefix + day);
    return keys
      .filter((key) => {
        const atMs = Date.parse(key.slice(prefix.length).split('/')[0] as string);
        return atMs >= sinceMs && atMs <= untilMs;
      })
      .reverse();
  }

  async #entries(keys: readonly string[]): Promise<AuditEntry[]> {
    const { keyValues } = this.#options;
    const values =
      (await keyValues.getMany?.(keys)) ?? (await Promise.all(keys.map((key) => keyValues.get(key))));
    return values.flatMap((value) => {
      if (value === undefined) return [];
      const entry = value as unknown as Omit<AuditEntry, 'at'> & { at: string };
      return [{ ...entry, at: new Date(entry.at) }];
    });
  }
}

function isWanted(entry: AuditEntry, { action, accountId, subject }: AuditQuery): boolean {
  if (action !== undefined && entry.action !== action) return false;
  if (accountId !== undefined && entry.accountId !== accountId) return false;
  return subject === undefined || entry.subjects?.includes(subject) === true;
}

/** Days by their date, the latest first; of a long time one for all, which is one look in place of thousands. */
function daysOf(sinceMs: number, untilMs: number): readonly string[] {
  if (untilMs - sinceMs > mostDays * dayMs) return [''];
  const days: string[] = [];
  for (let start = Math.floor(untilMs / dayMs) * dayMs; start > sinceMs - dayMs; start -= dayMs)
    days.push(new Date(start).toISOString().slice(0, 10));
  return days;
}
