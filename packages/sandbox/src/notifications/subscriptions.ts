import { randomUUID } from 'node:crypto';
import { notFound, Refusal } from '../http/refusal.js';
import type { Region } from '../world/marketplaces.js';

export interface EventFilter {
  readonly eventFilterType: string;
  readonly marketplaceIds?: readonly string[] | undefined;
  readonly orderChangeTypes?: readonly string[] | undefined;
  readonly aggregationSettings?: { readonly aggregationTimePeriod: string } | undefined;
}

export interface ProcessingDirective {
  readonly eventFilter?: EventFilter | undefined;
  readonly filterExpression?: string | undefined;
}

export interface Subscription {
  readonly subscriptionId: string;
  readonly applicationId: string;
  readonly sellerId: string;
  readonly region: Region;
  readonly notificationType: string;
  readonly payloadVersion: string;
  readonly destinationId: string;
  readonly processingDirective?: ProcessingDirective | undefined;
}

/** The subscriptions of all sellers. Wording of the refusal: amzn/selling-partner-api-docs issue 3448. */
export class Subscriptions {
  readonly #byId = new Map<string, Subscription>();

  /** @throws Refusal (409): one for each type and payload version, but for those with filter expressions of their own. */
  create(wanted: Omit<Subscription, 'subscriptionId'>): Subscription {
    const expression = wanted.processingDirective?.filterExpression;
    const taken = this.of(wanted).some(
      (one) =>
        one.notificationType === wanted.notificationType &&
        one.payloadVersion === wanted.payloadVersion &&
        one.processingDirective?.filterExpression === expression,
    );
    if (taken)
      throw new Refusal(
        409,
        'StateConflict',
        'The resource specified conflicts with the current state.',
        `Subscription already exist for notification type ${wanted.notificationType}`,
      );
    const subscription = { ...wanted, subscriptionId: randomUUID() };
    this.#byId.set(subscription.subscriptionId, subscription);
    return subscription;
  }

  /** An application's for a seller in a region, in the order in which they were made. */
  of(owner: Pick<Subscription, 'applicationId' | 'sellerId' | 'region'>): readonly Subscription[] {
    return [...this.#byId.values()].filter(
      ({ applicationId, sellerId, region }) =>
        applicationId === owner.applicationId && sellerId === owner.sellerId && region === owner.region,
    );
  }

  /** All that may get what happens to a seller. */
  forSeller(sellerId: string, region: Region): readonly Subscription[] {
    return [...this.#byId.values()].filter((one) => one.sellerId === sellerId && one.region === region);
  }

  /** @throws Refusal (404) */
  get(applicationId: string, notificationType: string, subscriptionId: string): Subscription {
    const subscription = this.#byId.get(subscriptionId);
    if (subscription?.applicationId === applicationId && subscription.notificationType === notificationType)
      return subscription;
    throw notFound(
      'The requested resource was not found.',
      `No subscription with id '${subscriptionId}' for notification type ${notificationType}`,
    );
  }

  /** @throws Refusal (404) */
  delete(applicationId: string, notificationType: string, subscriptionId: string): void {
    this.#byId.delete(this.get(applicationId, notificationType, subscriptionId).subscriptionId);
  }

  /** Whether anybody uses a destination. */
  uses(destinationId: string): boolean {
    return [...this.#byId.values()].some((one) => one.destinationId === destinationId);
  }
}
