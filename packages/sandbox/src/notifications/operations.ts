import { z } from 'zod';
import { readBody } from '../checks/body-schema.js';
import { invalidInput, notFound, Refusal } from '../http/refusal.js';
import { implement, implementGrantless } from '../operation/implementation.js';
import type { Destination } from './destinations.js';
import { notificationTypes } from './notification-types.js';
import type { ProcessingDirective, Subscription } from './subscriptions.js';

const text = z.string().min(1);

const destinationRequest = z.object({
  name: text.max(256),
  resourceSpecification: z.object({
    sqs: z.object({ arn: text }).optional(),
    eventBridge: z.object({ region: text, accountId: text }).optional(),
  }),
});

const subscriptionRequest = z.object({
  payloadVersion: text,
  destinationId: text,
  processingDirective: z
    .object({
      eventFilter: z
        .object({
          eventFilterType: z.enum([
            'ANY_OFFER_CHANGED',
            'ORDER_CHANGE',
            'SHIPMENT_TRACKING_MILESTONE_CHANGED',
          ]),
          marketplaceIds: z.array(text).optional(),
          orderChangeTypes: z
            .array(z.enum(['BuyerRequestedChange', 'DeliveryTipChange', 'OrderStatusChange']))
            .optional(),
          aggregationSettings: z
            .object({ aggregationTimePeriod: z.enum(['FiveMinutes', 'TenMinutes']) })
            .optional(),
        })
        .optional(),
      filterExpression: text.max(256).optional(),
    })
    .optional(),
});

export const createDestination = implementGrantless('notifications', 'v1', 'createDestination', (call) => {
  const { name, resourceSpecification } = readBody(destinationRequest, call.params.body);
  const owner = { applicationId: call.application.applicationId, region: call.region };
  return {
    payload: answerOf(
      call.desks.notifications.destinations.create(owner, { name, ...resourceSpecification }),
    ),
  };
});

export const getDestinations = implementGrantless('notifications', 'v1', 'getDestinations', (call) => {
  const owner = { applicationId: call.application.applicationId, region: call.region };
  return { payload: call.desks.notifications.destinations.list(owner).map(answerOf) };
});

export const getDestination = implementGrantless('notifications', 'v1', 'getDestination', (call) => {
  const owner = { applicationId: call.application.applicationId, region: call.region };
  return { payload: answerOf(call.desks.notifications.destinations.get(owner, call.params.destinationId)) };
});

export const deleteDestination = implementGrantless('notifications', 'v1', 'deleteDestination', (call) => {
  const { destinations, subscriptions } = call.desks.notifications;
  const owner = { applicationId: call.application.applicationId, region: call.region };
  destinations.get(owner, call.params.destinationId);
  if (subscriptions.uses(call.params.destinationId))
    throw new Refusal(
      403,
      'Unauthorized',
      'The requested action is forbidden.',
      'Destination has subscriptions',
    );
  destinations.delete(owner, call.params.destinationId);
  return {};
});

export const createSubscription = implement('notifications', 'v1', 'createSubscription', (call) => {
  const { notificationType, body } = call.params;
  const { payloadVersion, destinationId, processingDirective } = readBody(subscriptionRequest, body);
  const { applicationId } = call.application;
  const { region, seller } = call;
  const type = typeOf(notificationType);
  if (!type.payloadVersions.includes(payloadVersion))
    throw invalid(
      `Payload version ${payloadVersion} is not supported for notification type ${notificationType}.`,
    );
  checkDirective(notificationType, processingDirective);
  const destination = call.desks.notifications.destinations.find({ applicationId, region }, destinationId);
  if (destination === undefined)
    throw invalid(`No destination with id '${destinationId}' for applicationId '${applicationId}'`);
  if (destination.resource[type.kind] === undefined)
    throw invalid(`Notification type ${notificationType} is not supported by the type of the destination.`);
  const { sellerId } = seller;
  const wanted = { applicationId, sellerId, region, notificationType, payloadVersion, destinationId };
  const subscription = call.desks.notifications.subscriptions.create({
    ...wanted,
    ...(processingDirective !== undefined && { processingDirective }),
  });
  return { payload: toldOf(subscription) };
});

