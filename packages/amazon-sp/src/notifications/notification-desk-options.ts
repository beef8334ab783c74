import type { AccountId, Clock, KeyValueStore, Logger, Metrics } from '@fluxori/core';
import type { OperationQueues } from '@fluxori/queue';
import type { Notification } from './notification.js';
import type { NotifiedAccount } from './notified-accounts.js';

/** Does more because of a notification than this connector does. It may be called again for the same one. */
export type NotificationHook = (
  notification: Notification,
  about: { readonly accountIds: readonly AccountId[]; readonly signal: AbortSignal },
) => Promise<void>;

export interface NotificationDeskOptions {
  readonly queues: Pick<OperationQueues, 'add' | 'wake'>;
  /** Shared by all who listen to one queue: what has been done already. */
  readonly keyValues: KeyValueStore;
  /** Where messages are kept that nothing could be done for; they may hold personal data. `keyValues` by default. */
  readonly secureKeyValues?: KeyValueStore;
  /** Those that there are now: asked for with each batch. */
  readonly accounts: () => readonly NotifiedAccount[];
  /** Called for every notification that is not a copy, of any type, after what this connector does by itself. */
  readonly onNotification?: NotificationHook;
  /** How long a notification is remembered, in milliseconds; 4 days by default, which is how long SQS keeps a message if not told otherwise. */
  readonly rememberMs?: number;
  /** A message whose effect failed so often is put aside; 5 by default. An outage of the store does not count. */
  readonly mostReceives?: number;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly clock?: Clock;
}

/** A message as it came. */
export interface IncomingMessage {
  readonly messageId: string;
  readonly body: string;
  /** How often it has come, this time included. */
  readonly receives: number;
}

/**
 * `done`: its effect is durable · `duplicate`: a copy of one that was done · `ignored`: nobody here needs it · `dead`: put aside, and kept ·
 * `postponed`: it must come again.
 */
export type NotificationOutcome = 'done' | 'duplicate' | 'ignored' | 'dead' | 'postponed';

export interface HandledMessage {
  readonly outcome: NotificationOutcome;
  /** Of one that was postponed. */
  readonly error?: unknown;
}
