import { ValidationError } from '@fluxori/core';
import { checkTexts } from '../pipeline/check-list.js';
import { findMarketplace } from '../regions/marketplaces.js';
import { type DestinationKind, notificationType, notificationTypes } from './notification-types.js';
import type { EventBridgeTarget, ProcessingDirective } from './notifications-client.js';
import { checkQueueArn } from './queue-policy.js';

/** A type that is wanted; as text, in its newest payload version and unfiltered. */
export type WantedType =
  | string
  | {
      readonly type: string;
      /** The newest by default. */
      readonly payloadVersion?: string;
      /** For `ANY_OFFER_CHANGED`: only these marketplaces, by id or country code. */
      readonly marketplaceIds?: readonly string[];
      /** For `ANY_OFFER_CHANGED`: at most one for each product in this time. */
      readonly aggregation?: 'FiveMinutes' | 'TenMinutes';
      /** For `ORDER_CHANGE`. */
      readonly orderChangeTypes?: readonly (
        | 'BuyerRequestedChange'
        | 'DeliveryTipChange'
        | 'OrderStatusChange'
      )[];
      /** Amazon's expression (CEL), instead of the filters above. */
      readonly filterExpression?: string;
    };

export interface NotificationSetup {
  /** A standard queue that lets Amazon in (`amazonQueuePolicy`), for the types that go to SQS. */
  readonly queueArn?: string;
  /** For the types that go to EventBridge. */
  readonly eventBridge?: EventBridgeTarget;
  readonly types: readonly WantedType[];
  /** What new destinations are called; `fluxori` by default. */
  readonly name?: string;
}

/** A subscription as it shall be. */
export interface WantedSubscription {
  readonly type: string;
  readonly kind: DestinationKind;
  readonly payloadVersion: string;
  readonly directive?: ProcessingDirective;
}

/** @throws ValidationError that lists every problem. */
export function wantedSubscriptions(
  setup: NotificationSetup,
  account: string,
): readonly WantedSubscription[] {
  const problems: string[] = [];
  if (setup.queueArn !== undefined) attempt(problems, () => checkQueueArn(setup.queueArn as string));
  if (setup.eventBridge !== undefined && !/^\d{12}$/.test(setup.eventBridge.accountId))
    problems.push('eventBridge.accountId: the twelve digits of an AWS account');
  const wanted = checkWanted(setup.types).map((one) => wantedOf(one, setup, problems));
  if (wanted.length === 0) problems.push('types: name at least one');
  for (const [index, { type, payloadVersion }] of wanted.entries()) {
    const first = wanted.findIndex((one) => one.type === type && one.payloadVersion === payloadVersion);
    if (first < index) problems.push(`${type}: named twice`);
  }
  if (problems.length === 0) return wanted;
  throw new ValidationError(
    `The notifications for ${account} cannot be set up: ${problems.join('; ')}. Nothing was changed.`,
    { account, field: 'types', problems, remedy: 'Correct what is named, and set it up again.' },
  );
}

/** For programs without types. @throws ValidationError */
export function checkWanted(types: readonly WantedType[]): readonly WantedType[] {
  const named = Array.isArray(types)
    ? types.map((one) => (typeof one === 'object' && one !== null ? (one.type as string) : one))
    : types;
  checkTexts(named as readonly string[], 'types');
  return types;
}

function wantedOf(wanted: WantedType, setup: NotificationSetup, problems: string[]): WantedSubscription {
  const order = typeof wanted === 'string' ? { type: wanted } : wanted;
  const facts = notificationType(order.type);
  if (facts === undefined) {
    problems.push(
      `${order.type}: there is no such notification (there are ${Object.keys(notificationTypes).join(', ')})`,
    );
    return { type: order.type, kind: 'sqs', payloadVersion: '' };
  }
  const { destination: kind, payloadVersions } = facts;
  const { payloadVersion = facts.payloadVersion } = order;
  if (!payloadVersions.includes(payloadVersion))
    problems.push(`${order.type}: payload version ${payloadVersion}; there is ${payloadVersions.join(', ')}`);
  if (kind === 'sqs' && setup.queueArn === undefined)
    problems.push(`${order.type}: Amazon delivers it to SQS, and no queueArn is given`);
  if (kind === 'eventBridge' && setup.eventBridge === undefined)
    problems.push(
      `${order.type}: Amazon delivers it to EventBridge only, and no eventBridge is given (a rule there passes it on to the queue)`,
    );
  const directive = directiveOf(order, facts.filter, problems);
  return { type: order.type, kind, payloadVersion, ...(directive && { directive }) };
}

function directiveOf(
  order: Exclude<WantedType, string>,
  filter: string | undefined,
  problems: string[],
): ProcessingDirective | undefined {
  const { marketplaceIds, aggregation, orderChangeTypes, filterExpression, type } = order;
  const filters = { marketplaceIds, aggregation, orderChangeTypes };
  const given = Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (filterExpression !== undefined) {
    if (given.length > 0) problems.push(`${type}: filterExpression excludes ${given.join(', ')}`);
    return { filterExpression };
  }
  if (given.length === 0) return undefined;
  const takes: readonly string[] =
    filter === 'ANY_OFFER_CHANGED'
      ? ['marketplaceIds', 'aggregation']
      : filter === 'ORDER_CHANGE'
        ? ['orderChangeTypes']
        : [];
  const wrong = given.filter((name) => !takes.includes(name));
  if (wrong.length > 0) {
    problems.push(`${type}: it takes no ${wrong.join(', ')}`);
    return undefined;
  }
  const ids = marketplaceIds?.map((name) => {
    const found = findMarketplace(name);
    if (found === undefined) problems.push(`${type}: there is no marketplace ${JSON.stringify(name)}`);
    return found?.id ?? name;
  });
  return {
    eventFilter: {
      eventFilterType: filter as NonNullable<typeof filter>,
      ...(ids && { marketplaceIds: ids }),
      ...(aggregation && { aggregationSettings: { aggregationTimePeriod: aggregation } }),
      ...(orderChangeTypes && { orderChangeTypes: [...orderChangeTypes] }),
    },
  };
}

function attempt(problems: string[], check: () => unknown): void {
  try {
    check();
  } catch (error) {
    problems.push(error instanceof Error ? error.message.replace(/\.$/, '') : 'queueArn: wrong');
  }
}
