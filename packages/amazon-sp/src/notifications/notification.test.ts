import { describe, expect, it } from '@jest/globals';
import {
  type Document,
  notificationExample,
  notificationExamples,
} from '../../testing/notification-examples.js';
import { readNotification } from './notification.js';
import { effectOf, sellerIdOf } from './notification-effects.js';
import { NotificationSchemas } from './notification-schemas.js';
import { notificationType } from './notification-types.js';

const schemas = new NotificationSchemas();
const read = (document: unknown) => readNotification(JSON.stringify(document));
const check = (document: unknown) => schemas.check(read(document));

/** What is thrown for it, as reason and words. */
function faultOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('reading a notification', () => {
  it.each(notificationExamples)('reads and lets through Amazon’s own example of %s', (type, document) => {
    const notification = read(document);
    expect(notification).toMatchObject({ type, via: 'sqs' });
    expect(notification.id).not.toBe('');
    expect(notificationType(notification.type)?.payloadVersions).toContain(notification.payloadVersion);
    expect(faultOf(() => schemas.check(notification))).toBeUndefined();
  });

  it('reads all types that Amazon has an example of', () => {
    expect(notificationExamples.length).toBeGreaterThanOrEqual(20);
  });

  it('reads both casings to the same', () => {
    const pascal = read(notificationExample('ORDER_CHANGE'));
    expect(pascal).toMatchObject({
      id: 'd0e9e693-c3ad-4373-979f-ed4ec98dd746',
      payloadVersion: '1.0',
      publishedAt: new Date('2020-07-13T19:42:04.284Z'),
      subscriptionId: 'subscription-id-d0e9e693-c3ad-4373-979f-ed4ec98dd746',
    });
    const camel = read(notificationExample('FEED_PROCESSING_FINISHED'));
    expect(camel).toMatchObject({ payloadVersion: '2020-09-04', subscriptionId: expect.any(String) });
  });

  it('takes the document out of an event of EventBridge', () => {
    const detail = notificationExample('LISTINGS_ITEM_STATUS_CHANGE');
    const notification = read({
      ...{
        version: '0',
        id: 'an-event',
        'detail-type': 'LISTINGS_ITEM_STATUS_CHANGE',
        account: '123456789012',
      },
      ...{ source: 'aws.partner/sellingpartnerapi.amazon.com/x', resources: [], detail },
    });
    expect(notification).toEqual({ ...read(detail), via: 'eventBridge' });
  });

  it('knows copies of a document that has no id', () => {
    const { NotificationMetadata: _, ...rest } = notificationExample('ORDER_CHANGE');
    expect(read(rest).id).toMatch(/^[0-9a-f]{32}$/);
    expect(read(rest).id).toBe(read(structuredClone(rest)).id);
    expect(read({ ...rest, EventTime: '2020-01-11T00:09:53.110Z' }).id).not.toBe(read(rest).id);
  });

  it.each([
    ['no JSON', 'oops', /not JSON/],
    ['a list', '[]', /no notification/],
    ['another kind of message', '{"Records":[]}', /notificationType/],
    ['no payload', '{"NotificationType":"ORDER_CHANGE"}', /payload/],
  ])('says what is wrong with %s', (_what, body, words) => {
    expect(faultOf(() => readNotification(body))).toMatchObject({
      reason: 'unreadable',
      message: expect.stringMatching(words),
    });
  });
});

