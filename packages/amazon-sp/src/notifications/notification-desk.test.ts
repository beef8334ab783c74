import {
  accountId,
  type JsonValue,
  type KeyValueStore,
  ManualClock,
  marketplaceId,
  sellerId,
} from '@fluxori/core';
import type { AddOptions } from '@fluxori/queue';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Document, freshExample } from '../../testing/notification-examples.js';
import { NotificationDesk } from './notification-desk.js';
import type { NotificationDeskOptions } from './notification-desk-options.js';

const us = marketplaceId('ATVPDKIKX0DER');
const mexico = marketplaceId('A1AM78C64UM0Y8');
/** The seller of Amazon's examples. */
const seller = sellerId('A3TH9S8BH6GOGM');

let added: (AddOptions & { name: string })[];
let woken: string[];
let stored: Map<string, JsonValue>;
let clock: ManualClock;

beforeEach(() => {
  added = [];
  woken = [];
  stored = new Map();
  clock = new ManualClock(Date.parse('2026-11-21T08:00:00Z'));
});

const keyValues: KeyValueStore = {
  get: async (key) => stored.get(key),
  set: async (key, value) => void stored.set(key, JSON.parse(JSON.stringify(value)) as JsonValue),
  delete: async (key) => void stored.delete(key),
  keys: async (prefix) => [...stored.keys()].filter((key) => key.startsWith(prefix)).sort(),
};

const account = (name: string, ...marketplaceIds: (typeof us)[]) => ({
  ...{ accountId: accountId(name), sellerId: seller, marketplaceIds },
});

function desk(options: Partial<NotificationDeskOptions> = {}): NotificationDesk {
  return new NotificationDesk({
    queues: {
      add: async (name, job) => {
        added.push({ name, ...job });
        return { jobId: 'orders-1', deduplicated: false };
      },
      wake: async (name, key) => {
        woken.push(`${name} ${key}`);
        return true;
      },
    },
    accounts: () => [account('acme-us', us), account('acme-mx', mexico), account('acme-all', us, mexico)],
    ...{ keyValues, clock },
    ...options,
  });
}

const message = (document: unknown, receives = 1) => ({
  ...{ messageId: 'message-1', body: JSON.stringify(document), receives },
});
const outcomes = async (at: NotificationDesk, ...messages: ReturnType<typeof message>[]) =>
  (await at.handle(messages)).map(({ outcome }) => outcome);

describe('accounts of one seller', () => {
  it('each that has the marketplace gets its job, named after the notification', async () => {
    const document = freshExample('ORDER_CHANGE');
    expect(await outcomes(desk(), message(document))).toEqual(['done']);
    const id = (document.NotificationMetadata as Document).NotificationId as string;
    expect(added).toMatchObject(
      ['acme-us', 'acme-all'].map((name) => ({
        ...{ name: 'orders.import', accountId: name, priority: 'critical' },
        once: { key: `ORDER_CHANGE ${id}`, at: new Date('2020-07-13T19:42:04.284Z') },
      })),
    );
  });

  it('stock in several marketplaces is asked for where the account is', async () => {
    const document = freshExample('FBA_INVENTORY_AVAILABILITY_CHANGES');
    expect(await outcomes(desk(), message(document))).toEqual(['done']);
    expect(added.map((job) => [job.accountId, (job.payload as Document).marketplaceIds])).toEqual([
      ['acme-us', [us]],
      ['acme-all', [us]],
    ]);
  });

  it('all are woken: whose report it is, its job knows', async () => {
    await outcomes(desk(), message(freshExample('REPORT_PROCESSING_FINISHED')));
    expect(woken).toEqual(['acme-us', 'acme-mx', 'acme-all'].map((name) => `${name} report:54517018502`));
  });

  it('what is of a marketplace that no account has is ignored', async () => {
    const only = desk({ accounts: () => [account('acme-mx', mexico)] });
    expect(await outcomes(only, message(freshExample('ORDER_CHANGE')))).toEqual(['ignored']);
    expect(added).toEqual([]);
  });
});

describe('copies', () => {
  it('in one batch and later are done once', async () => {
    const copy = message(freshExample('ORDER_CHANGE'));
    const at = desk({ accounts: () => [account('acme-us', us)] });
    expect(await outcomes(at, copy, copy, copy)).toEqual(['done', 'duplicate', 'duplicate']);
    expect(await outcomes(at, copy)).toEqual(['duplicate']);
    expect(await outcomes(desk(), copy)).toEqual(['duplicate']);
    expect(added).toHaveLength(1);
  });

  it('of one that could not be done come again, too', async () => {
    const copy = message(freshExample('ORDER_CHANGE'));
    const broken = desk({
      queues: { add: () => Promise.reject(new Error('the buyer lives at …')), wake: async () => true },
    });
    expect(await outcomes(broken, copy, copy)).toEqual(['postponed', 'postponed']);
    expect(await outcomes(desk(), copy)).toEqual(['done']);
  });
});

describe('types for which nothing is done', () => {
  it('are ignored, and told to whoever wants them', async () => {
    const offer = message(freshExample('ANY_OFFER_CHANGED'));
    expect(await outcomes(desk(), offer)).toEqual(['ignored']);
    const seen: string[] = [];
    const listening = desk({
      onNotification: async ({ type }, { accountIds }) => void seen.push(`${type} ${accountIds.join()}`),
    });
    const another = message(freshExample('ANY_OFFER_CHANGED'));
    expect(await outcomes(listening, another, message(freshExample('BRANDED_ITEM_CONTENT_CHANGE')))).toEqual([
      'done',
      'done',
    ]);
    expect(seen).toEqual(['ANY_OFFER_CHANGED acme-us,acme-mx,acme-all', 'BRANDED_ITEM_CONTENT_CHANGE ']);
  });

  it('that nobody knows are put aside, unless somebody wants them', async () => {
    const unknown = message({ ...freshExample('ORDER_CHANGE'), NotificationType: 'SOMETHING_NEW' });
    const at = desk();
    expect(await outcomes(at, unknown)).toEqual(['dead']);
    expect(await at.dead.list()).toMatchObject([
      { reason: 'unknown-type', type: 'SOMETHING_NEW', at: new Date(clock.now()) },
    ]);
    expect(await outcomes(desk({ onNotification: async () => {} }), unknown)).toEqual(['done']);
  });
});

describe('what fails', () => {
  it('is put aside after its last try, without a word of what it threw', async () => {
    const at = desk({
      onNotification: () => Promise.reject(new TypeError('the buyer lives at …')),
      mostReceives: 3,
    });
    const failing = (receives: number) => message(freshExample('PRODUCT_TYPE_DEFINITIONS_CHANGE'), receives);
    expect([await outcomes(at, failing(2)), await outcomes(at, failing(3))]).toEqual([
      ['postponed'],
      ['dead'],
    ]);
    expect(await at.dead.list()).toMatchObject([
      { reason: 'failing', explanation: 'TypeError', receives: 3 },
    ]);
  });

  it('stays in the queue when it cannot even be put aside', async () => {
    const at = desk({ secureKeyValues: { ...keyValues, set: () => Promise.reject(new Error('full')) } });
    expect(await outcomes(at, { messageId: 'm', body: '{', receives: 1 })).toEqual(['postponed']);
  });

  it('is one entry, however often the same message comes', async () => {
    const at = desk();
    const broken = { messageId: 'm', body: '{', receives: 1 };
    await outcomes(at, broken, broken);
    await outcomes(at, { ...broken, receives: 4 });
    expect(await at.dead.list()).toMatchObject([{ receives: 4 }]);
  });
});
