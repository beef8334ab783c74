import {
  type Clock,
  isErrorOf,
  isFluxoriError,
  type Logger,
  type Metrics,
  noMetrics,
  silentLogger,
  systemClock,
} from '@fluxori/core';
import { amazonMetrics } from '../metric-names.js';
import { DeadNotifications } from './dead-notifications.js';
import { type Notification, readNotification } from './notification.js';
import type {
  HandledMessage,
  IncomingMessage,
  NotificationDeskOptions,
  NotificationOutcome,
} from './notification-desk-options.js';
import { type Effect, effectOf, sellerIdOf } from './notification-effects.js';
import { NotificationFault } from './notification-fault.js';
import { NotificationSchemas } from './notification-schemas.js';
import { notificationType } from './notification-types.js';
import { concerned, type NotifiedAccount } from './notified-accounts.js';
import { SeenNotifications } from './seen-notifications.js';

/**
 * Does what notifications are for, each once however often it comes: a job is put in under an id that is made of the notification's, a wake may
 * be repeated, and then it is remembered. When this says anything but `postponed`, all of it is durable and the message may go.
 */
export class NotificationDesk {
  readonly dead: DeadNotifications;
  readonly #options: NotificationDeskOptions;
  readonly #schemas = new NotificationSchemas();
  readonly #seen: SeenNotifications;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #clock: Clock;

  constructor(options: NotificationDeskOptions) {
    const { keyValues, secureKeyValues = keyValues, rememberMs = 4 * 24 * 60 * 60_000 } = options;
    this.#options = options;
    this.#seen = new SeenNotifications(keyValues, rememberMs);
    this.dead = new DeadNotifications(secureKeyValues);
    this.#logger = options.logger ?? silentLogger;
    this.#metrics = options.metrics ?? noMetrics;
    this.#clock = options.clock ?? systemClock;
  }

  /** @returns an outcome for each message, in order. Never throws. */
  async handle(
    messages: readonly IncomingMessage[],
    { signal = new AbortController().signal }: { signal?: AbortSignal } = {},
  ): Promise<readonly HandledMessage[]> {
    const read = messages.map((message) => this.#read(message));
    let seen: ReadonlySet<string>;
    try {
      seen = await this.#seen.of(read.flatMap(({ notification }) => (notification ? [notification.id] : [])));
    } catch (error) {
      return messages.map(() => ({ outcome: 'postponed', error }));
    }
    const first = new Map<string, Promise<HandledMessage>>();
    const handled = read.map((one): Promise<HandledMessage> => {
      const { notification } = one;
      if (notification === undefined) return this.#bury(one);
      if (seen.has(notification.id)) return this.#told(notification, { outcome: 'duplicate' });
      // Two copies in one batch: the second is as well off as the first.
      const copy = first.get(notification.id);
      if (copy !== undefined)
        return copy.then(({ outcome, error }) =>
          outcome === 'postponed'
            ? { outcome, error }
            : this.#told(notification, { outcome: 'duplicate' as const }),
        );
      const doing = this.#do({ ...one, notification }, signal);
      first.set(notification.id, doing);
      return doing;
    });
    return Promise.all(handled);
  }

  /**
   * Tries one that was put aside once more, and lets it go if it is done now.
   * @throws NotFoundError
   */
  async retry(id: string, options: { signal?: AbortSignal } = {}): Promise<NotificationOutcome> {
    const { messageId, body, receives } = await this.dead.get(id);
    const [handled] = await this.handle([{ messageId, body, receives: receives + 1 }], options);
    const { outcome, error } = handled as HandledMessage;
    if (outcome === 'postponed') throw error;
    // Put aside again, it has replaced itself.
    if (outcome !== 'dead') await this.dead.remove(id);
    return outcome;
  }

  #read(message: IncomingMessage): Reading {
    try {
      const notification = readNotification(message.body);
      return { message, notification };
    } catch (error) {
      return { message, fault: asFault(error) };
    }
  }