describe('checking a notification', () => {
  const change = (edit: (order: Document) => void) => {
    const document = notificationExample('ORDER_CHANGE');
    edit((document.Payload as Document).OrderChangeNotification as Document);
    return document;
  };

  it('names what is missing or of the wrong kind, and no value', () => {
    const wrong = change((order) => {
      delete order.AmazonOrderId;
      (order.Summary as Document).NumberOfItemsShipped = 'buyer@example.com';
    });
    const fault = faultOf(() => check(wrong)) as Error;
    expect(fault).toMatchObject({ reason: 'schema' });
    expect(fault.message).toContain('/Payload/OrderChangeNotification/AmazonOrderId is missing');
    expect(fault.message).toContain('Summary/NumberOfItemsShipped must be');
    expect(fault.message).not.toContain('buyer@example.com');
  });

  it('lets through what Amazon adds: members, values of enumerations, other ways to write a time', () => {
    const newer = change((order) => {
      order.OrderChangeType = 'DeliveryTipChange';
      order.Mood = { of: 'the buyer' };
    });
    expect(faultOf(() => check({ ...newer, EventTime: '2026-11-21 08:00', Extra: 1 }))).toBeUndefined();
  });

  it('checks the payload version that it is of', () => {
    const old = notificationExample('LISTINGS_ITEM_ISSUES_CHANGE', '1.0');
    const payload = old.Payload as Document;
    delete payload.Severities;
    expect(faultOf(() => check(old))).toMatchObject({ reason: 'schema' });
    const unknown = { ...old, PayloadVersion: '2031-01-01' };
    expect(faultOf(() => check(unknown))).toBeUndefined();
  });

  it('checks the type whose schema Amazon misspelt', () => {
    const document = { ...notificationExample('ORDER_CHANGE'), NotificationType: 'B2B_ANY_OFFER_CHANGED' };
    expect(faultOf(() => check(document))).toMatchObject({ reason: 'schema' });
  });
});

describe('what a notification is for', () => {
  const effect = (document: Document) => {
    const { type, payload } = read(document);
    return effectOf(type, payload);
  };

  it.each([
    ['REPORT_PROCESSING_FINISHED', 'report:54517018502'],
    ['FEED_PROCESSING_FINISHED', 'feed:53347018456'],
    ['DATA_KIOSK_QUERY_PROCESSING_FINISHED', 'query:54517018502'],
  ] as const)('%s wakes the job that is parked for it', (type, key) => {
    expect(effect(notificationExample(type))).toEqual({ kind: 'wake', key });
  });

  it('an order that changed is imported before anything else', () => {
    const found = effect(notificationExample('ORDER_CHANGE'));
    expect(found).toMatchObject({
      job: 'orders.import',
      priority: 'critical',
      marketplaceIds: ['ATVPDKIKX0DER'],
    });
    expect(found?.kind === 'job' && found.payload([])).toEqual({ orderIds: ['903-8868176-2219830'] });
  });

  it.each([
    ['LISTINGS_ITEM_STATUS_CHANGE', 'listings.refresh', ['ATVPDKIKX0DER']],
    ['LISTINGS_ITEM_ISSUES_CHANGE', 'listings.refresh', ['ATVPDKIKX0DER']],
    ['LISTINGS_ITEM_MFN_QUANTITY_CHANGE', 'listings.refresh', undefined],
    ['FBA_INVENTORY_AVAILABILITY_CHANGES', 'inventory.refresh', ['ATVPDKIKX0DER', 'A2EUQ1WTGCTBG2']],
  ] as const)('%s brings the SKU up to date', (type, job, marketplaceIds) => {
    const found = effect(notificationExample(type));
    expect(found).toMatchObject({ kind: 'job', job, priority: 'high' });
    expect(found?.kind === 'job' && found.marketplaceIds).toEqual(marketplaceIds);
    expect(found?.kind === 'job' && found.payload(['ATVPDKIKX0DER'])).toEqual({
      skus: [expect.any(String)],
      marketplaceIds: ['ATVPDKIKX0DER'],
    });
  });

  it('nothing is done by itself for the others', () => {
    expect(effect(notificationExample('ANY_OFFER_CHANGED'))).toBeUndefined();
  });

  it.each([
    ['ORDER_CHANGE', 'A3TH9S8BH6GOGM'],
    ['DATA_KIOSK_QUERY_PROCESSING_FINISHED', 'A21CXK3C4ERTY8'],
    ['REPORT_PROCESSING_FINISHED', 'A3TH9S8BH6GOGM'],
    ['ANY_OFFER_CHANGED', 'A3TH9S8BH6GOGM'],
    ['BRANDED_ITEM_CONTENT_CHANGE', undefined],
  ] as const)('%s says whose it is, if it does', (type, sellerId) => {
    expect(sellerIdOf(read(notificationExample(type)).payload)).toBe(sellerId);
  });

  it('a vendor group is no seller', () => {
    expect(sellerIdOf({ accountId: 'amzn1.vg.6213651', sellerId: null })).toBeUndefined();
  });
});
