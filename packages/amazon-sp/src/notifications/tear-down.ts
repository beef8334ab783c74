import { isErrorOf } from '@fluxori/core';
import type { SpCallOptions } from '../pipeline/call-options.js';
import { notificationTypes } from './notification-types.js';
import type { NotificationsClient } from './notifications-client.js';
import { isPlace, unlessGone } from './set-up.js';
import { checkWanted, type NotificationSetup } from './wanted-subscriptions.js';

/** What was taken away, and what stays. */
export interface TeardownResult {
  readonly subscriptions: readonly { readonly type: string; readonly subscriptionId: string }[];
  readonly destinations: readonly {
    readonly destinationId: string;
    /** `kept`: there are subscriptions of other sellers, or of other types, to it. */
    readonly change: 'deleted' | 'kept';
  }[];
}

/** See `NotificationsClient.teardown`. Without types, all; without places, the subscriptions to any of them, and no destination. */
export async function tearDownNotifications(
  client: NotificationsClient,
  setup: Partial<NotificationSetup>,
  options: SpCallOptions,
): Promise<TeardownResult> {
  const named = setup.queueArn !== undefined || setup.eventBridge !== undefined;
  const places = named
    ? (await client.destinations(options)).filter((one) => isPlace(one, setup))
    : undefined;
  const types =
    setup.types && checkWanted(setup.types).map((one) => (typeof one === 'string' ? one : one.type));
  const subscriptions: { type: string; subscriptionId: string }[] = [];
  for (const type of types ?? Object.keys(notificationTypes)) {
    for await (const { subscriptionId, destinationId } of client.subscriptions([type], options)) {
      if (places?.some((one) => one.destinationId === destinationId) === false) continue;
      await client.deleteSubscription(type, subscriptionId, options).catch(unlessGone);
      subscriptions.push({ type, subscriptionId });
    }
  }
  const destinations: { destinationId: string; change: 'deleted' | 'kept' }[] = [];
  for (const { destinationId } of places ?? []) {
    destinations.push({ destinationId, change: await removeUnused(client, destinationId, options) });
  }
  return { subscriptions, destinations };
}

async function removeUnused(client: NotificationsClient, destinationId: string, options: SpCallOptions) {
  try {
    await client.deleteDestination(destinationId, options).catch(unlessGone);
    return 'deleted';
  } catch (error) {
    // 403 "Destination has subscriptions" (amzn/selling-partner-api-models issue 2113), or a conflict.
    const refused = isErrorOf(error, 'AuthenticationError') || isErrorOf(error, 'RemoteError');
    if (refused && /subscriptions?/i.test((error as Error).message)) return 'kept';
    throw error;
  }
}