  async #do(one: Reading & { notification: Notification }, signal: AbortSignal): Promise<HandledMessage> {
    const { notification, message } = one;
    try {
      const outcome = await this.#effect(notification, signal);
      await this.#seen.add([notification.id]);
      return await this.#told(notification, { outcome });
    } catch (error) {
      if (error instanceof NotificationFault) return this.#bury({ ...one, fault: error });
      if (isErrorOf(error, 'ValidationError') || isErrorOf(error, 'NotFoundError'))
        return this.#bury({ ...one, fault: new NotificationFault('refused', error.message) });
      const { mostReceives = 5 } = this.#options;
      const isOutage = isErrorOf(error, 'NetworkError') || signal.aborted;
      if (!isOutage && message.receives >= mostReceives)
        return this.#bury({ ...one, fault: new NotificationFault('failing', whatFailed(error)) });
      this.#logger.warn(
        { type: notification.type, notificationId: notification.id, error: whatFailed(error) },
        'a notification could not be worked on; it comes again',
      );
      return this.#told(notification, { outcome: 'postponed', error });
    }
  }

  async #effect(notification: Notification, signal: AbortSignal): Promise<'done' | 'ignored'> {
    const { type, payload } = notification;
    const { onNotification } = this.#options;
    if (notificationType(type) === undefined && onNotification === undefined)
      throw new NotificationFault(
        'unknown-type',
        `There is no notification ${JSON.stringify(type.slice(0, 100))}.`,
      );
    this.#schemas.check(notification);
    const effect = effectOf(type, payload);
    if (effect === undefined && onNotification === undefined) return 'ignored';
    const accounts = this.#accountsOf(notification, effect !== undefined);
    const did = effect !== undefined && (await this.#carryOut(effect, notification, accounts));
    const accountIds = accounts.map(({ accountId }) => accountId);
    await onNotification?.(notification, { accountIds, signal });
    return did || onNotification !== undefined ? 'done' : 'ignored';
  }

  /** @returns whether any account is concerned. */
  async #carryOut(
    effect: Effect,
    { id, type, publishedAt, eventTime }: Notification,
    accounts: readonly NotifiedAccount[],
  ): Promise<boolean> {
    const { queues } = this.#options;
    if (effect.kind === 'wake') {
      for (const { accountId } of accounts) await queues.wake(accountId, effect.key);
      return true;
    }
    const concerns = concerned(accounts, effect.marketplaceIds);
    for (const { accountId, marketplaceIds } of concerns) {
      await queues.add(effect.job, {
        ...{ accountId, priority: effect.priority, payload: effect.payload(marketplaceIds) },
        once: { key: `${type} ${id}`, at: publishedAt ?? eventTime ?? new Date(0) },
      });
    }
    return concerns.length > 0;
  }

  #accountsOf({ type, payload }: Notification, needed: boolean): readonly NotifiedAccount[] {
    const sellerId = sellerIdOf(payload);
    if (sellerId === undefined && !needed) return [];
    const accounts = this.#options.accounts().filter((one) => one.sellerId === sellerId);
    if (accounts.length > 0) return accounts;
    throw new NotificationFault(
      'unknown-seller',
      sellerId === undefined
        ? `${type} names no seller.`
        : `${type} is about the seller ${sellerId}, of whom no account is configured here. Add the account, or take the subscription back; then retry.`,
    );
  }

  async #bury({ message, notification, fault }: Reading): Promise<HandledMessage> {
    const { reason, message: explanation } = fault ?? new NotificationFault('unreadable', '');
    const sellerId = notification && sellerIdOf(notification.payload);
    const about = {
      ...(notification && { type: notification.type.slice(0, 100), notificationId: notification.id }),
      ...(sellerId !== undefined && { sellerId }),
    };
    try {
      const at = new Date(this.#clock.now());
      const id = await this.dead.put({ ...message, ...about, reason, explanation, at });
      this.#logger.warn({ dead: id, reason, explanation, ...about }, 'a notification was put aside');
    } catch (error) {
      return this.#told(notification, { outcome: 'postponed', error });
    }
    return this.#told(notification, { outcome: 'dead' });
  }

  async #told(notification: Notification | undefined, handled: HandledMessage): Promise<HandledMessage> {
    const { notifications, notificationDelay } = amazonMetrics;
    const type = notification && notificationType(notification.type) ? notification.type : 'other';
    this.#metrics.count(notifications.name, { type, outcome: handled.outcome });
    const since = notification?.publishedAt ?? notification?.eventTime;
    if (handled.outcome === 'done' && since !== undefined)
      this.#metrics.duration(notificationDelay.name, Math.max(this.#clock.now() - since.getTime(), 0), {
        type,
      });
    return handled;
  }
}

interface Reading {
  readonly message: IncomingMessage;
  readonly notification?: Notification;
  readonly fault?: NotificationFault;
}

function asFault(error: unknown): NotificationFault {
  if (error instanceof NotificationFault) return error;
  return new NotificationFault('unreadable', whatFailed(error));
}

/** Of an error that is not ours only the name: its message may hold what a notification holds. */
function whatFailed(error: unknown): string {
  if (isFluxoriError(error)) return error.message;
  return error instanceof Error ? error.name : 'an unknown error';
}
