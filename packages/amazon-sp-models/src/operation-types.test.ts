import { describe, expect, it } from '@jest/globals';
import type { FulfillmentStatus, Order } from './generated/models/orders-2026-01-01.js';
import type {
  ApiName,
  DefaultVersionOf,
  Known,
  Open,
  OperationArguments,
  OperationIdOf,
  ParamsOf,
  ResponseOf,
  SpApiOperations,
  VersionOf,
} from './index.js';
import { findOperation } from './index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Fails the type check (`tsc -p tsconfig.tests.json`) unless the type is `true`. */
function holds<Claim extends true>(claim: Claim = true as Claim): void {
  expect(claim).toBe(true);
}

interface CallOptions {
  signal?: AbortSignal;
}
/** The client that a connector makes of the map. */
type Client<Api extends ApiName, Version extends VersionOf<Api> = DefaultVersionOf<Api>> = {
  [Id in OperationIdOf<Api, Version>]: (
    ...args: OperationArguments<ParamsOf<Api, Version, Id>, CallOptions>
  ) => Promise<ResponseOf<Api, Version, Id>>;
};

/** A client that calls nothing and hands its arguments back, so that the calls below can run. */
function echo<Api extends ApiName, Version extends VersionOf<Api> = DefaultVersionOf<Api>>(): Client<
  Api,
  Version
> {
  return new Proxy(
    {},
    {
      get:
        () =>
        (...args: unknown[]) =>
          Promise.resolve(args),
    },
  ) as Client<Api, Version>;
}

describe('the types', () => {
  it('know versions and the default version of an API', () => {
    holds<Equal<VersionOf<'orders'>, '2026-01-01' | 'v0'>>();
    holds<Equal<DefaultVersionOf<'orders'>, '2026-01-01'>>();
    holds<Equal<DefaultVersionOf<'shipping'>, 'v2'>>();
    holds<Equal<OperationIdOf<'orders', '2026-01-01'>, 'searchOrders' | 'getOrder'>>();
    holds<
      Equal<
        SpApiOperations['orders']['2026-01-01']['searchOrders']['params'],
        ParamsOf<'orders', '2026-01-01', 'searchOrders'>
      >
    >();
  });

  it('have a default version that exists for every API', () => {
    holds<
      Equal<{ [Api in ApiName]: DefaultVersionOf<Api> extends VersionOf<Api> ? true : Api }[ApiName], true>
    >();
    holds<Equal<{ [Api in ApiName]: [DefaultVersionOf<Api>] extends [never] ? Api : true }[ApiName], true>>();
  });

  it('have parameters and an answer for every operation of every version', () => {
    type Broken = {
      [Api in ApiName]: {
        [Version in VersionOf<Api>]: {
          [Id in OperationIdOf<Api, Version>]: [ParamsOf<Api, Version, Id>] extends [never]
            ? [Api, Id]
            : never;
        }[OperationIdOf<Api, Version>];
      }[VersionOf<Api>];
    }[ApiName];
    holds<Equal<Broken, never>>();
    holds<Equal<ResponseOf<'feeds', '2021-06-30', 'cancelFeed'>, undefined>>();
  });

  it('let a call go without parameters only where all are optional', async () => {
    await echo<'sellers'>().getMarketplaceParticipations();
    await echo<'orders'>().searchOrders();
    await echo<'orders'>().searchOrders({}, { signal: AbortSignal.timeout(1) });
    // @ts-expect-error orderId is required
    await echo<'orders'>().getOrder();
    // @ts-expect-error orderId is required
    await echo<'orders'>().getOrder({ includedData: ['BUYER'] });
    // @ts-expect-error there is no such operation in this version
    expect(echo<'orders'>().confirmShipment).toBeDefined();
    expect(echo<'orders', 'v0'>().confirmShipment).toBeDefined();
  });

  it('refuse unknown parameters and unknown values of what is sent', async () => {
    // @ts-expect-error the operation takes no parameters
    await echo<'sellers'>().getMarketplaceParticipations({ marketplaceIds: ['AE08WJ6YKNBMC'] });
    // @ts-expect-error the parameter is called marketplaceIds
    await echo<'orders'>().searchOrders({ MarketplaceIds: ['AE08WJ6YKNBMC'] });
    // @ts-expect-error not a fulfilment status
    await echo<'orders'>().searchOrders({ fulfillmentStatuses: ['Shipped'] });
    const frozen = ['AE08WJ6YKNBMC'] as const;
    await echo<'orders'>().searchOrders({ marketplaceIds: frozen, fulfillmentStatuses: ['SHIPPED'] });
  });

  it('put the JSON body beside the other parameters', () => {
    type Params = ParamsOf<'listingsItems', '2021-08-01', 'patchListingsItem'>;
    const params = {
      sellerId: 'A1',
      sku: 'SKU 1',
      marketplaceIds: ['AE08WJ6YKNBMC'],
      body: {
        productType: 'PRODUCT',
        patches: [{ op: 'replace', path: '/attributes/x', value: [{ value: 1 }] }],
      },
    } satisfies Params;
    expect(params.body.patches).toHaveLength(1);
    holds<Equal<Params['body']['patches'][number]['op'], 'add' | 'replace' | 'merge' | 'delete'>>();
  });

  it('keep the enumerations of answers open, and can name the known values', () => {
    const added: FulfillmentStatus = 'A_STATUS_OF_NEXT_YEAR';
    expect(added).toBeDefined();
    holds<Equal<Known<Open<'A' | 'B'>>, 'A' | 'B'>>();
    const known: Record<Known<FulfillmentStatus>, true> = {
      PENDING_AVAILABILITY: true,
      PENDING: true,
      UNSHIPPED: true,
      PARTIALLY_SHIPPED: true,
      SHIPPED: true,
      CANCELLED: true,
      UNFULFILLABLE: true,
    };
    const parameter = findOperation('orders', 'searchOrders')?.parameters.find(
      ({ name }) => name === 'fulfillmentStatuses',
    );
    expect(parameter?.items?.enum).toEqual(Object.keys(known));
  });

  it('name the schemas of each model', () => {
    type Found = NonNullable<ResponseOf<'orders', '2026-01-01', 'searchOrders'>['orders']>[number];
    holds<Equal<Found, Order>>();
  });
});
