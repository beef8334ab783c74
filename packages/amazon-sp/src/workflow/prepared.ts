import { type AccountId, type JsonValue, type KeyValueStore, ValidationError } from '@fluxori/core';
import { checkText } from '../pipeline/check-list.js';

/** How long what is prepared waits for its job, in milliseconds. Amazon's policy lets a person's data be kept for 30 days. */
const keptMs = 30 * 24 * 3_600_000;

export interface PreparedParts {
  /** The connector's secure key values: sealed where the program says so. */
  readonly store: KeyValueStore;
  readonly accountId: AccountId;
  /** Where they lie, e.g. `outbound`; never changed, since what lies there would be lost. */
  readonly room: string;
  /** For messages: the field that holds the id, what it is the id of, and how it is prepared. */
  readonly named: { readonly field: string; readonly what: string; readonly by: string };
}

/** What jobs will send, under its id, when it is about a person: payloads lie in the open, this does not. */
export class Prepared<Value> {
  readonly #parts: PreparedParts;

  constructor(parts: PreparedParts) {
    this.#parts = parts;
  }

  /** Replaces what was there under this id. */
  async keep(id: string, value: Value): Promise<void> {
    const json = JSON.parse(JSON.stringify(value)) as JsonValue;
    await this.#parts.store.set(this.#key(id), json, { ttlMs: keptMs });
  }

  /** @throws ValidationError naming the id when nothing is there. */
  async read(id: string): Promise<Value> {
    const value = await this.#parts.store.get(this.#key(id));
    if (value !== undefined) return value as unknown as Value;
    const { accountId, named } = this.#parts;
    throw new ValidationError(`${named.field}: no ${named.what} ${id} is prepared for ${accountId}.`, {
      field: named.field,
      account: accountId,
      remedy: `Call \`${named.by}\` first; it is kept for 30 days, and forgotten when it was sent.`,
    });
  }

  async forget(id: string): Promise<void> {
    await this.#parts.store.delete(this.#key(id));
  }

  /** Forgets all whose ids begin so. @returns how many there were. */
  async forgetAll(prefix: string): Promise<number> {
    const keys = await this.#parts.store.keys(this.#key(prefix));
    for (const key of keys) await this.#parts.store.delete(key);
    return keys.length;
  }

  #key(id: string): string {
    checkText(id, this.#parts.named.field);
    return `sp-api/${this.#parts.room}/${this.#parts.accountId}/${encodeURIComponent(id)}`;
  }
}