export const getSubscription = implement('notifications', 'v1', 'getSubscription', (call) => {
  const { notificationType, payloadVersion } = call.params;
  typeOf(notificationType);
  const { applicationId } = call.application;
  const own = call.desks.notifications.subscriptions
    .of({ applicationId, sellerId: call.seller.sellerId, region: call.region })
    .filter((one) => one.notificationType === notificationType)
    .filter((one) => payloadVersion === undefined || one.payloadVersion === payloadVersion)
    .sort((a, b) => (a.payloadVersion < b.payloadVersion ? 1 : -1));
  if (own[0] === undefined)
    throw notFound(
      'The requested resource was not found.',
      `No subscription for notification type ${notificationType}`,
    );
  return { payload: toldOf(own[0]) };
});

const pageLifetimeMs = 3_600_000;

export const getSubscriptions = implement('notifications', 'v1', 'getSubscriptions', (call) => {
  const { notificationTypes: types, payloadVersion, pageSize = 20, nextToken } = call.params;
  const { applicationId } = call.application;
  const { sellerId } = call.seller;
  for (const type of types) typeOf(type);
  const query = JSON.stringify([types, payloadVersion, pageSize]);
  const start =
    nextToken === undefined ? 0 : call.pages.read<number>(sellerId, query, nextToken, 'nextToken');
  const own = call.desks.notifications.subscriptions
    .of({ applicationId, sellerId, region: call.region })
    .filter((one) => types.includes(one.notificationType))
    .filter((one) => payloadVersion === undefined || one.payloadVersion === payloadVersion);
  const end = start + pageSize;
  return {
    payload: {
      subscriptions: own.slice(start, end).map(toldOf),
      ...(end < own.length && { nextToken: call.pages.issue(sellerId, query, end, pageLifetimeMs) }),
    },
  };
});

export const getSubscriptionById = implementGrantless(
  'notifications',
  'v1',
  'getSubscriptionById',
  (call) => {
    const { notificationType, subscriptionId } = call.params;
    const { applicationId } = call.application;
    return {
      payload: toldOf(
        call.desks.notifications.subscriptions.get(applicationId, notificationType, subscriptionId),
      ),
    };
  },
);

export const deleteSubscriptionById = implementGrantless(
  'notifications',
  'v1',
  'deleteSubscriptionById',
  (call) => {
    const { notificationType, subscriptionId } = call.params;
    call.desks.notifications.subscriptions.delete(
      call.application.applicationId,
      notificationType,
      subscriptionId,
    );
    return {};
  },
);

/** All that the notifications API really does here. */
export const notificationOperations = [
  createDestination,
  getDestinations,
  getDestination,
  deleteDestination,
  createSubscription,
  getSubscription,
  getSubscriptions,
  getSubscriptionById,
  deleteSubscriptionById,
];

function typeOf(notificationType: string) {
  const type = Object.hasOwn(notificationTypes, notificationType)
    ? notificationTypes[notificationType]
    : undefined;
  if (type !== undefined) return type;
  throw invalid(`Invalid notification type: ${notificationType}`);
}

function checkDirective(type: string, directive: ProcessingDirective | undefined): void {
  if (directive === undefined) return;
  const { eventFilter, filterExpression } = directive;
  if (eventFilter !== undefined && filterExpression !== undefined)
    throw invalid('eventFilter and filterExpression are mutually exclusive.');
  if (eventFilter !== undefined && eventFilter.eventFilterType !== type)
    throw invalid(
      `Event filter type ${eventFilter.eventFilterType} is not supported for notification type ${type}.`,
    );
  if (eventFilter?.marketplaceIds !== undefined && type === 'ORDER_CHANGE')
    throw invalid('marketplaceIds is not supported by the event filter of ORDER_CHANGE.');
}

/** As Amazon writes it: the kind that it is not is null. */
function answerOf({ name, destinationId, resource }: Destination) {
  return { name, destinationId, resource: { ...resource } };
}

function toldOf({ subscriptionId, payloadVersion, destinationId, processingDirective }: Subscription) {
  return {
    ...{ subscriptionId, payloadVersion, destinationId },
    ...(processingDirective !== undefined && {
      processingDirective: JSON.parse(JSON.stringify(processingDirective)),
    }),
  };
}

function invalid(details: string): Refusal {
  return invalidInput('Invalid Input', details);
}
