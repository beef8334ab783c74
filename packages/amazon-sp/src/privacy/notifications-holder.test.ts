import { openBackend } from '@fluxori/backend';
import { accountId, orderId } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { DeadNotifications, type WholeDeadNotification } from '../notifications/dead-notifications.js';
import { NotificationsHolder } from './notifications-holder.js';

const account = accountId('acme-za');

describe('Messages that were put aside', () => {
  it('are deleted when they mention the order or the buyer, and others stay', async () => {
    await using backend = await openBackend('memory:');
    const dead = new DeadNotifications(backend.keyValues);
    const put = (messageId: string, body: string) =>
      dead.put({
        ...{ messageId, body, at: new Date(), receives: 5, explanation: 'It is no JSON.' },
        reason: 'unreadable' as WholeDeadNotification['reason'],
      });
    await put('1', '{"AmazonOrderId":"902-1234567-1234567","DestinationPostalCode":"4001"');
    await put('2', '{"buyer":"Naledi.K@example.co.za"');
    const other = await put('3', '{"AmazonOrderId":"902-7654321-7654321"');
    const holder = new NotificationsHolder(dead);
    const orders = [{ accountId: account, orderId: orderId('902-1234567-1234567') }];
    const erasure = { accountIds: [account], orders, buyerEmail: 'naledi.k@example.co.za' };
    expect(await holder.erase({ accountIds: [account], orders: [] })).toMatchObject({
      deleted: { deadNotifications: 0 },
    });
    const part = [{ accountId: account, orderId: orderId('902-1') }];
    expect(await holder.erase({ accountIds: [account], orders: part })).toMatchObject({
      deleted: { deadNotifications: 0 },
    });
    expect(await holder.erase(erasure)).toEqual({ deleted: { deadNotifications: 2 }, remaining: [] });
    expect((await dead.list()).map(({ id }) => id)).toEqual([other]);
    expect(await holder.erase(erasure)).toMatchObject({ deleted: { deadNotifications: 0 } });
  });
});
