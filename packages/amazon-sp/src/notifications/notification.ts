import { createHash } from 'node:crypto';
import { z } from 'zod';
import { NotificationFault } from './notification-fault.js';

/** What Amazon told, out of its envelope. */
export interface Notification {
  /** The same for each copy of it. */
  readonly id: string;
  /** e.g. `ORDER_CHANGE`. */
  readonly type: string;
  readonly payloadVersion: string;
  readonly eventTime?: Date;
  readonly publishedAt?: Date;
  readonly applicationId?: string;
  readonly subscriptionId?: string;
  /** In Amazon's own casing, which differs from type to type. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** The whole document as Amazon wrote it, without what EventBridge puts round it. */
  readonly document: Readonly<Record<string, unknown>>;
  /** `eventBridge`: a rule put it into the queue. */
  readonly via: 'sqs' | 'eventBridge';
}

const text = z.string().min(1);
const object = z.record(z.string(), z.unknown());

const event = z.looseObject({ 'detail-type': z.string(), detail: object });

const envelope = z.looseObject({
  notificationType: text,
  payloadVersion: text.default('1.0'),
  eventTime: z.string().nullish(),
  payload: object,
  notificationMetadata: z
    .looseObject({
      notificationId: text.nullish(),
      publishTime: z.string().nullish(),
      applicationId: z.string().nullish(),
      subscriptionId: z.string().nullish(),
    })
    .nullish(),
});

/**
 * Reads a message's body: Amazon's document, or EventBridge's event with the document in its `detail`. Older types begin their names with a
 * capital, newer ones do not.
 * @throws NotificationFault `unreadable`
 */
export function readNotification(body: string): Notification {
  const outer = parsed(body);
  const wrapped = event.safeParse(outer);
  const document = wrapped.success ? wrapped.data.detail : outer;
  const read = envelope.safeParse(uncapitalised(document, 2));
  if (!read.success) throw unreadable(read.error);
  const { notificationType, payloadVersion, eventTime, payload, notificationMetadata } = read.data;
  const { notificationId, publishTime, applicationId, subscriptionId } = notificationMetadata ?? {};
  return {
    id: notificationId ?? digestOf(document),
    type: notificationType,
    payloadVersion,
    ...timed('eventTime', eventTime),
    ...timed('publishedAt', publishTime),
    ...(applicationId && { applicationId }),
    ...(subscriptionId && { subscriptionId }),
    payload,
    document: document as Record<string, unknown>,
    via: wrapped.success ? 'eventBridge' : 'sqs',
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new NotificationFault('unreadable', 'The message is not JSON.');
  }
}

function unreadable(error: z.ZodError): NotificationFault {
  const problems = error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
  return new NotificationFault('unreadable', `The message is no notification: ${problems.join('; ')}.`);
}

/** The names of an object's members with a small first letter, so many levels deep; the payload stays as it is. */
function uncapitalised(value: unknown, levels: number): unknown {
  if (levels === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const small = name.slice(0, 1).toLowerCase() + name.slice(1);
      return [small, small === 'payload' ? inner : uncapitalised(inner, levels - 1)];
    }),
  );
}

/** For a document without an id of its own: copies of it are the same, letter by letter. */
function digestOf(document: unknown): string {
  return createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 32);
}

function timed<Name extends string>(name: Name, written: string | null | undefined) {
  const date = new Date(written ?? Number.NaN);
  return (Number.isNaN(date.getTime()) ? {} : { [name]: date }) as { readonly [key in Name]?: Date };
}
