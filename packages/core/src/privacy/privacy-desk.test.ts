import { describe, expect, it } from '@jest/globals';
import { accountId, orderId } from '../identity/ids.js';
import type { Erasure, PersonalDataHolder } from './personal-data-holder.js';
import { PrivacyDesk } from './privacy-desk.js';

const account = accountId('acme-za');
const order = { accountId: account, orderId: orderId('902-1234567-1234567') };
const buyerEmail = 'naledi.k@example.co.za';

/** Two places and the records, by which a buyer's orders are found. */
function placesOf() {
  const log: string[] = [];
  const broken = new Set<string>();
  let buyersOrders = [order];
  const place = (name: string): PersonalDataHolder => ({
    name,
    async erase({ orders }: Erasure) {
      if (broken.has(name)) throw new Error(`${name} is away`);
      log.push(`${name} ${orders.length}`);
      if (name === 'records') buyersOrders = [];
      return { deleted: { [name]: orders.length }, remaining: [] };
    },
    sweep: async () => ({ deleted: {}, remaining: [] }),
  });
  const holders = ['documents', 'jobs', 'records'].map(place);
  return { log, broken, desk: new PrivacyDesk({ holders, findOrders: async () => buyersOrders }) };
}

describe('The privacy desk', () => {
  it('finds a buyer’s orders again as long as one of the places has not done its part', async () => {
    const { broken, desk, log } = placesOf();
    broken.add('documents');
    await expect(desk.erase({ buyerEmail }, [account])).rejects.toThrow('documents is away');
    expect(log).toEqual(['jobs 1']);
    broken.clear();
    expect(await desk.erase({ buyerEmail }, [account])).toMatchObject({ orderIds: [order.orderId] });
    expect(log).toEqual(['jobs 1', 'documents 1', 'jobs 1', 'records 1']);
  });

  it('erases an order that is named wherever it can', async () => {
    const { broken, desk, log } = placesOf();
    broken.add('documents');
    await expect(desk.erase({ orderId: order.orderId }, [account])).rejects.toThrow('documents is away');
    expect(log).toEqual(['jobs 1', 'records 1']);
  });
});
