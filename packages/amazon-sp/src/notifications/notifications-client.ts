import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import { isErrorOf, type Paged, paged } from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { decodeCursor, encodeCursor } from '../pipeline/cursor.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { checkQueueArn } from './queue-policy.js';
import { type NotificationSetup, type SetupResult, setUpNotifications } from './set-up.js';
import { type TeardownResult, tearDownNotifications } from './tear-down.js';

export type Destination = NonNullable<ResponseOf<'notifications', 'v1', 'getDestination'>['payload']>;
export type Subscription = NonNullable<ResponseOf<'notifications', 'v1', 'getSubscription'>['payload']> & {
  /** Amazon does not say it; known where one type was asked for. */
  readonly notificationType?: string;
};
export type ProcessingDirective = NonNullable<
  ParamsOf<'notifications', 'v1', 'createSubscription'>['body']['processingDirective']
>;

/** An AWS account's EventBridge. */
export interface EventBridgeTarget {
  /** Twelve digits. */
  readonly accountId: string;
  /** The AWS region of the bus, e.g. `eu-west-1`. */
  readonly region: string;
}

export type NewDestination = { readonly name: string } & (
  | { readonly queueArn: string }
  | { readonly eventBridge: EventBridgeTarget }
);

export interface NewSubscription {
  readonly destinationId: string;
  readonly payloadVersion: string;
  readonly directive?: ProcessingDirective;
}

/**
 * What Amazon tells by itself, and where to (notifications v1). Destinations belong to the application and are asked for in its own name
 * (grantless); a subscription is the seller's. Both are of one region.
 */
export class NotificationsClient {
  readonly #context: SectionContext;

  constructor(context: SectionContext) {
    this.#context = context;
  }

  get account(): string {
    return this.#context.config.accountId;
  }

  async destinations(options: SpCallOptions = {}): Promise<readonly Destination[]> {
    const { payload } = await this.#api.getDestinations({}, callOptions(options));
    return payload ?? [];
  }

  /** @throws NotFoundError */
  async destination(destinationId: string, options: SpCallOptions = {}): Promise<Destination> {
    const { payload } = await this.#api.getDestination({ destinationId }, callOptions(options));
    return payload as Destination;
  }

  /** @throws RemoteError `REMOTE_CONFLICT` when the application has one for this queue, this AWS account or of this name. */
  async createDestination(destination: NewDestination, options: SpCallOptions = {}): Promise<Destination> {
    const resourceSpecification =
      'queueArn' in destination
        ? { sqs: { arn: checkQueueArn(destination.queueArn) } }
        : { eventBridge: { ...destination.eventBridge } };
    const body = { name: destination.name, resourceSpecification };
    const { payload } = await this.#api.createDestination({ body }, callOptions(options));
    return payload as Destination;
  }

  /** Amazon refuses while there are subscriptions to it. @throws NotFoundError, AuthenticationError */
  async deleteDestination(destinationId: string, options: SpCallOptions = {}): Promise<void> {
    await this.#api.deleteDestination({ destinationId }, callOptions(options));
  }

  /** Of one type, in its latest payload version or the one named; undefined when there is none. */
  async subscription(
    notificationType: string,
    options: SpCallOptions & { readonly payloadVersion?: string } = {},
  ): Promise<Subscription | undefined> {
    const { payloadVersion } = options;
    try {
      const params = { notificationType, ...(payloadVersion !== undefined && { payloadVersion }) };
      const { payload } = await this.#api.getSubscription(params, callOptions(options));
      return payload && { ...payload, notificationType };
    } catch (error) {
      if (isErrorOf(error, 'NotFoundError')) return undefined;
      throw error;
    }
  }

  /** All of these types, in all payload versions. */
  subscriptions(types: readonly string[], options: SpCallOptions = {}): Paged<Subscription> {
    return paged(async (cursor) => {
      const nextToken = cursor && decodeCursor<{ nextToken: string }>('subscriptions', cursor).nextToken;
      const { payload } = await this.#api.getSubscriptions(
        { notificationTypes: types, ...(nextToken !== undefined && { nextToken }) },
        callOptions(options),
      );
      const [only] = types;
      const items = (payload?.subscriptions ?? []).map((one) =>
        types.length === 1 && only !== undefined ? { ...one, notificationType: only } : one,
      );
      const next = payload?.nextToken;
      return { items, ...(next && { nextCursor: encodeCursor('subscriptions', { nextToken: next }) }) };
    });
  }

  /** @throws RemoteError `REMOTE_CONFLICT` when the seller has one of this type and payload version for this application. */
  async createSubscription(
    notificationType: string,
    subscription: NewSubscription,
    options: SpCallOptions = {},
  ): Promise<Subscription> {
    const { destinationId, payloadVersion, directive } = subscription;
    const body = { destinationId, payloadVersion, ...(directive && { processingDirective: directive }) };
    const { payload } = await this.#api.createSubscription({ notificationType, body }, callOptions(options));
    return { ...(payload as Subscription), notificationType };
  }

  /** In the application's own name. @throws NotFoundError */
  async subscriptionById(
    notificationType: string,
    subscriptionId: string,
    options: SpCallOptions = {},
  ): Promise<Subscription> {
    const params = { notificationType, subscriptionId };
    const { payload } = await this.#api.getSubscriptionById(params, callOptions(options));
    return { ...(payload as Subscription), notificationType };
  }

  /** In the application's own name. @throws NotFoundError */
  async deleteSubscription(
    notificationType: string,
    subscriptionId: string,
    options: SpCallOptions = {},
  ): Promise<void> {
    await this.#api.deleteSubscriptionById({ notificationType, subscriptionId }, callOptions(options));
  }

  /**
   * Sees to it that these notifications come to these places, and tells what it changed. Idempotent: what fits is kept, so run it as often as
   * you like, also after a crash in the middle.
   * @throws ValidationError that lists every problem at once, before anything is changed.
   */
  setup(setup: NotificationSetup, options: SpCallOptions = {}): Promise<SetupResult> {
    return setUpNotifications(this, setup, options);
  }

  /** Takes this seller's subscriptions to these places back, and the destinations that nobody else uses. Idempotent. */
  teardown(setup: Partial<NotificationSetup>, options: SpCallOptions = {}): Promise<TeardownResult> {
    return tearDownNotifications(this, setup, options);
  }

  get #api() {
    return this.#context.api('notifications');
  }
}
