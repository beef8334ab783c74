import {
  type Erasure,
  type HolderReport,
  isErrorOf,
  mentionsAny,
  type PersonalDataHolder,
} from '@fluxori/core';
import type { DeadNotifications, WholeDeadNotification } from '../notifications/dead-notifications.js';

/** Messages that were put aside, whole, because nothing could be done with them: an order's may hold where it goes. They end by themselves after 14 days. */
export class NotificationsHolder implements PersonalDataHolder {
  readonly name = 'notifications';
  readonly #dead: DeadNotifications;

  constructor(dead: DeadNotifications) {
    this.#dead = dead;
  }

  /** Whichever account they are of: a message that cannot be read does not say. */
  async erase({ buyerEmail, orders }: Erasure): Promise<HolderReport> {
    const mentions = mentionsAny([
      ...orders.map(({ orderId }) => orderId),
      ...(buyerEmail ? [buyerEmail] : []),
    ]);
    const deleted = { deadNotifications: 0 };
    for (const { id } of await this.#dead.list()) {
      const body = (await this.#whole(id))?.body ?? '';
      if (!mentions(body)) continue;
      await this.#dead.remove(id);
      deleted.deadNotifications++;
    }
    return { deleted, remaining: [] };
  }

  async sweep(): Promise<HolderReport> {
    return { deleted: {}, remaining: [] };
  }

  /** Undefined for one that ended since it was listed. */
  #whole(id: string): Promise<WholeDeadNotification | undefined> {
    return this.#dead.get(id).catch((error: unknown) => {
      if (isErrorOf(error, 'NotFoundError')) return undefined;
      throw error;
    });
  }
}
