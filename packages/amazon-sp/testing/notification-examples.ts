import { randomUUID } from 'node:crypto';
import { Notifications } from '@sp-api-sdk/schemas';
import type { NotificationTypeName } from '../src/index.js';

export type Document = Record<string, unknown>;

interface Schema {
  readonly examples?: readonly unknown[];
}

/** Amazon has no whole example of this type, but one of its payload. */
const fbaInventory = {
  ...{ NotificationVersion: '1.0', NotificationType: 'FBA_INVENTORY_AVAILABILITY_CHANGES' },
  ...{ PayloadVersion: '1.0', EventTime: '2020-07-13T19:42:04.284Z' },
  Payload: Notifications.fbaInventoryAvailabilityChangeNotification.properties.Payload.examples[0],
  NotificationMetadata: {
    ...{ ApplicationId: 'app-id', SubscriptionId: 'subscription-id' },
    ...{ PublishTime: '2020-07-13T19:42:04.284Z', NotificationId: '5a1b4b3e-16a4-4a5e-9d43-3f0c2d0e6f11' },
  },
};

/** Amazon's own examples, from its schemas. */
export const notificationExamples: readonly (readonly [NotificationTypeName, Document])[] = [
  ...Object.values(Notifications as Record<string, Schema>).flatMap(({ examples = [] }) => examples),
  fbaInventory,
].map((example) => {
  const document = example as Document;
  return [(document.NotificationType ?? document.notificationType) as NotificationTypeName, document];
});

/** A fresh copy of Amazon's example, for a test to change. */
export function notificationExample(type: NotificationTypeName, version?: string): Document {
  const found = notificationExamples.find(
    ([name, document]) =>
      name === type &&
      (version === undefined || [document.PayloadVersion, document.payloadVersion].includes(version)),
  );
  if (found === undefined) throw new Error(`There is no example of ${type}.`);
  return structuredClone(found[1]);
}

/** The same with an id of its own: Amazon's examples share theirs. */
export function freshExample(type: NotificationTypeName): Document {
  const document = notificationExample(type);
  const pascal = document.NotificationMetadata as Document | undefined;
  if (pascal !== undefined) pascal.NotificationId = randomUUID();
  else (document.notificationMetadata as Document).notificationId = randomUUID();
  return document;
}
