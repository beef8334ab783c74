import { findOperation, type OperationDescriptor, operations } from '@fluxori/amazon-sp-models';
import { describe, expect, it } from '@jest/globals';
import { usagePlans } from './usage-plans.js';

const subject = { clientId: 'app-1', sellerId: 'A2EXAMPLE', accountId: 'acme-za', region: 'eu' as const };
const production = { environment: 'production' as const, overrides: {} };

function operation(api: string, operationId: string, version?: string): OperationDescriptor {
  return findOperation(api, operationId, version) as OperationDescriptor;
}

describe('the limits of a call', () => {
  it('are the published plan of application and seller', () => {
    expect(usagePlans(operation('orders', 'searchOrders'), subject, production)).toEqual([
      {
        key: 'sp-api/app-1/A2EXAMPLE/eu/orders@2026-01-01.searchOrders',
        label: 'orders.searchOrders@acme-za',
        ratePerSecond: 0.0056,
        burst: 20,
        source: 'published',
        observable: true,
      },
    ]);
  });

  it('keep apart sellers, regions, applications, versions', () => {
    const key = (changes: Partial<typeof subject>, version?: string) =>
      usagePlans(
        operation('orders', 'getOrder', version),
        { ...subject, ...changes } as typeof subject,
        production,
      )[0]?.key;
    const all = [
      key({}),
      key({ sellerId: 'other' }),
      key({ region: 'na' as 'eu' }),
      key({ clientId: 'app-2' }),
      key({}, 'v0'),
    ];
    expect(new Set(all).size).toBe(5);
  });

  it('are shared by two accounts of ours with the same seller, as they are at Amazon', () => {
    const [mine] = usagePlans(operation('orders', 'getOrder'), subject, production);
    const [other] = usagePlans(
      operation('orders', 'getOrder'),
      { ...subject, accountId: 'acme-uk' },
      production,
    );
    expect(mine?.key).toBe(other?.key);
  });

  it('hold a second bucket where the application is limited over all sellers', () => {
    const plans = usagePlans(operation('catalogItems', 'getCatalogItem'), subject, production);
    expect(plans).toHaveLength(2);
    expect(plans[1]).toMatchObject({
      key: 'sp-api/app-1/application/catalogItems@2022-04-01.getCatalogItem',
      ratePerSecond: 250,
      burst: 250,
    });
    expect(plans[1]?.observable).toBeUndefined();
  });

  it('have no seller when the operation is grantless', () => {
    const [plan, ...rest] = usagePlans(operation('notifications', 'getDestinations'), subject, production);
    expect(plan?.key).toBe('sp-api/app-1/application/notifications@v1.getDestinations');
    expect(plan?.label).toBe('notifications.getDestinations@application');
    expect(rest).toEqual([]);
  });

  it('are careful for the 70 operations without a published plan', () => {
    const careful = operations.filter((one) => usagePlans(one, subject, production)[0]?.source === 'default');
    expect(careful).toHaveLength(70);
    expect(usagePlans(operation('supplySources', 'getSupplySources'), subject, production)[0]).toMatchObject({
      ratePerSecond: 0.5,
      burst: 1,
    });
  });

  it('are one for all in Amazon’s sandbox', () => {
    const sandbox = { environment: 'sandbox' as const, overrides: {} };
    const all = operations
      .flatMap((one) => usagePlans(one, subject, sandbox))
      .filter(({ key }) => key.includes('A2EXAMPLE'));
    expect(new Set(all.map(({ key }) => key)).size).toBe(1);
    expect(all[0]).toMatchObject({ ratePerSecond: 5, burst: 15 });
  });

  it('are what is configured, the most specific first', () => {
    const overrides = {
      '*': { ratePerSecond: 1, burst: 1 },
      'orders.getOrder': { ratePerSecond: 2, burst: 2 },
      'orders@v0.getOrder': { ratePerSecond: 3, burst: 3 },
    };
    const rate = (api: string, id: string, version?: string) =>
      usagePlans(operation(api, id, version), subject, { environment: 'production', overrides })[0];
    expect(rate('orders', 'getOrder', 'v0')).toMatchObject({ ratePerSecond: 3, source: 'configured' });
    expect(rate('orders', 'getOrder')).toMatchObject({ ratePerSecond: 2 });
    expect(rate('sellers', 'getAccount')).toMatchObject({ ratePerSecond: 1 });
  });
});
