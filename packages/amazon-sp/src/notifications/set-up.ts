import { isDeepStrictEqual } from 'node:util';
import { isErrorOf } from '@fluxori/core';
import type { SpCallOptions } from '../pipeline/call-options.js';
import type { DestinationKind } from './notification-types.js';
import type { Destination, NotificationsClient, Subscription } from './notifications-client.js';
import {
  type NotificationSetup,
  type WantedSubscription,
  wantedSubscriptions,
} from './wanted-subscriptions.js';

export type { NotificationSetup, WantedType } from './wanted-subscriptions.js';

export interface SetupDestination {
  readonly kind: DestinationKind;
  readonly destinationId: string;
  readonly change: 'kept' | 'created';
  /** Of EventBridge: the partner event source, to be associated with a bus in the AWS console once. */
  readonly eventSource?: string;
}

export interface SetupSubscription {
  readonly type: string;
  readonly payloadVersion: string;
  readonly subscriptionId: string;
  readonly destinationId: string;
  readonly change: 'kept' | 'created' | 'replaced';
  /** What did not fit, of one that was replaced. */
  readonly because?: string;
}

/** What there is now, and what was changed for it. */
export interface SetupResult {
  readonly destinations: readonly SetupDestination[];
  readonly subscriptions: readonly SetupSubscription[];
}

/** See `NotificationsClient.setup`. */
export async function setUpNotifications(
  client: NotificationsClient,
  setup: NotificationSetup,
  options: SpCallOptions,
): Promise<SetupResult> {
  const wanted = wantedSubscriptions(setup, client.account);
  const destinations: SetupDestination[] = [];
  for (const kind of ['sqs', 'eventBridge'] as const) {
    if (wanted.some((one) => one.kind === kind))
      destinations.push(await destinationFor(client, kind, setup, options));
  }
  const subscriptions: SetupSubscription[] = [];
  for (const one of wanted) {
    const { destinationId } = destinations.find(({ kind }) => kind === one.kind) as SetupDestination;
    subscriptions.push(await subscribe(client, one, destinationId, options));
  }
  return { destinations, subscriptions };
}

/** Whether a destination is the place meant. */
export function isPlace({ resource }: Destination, setup: Partial<NotificationSetup>): boolean {
  const { queueArn, eventBridge } = setup;
  if (resource.sqs) return queueArn !== undefined && resource.sqs.arn === queueArn;
  return (
    resource.eventBridge !== undefined &&
    resource.eventBridge !== null &&
    resource.eventBridge.accountId === eventBridge?.accountId &&
    resource.eventBridge.region === eventBridge.region
  );
}

async function destinationFor(
  client: NotificationsClient,
  kind: DestinationKind,
  { queueArn, eventBridge, name = 'fluxori' }: NotificationSetup,
  options: SpCallOptions,
): Promise<SetupDestination> {
  const place = kind === 'sqs' ? { queueArn } : { eventBridge };
  const find = async () => (await client.destinations(options)).find((one) => isPlace(one, place));
  const existing = await find();
  if (existing !== undefined) return told(kind, existing, 'kept');
  const order = kind === 'sqs' ? { queueArn: queueArn as string } : { eventBridge: eventBridge! };
  try {
    // Names are unique, and one application may have both kinds.
    const made = await client.createDestination({ name: `${name}-${kind.toLowerCase()}`, ...order }, options);
    return told(kind, made, 'created');
  } catch (error) {
    const made = mayBeThere(error) ? await find() : undefined;
    if (made === undefined) throw error;
    return told(kind, made, 'created');
  }
}

function told(kind: DestinationKind, { destinationId, resource }: Destination, change: 'kept' | 'created') {
  const eventSource = resource.eventBridge?.name;
  return { kind, destinationId, change, ...(eventSource !== undefined && { eventSource }) };
}

async function subscribe(
  client: NotificationsClient,
  wanted: WantedSubscription,
  destinationId: string,
  options: SpCallOptions,
): Promise<SetupSubscription> {
  const { type, payloadVersion } = wanted;
  const about = { type, payloadVersion, destinationId };
  const existing = await client.subscription(type, { ...options, payloadVersion });
  const because = existing && misfit(existing, wanted, destinationId);
  if (existing !== undefined && because === undefined)
    return { ...about, subscriptionId: existing.subscriptionId, change: 'kept' };
  if (existing !== undefined) {
    // Amazon changes none: the old one goes first, since there can be only one.
    await client.deleteSubscription(type, existing.subscriptionId, options).catch(unlessGone);
  }
  const { subscriptionId } = await createOrFind(client, wanted, destinationId, options);
  if (because !== undefined) return { ...about, subscriptionId, change: 'replaced', because };
  return { ...about, subscriptionId, change: 'created' };
}

async function createOrFind(
  client: NotificationsClient,
  wanted: WantedSubscription,
  destinationId: string,
  options: SpCallOptions,
): Promise<Subscription> {
  const { type, payloadVersion, directive } = wanted;
  try {
    const body = { destinationId, payloadVersion, ...(directive && { directive }) };
    return await client.createSubscription(type, body, options);
  } catch (error) {
    const made = mayBeThere(error)
      ? await client.subscription(type, { ...options, payloadVersion })
      : undefined;
    if (made === undefined || misfit(made, wanted, destinationId) !== undefined) throw error;
    return made;
  }
}

/** What of a subscription is not as it is wanted; undefined when all is. */
function misfit(
  existing: Subscription,
  wanted: WantedSubscription,
  destinationId: string,
): string | undefined {
  if (existing.destinationId !== destinationId) return 'it went to another destination';
  const given = plain(existing.processingDirective);
  return isDeepStrictEqual(given, plain(wanted.directive)) ? undefined : 'its filter was another one';
}

/** Without what is empty, and in one order: Amazon need not give back what it was sent in the same form. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain).sort();
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const entries = Object.entries(value)
    .map(([name, inner]) => [name, plain(inner)] as const)
    .filter(([, inner]) => inner !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function unlessGone(error: unknown): void {
  if (!isErrorOf(error, 'NotFoundError')) throw error;
}

/** Made meanwhile by somebody else, or by us and the answer was lost: then it is there. */
function mayBeThere(error: unknown): boolean {
  if (isErrorOf(error, 'NetworkError')) return true;
  return isErrorOf(error, 'RemoteError') && (error.code === 'REMOTE_CONFLICT' || error.status >= 500);
}
