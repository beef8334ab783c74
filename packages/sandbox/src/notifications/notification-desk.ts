import { randomUUID } from 'node:crypto';
import type { Logger } from '@fluxori/core';
import type { FarSideEvent, Notify } from '../events/far-side-event.js';
import { queueOwner, type SqsQueues } from '../sqs/sqs-queues.js';
import type { World } from '../world/world.js';
import { amazonAccount, type Destination, Destinations } from './destinations.js';
import { envelopeOf, type Notification, notificationOf } from './notification.js';
import { type Subscription, Subscriptions } from './subscriptions.js';

/** A rule of an event bus that sends what comes from Amazon to a queue. */
export interface EventBridgeRule {
  /** The AWS account whose bus it is. */
  readonly accountId: string;
  readonly queueArn: string;
  /** Only these types; all, if absent. */
  readonly types?: readonly string[] | undefined;
}

interface Parts {
  readonly world: World;
  readonly queues: SqsQueues;
  readonly now: () => number;
  readonly logger: Logger;
}

/** Who is told of what: destinations, subscriptions, and the sending itself. */
export class NotificationDesk {
  readonly destinations: Destinations;
  readonly subscriptions = new Subscriptions();
  readonly #parts: Parts;
  readonly #rules: EventBridgeRule[] = [];
  readonly #sent = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.destinations = new Destinations((arn) => parts.queues.byArn(arn));
  }

  /** Makes a queue that Amazon may send to. */
  createQueue(
    name: string,
    attributes: Readonly<Record<string, string>> = {},
  ): { name: string; arn: string } {
    const queue = this.#parts.queues.create(name);
    queue.attributes.set({ Policy: policyFor(queue.arn), ...attributes });
    return { name, arn: queue.arn };
  }

  /** From now on, what EventBridge gets goes to the rule's queue as well. */
  addRule(rule: EventBridgeRule): void {
    this.#rules.push(rule);
  }

  /** Notifications sent so far, by type. */
  sent(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#sent);
  }

  /** Tells all who subscribed to it. Never throws. */
  readonly notify: Notify = (event: FarSideEvent) => {
    const { world, logger } = this.#parts;
    logger.debug({ event: event.kind, seller: event.sellerId }, 'sandbox: event');
    const notification = notificationOf(event, world);
    for (const subscription of this.subscriptions.forSeller(event.sellerId, notification.region)) {
      if (subscription.notificationType === notification.type && passes(notification, event, subscription))
        this.#send(notification, subscription);
    }
  };

  #send(notification: Notification, subscription: Subscription): void {
    const { now, queues, logger } = this.#parts;
    const destination = this.destinations.find(subscription, subscription.destinationId);
    if (destination === undefined) return;
    const envelope = envelopeOf(notification, subscription, now());
    const { sqs, eventBridge } = destination.resource;
    if (sqs !== undefined) queues.byArn(sqs.arn)?.send({ body: JSON.stringify(envelope) });
    else if (eventBridge !== undefined) this.#emit(notification, envelope, eventBridge);
    this.#sent.set(notification.type, (this.#sent.get(notification.type) ?? 0) + 1);
    logger.debug({ type: notification.type, seller: subscription.sellerId }, 'sandbox: notified');
  }

  /** What a rule without an input transformer puts into its queue: the whole event. */
  #emit(
    { type, eventTime }: Notification,
    detail: object,
    { accountId, region, name }: NonNullable<Destination['resource']['eventBridge']>,
  ): void {
    const event = {
      ...{ version: '0', id: randomUUID(), 'detail-type': type, source: name },
      ...{ account: accountId, time: eventTime, region, resources: [], detail },
    };
    for (const rule of this.#rules) {
      if (rule.accountId !== accountId || !(rule.types?.includes(type) ?? true)) continue;
      this.#parts.queues.byArn(rule.queueArn)?.send({ body: JSON.stringify(event) });
    }
  }
}

function passes(
  notification: Notification,
  event: FarSideEvent,
  { processingDirective }: Subscription,
): boolean {
  const filter = processingDirective?.eventFilter;
  if (filter === undefined) return true;
  const { marketplaceIds, orderChangeTypes } = filter;
  if (marketplaceIds !== undefined && notification.marketplaceId !== undefined)
    if (!marketplaceIds.includes(notification.marketplaceId)) return false;
  return event.kind !== 'order-change' || (orderChangeTypes?.includes(event.change) ?? true);
}

function policyFor(arn: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${queueOwner}:root` },
        Action: 'SQS:*',
        Resource: arn,
      },
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${amazonAccount}:root` },
        Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
        Resource: arn,
      },
    ],
  });
}
