import { createHash } from 'node:crypto';
import { type JsonValue, type KeyValueStore, NotFoundError } from '@fluxori/core';
import type { DeadReason } from './notification-fault.js';

/** A message for which nothing could be done. */
export interface DeadNotification {
  readonly id: string;
  /** When it was put aside. */
  readonly at: Date;
  readonly reason: DeadReason;
  /** What is wrong with it, for people; without any value of it. */
  readonly explanation: string;
  /** What of it could be read. */
  readonly type?: string;
  readonly notificationId?: string;
  readonly sellerId?: string;
  /** How often it had come. */
  readonly receives: number;
}

const room = 'notifications/dead/';
const keepMs = 14 * 24 * 60 * 60_000;

/** With the message itself, to try it again. */
export interface WholeDeadNotification extends DeadNotification {
  readonly messageId: string;
  readonly body: string;
}

type Stored = Omit<WholeDeadNotification, 'id' | 'at'> & { readonly at: string };

/** Messages that were put aside: kept whole, for 14 days, in a store that everybody shares. They may hold personal data: seal it. */
export class DeadNotifications {
  readonly #keyValues: KeyValueStore;

  constructor(keyValues: KeyValueStore) {
    this.#keyValues = keyValues;
  }

  /** Kept when this returns. The same message again replaces itself. */
  async put(dead: Omit<WholeDeadNotification, 'id'>): Promise<string> {
    const id = createHash('sha256').update(dead.messageId).digest('hex').slice(0, 12);
    const stored: Stored = { ...dead, at: dead.at.toISOString() };
    await this.#keyValues.set(room + id, stored as unknown as JsonValue, { ttlMs: keepMs });
    return id;
  }

  /** The latest first. */
  async list(): Promise<readonly DeadNotification[]> {
    const found: DeadNotification[] = [];
    for (const key of await this.#keyValues.keys(room)) {
      const stored = await this.#keyValues.get(key);
      if (stored === undefined) continue;
      const { messageId: _, body: __, ...view } = wholeOf(key.slice(room.length), stored);
      found.push(view);
    }
    return found.sort((a, b) => b.at.getTime() - a.at.getTime());
  }

  async count(): Promise<number> {
    return (await this.#keyValues.keys(room)).length;
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<WholeDeadNotification> {
    const stored = await this.#keyValues.get(room + id);
    if (stored === undefined)
      throw new NotFoundError(`There is no dead notification ${JSON.stringify(id)}.`, {
        field: 'id',
        remedy: 'Look at `fluxori notifications dead`. They are kept for 14 days.',
      });
    return wholeOf(id, stored);
  }

  async remove(id: string): Promise<void> {
    await this.#keyValues.delete(room + id);
  }
}

function wholeOf(id: string, value: JsonValue): WholeDeadNotification {
  const { at, ...rest } = value as unknown as Stored;
  return { id, at: new Date(at), ...rest };
}
