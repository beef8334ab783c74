import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { implement, type OperationCall } from '../../operation/implementation.js';
import { Prng } from '../../random/prng.js';
import type { CatalogProduct } from '../../world/catalog.js';
import { findMarketplace } from '../../world/marketplaces.js';

type Restriction = ResponseOf<
  'listingsRestrictions',
  '2021-08-01',
  'getListingsRestrictions'
>['restrictions'][number];
type Condition = NonNullable<Restriction['conditionType']>;

/** Of all that Amazon knows; enough to tell new from used. */
const conditions: readonly Condition[] = ['new_new', 'used_like_new', 'used_good', 'used_acceptable'];

/**
 * Some brands want approval; whoever lists the product already has it. Food is sold new only. Which brands they are is invented,
 * and the same for one seed.
 */
export const getListingsRestrictions = implement(
  'listingsRestrictions',
  '2021-08-01',
  'getListingsRestrictions',
  (call) => {
    const { asin, conditionType, marketplaceIds } = call.params;
    const product = call.world.catalog.byAsin(asin);
    const asked = conditionType === undefined ? conditions : [conditionType as Condition];
    return {
      restrictions: marketplaceIds.flatMap((marketplaceId) =>
        product === undefined
          ? [unknown(marketplaceId, asin)]
          : asked.flatMap((condition) => restrictionOf(call, product, marketplaceId, condition)),
      ),
    };
  },
);

function unknown(marketplaceId: string, asin: string): Restriction {
  const message = `${asin} does not exist in this marketplace.`;
  return { marketplaceId, reasons: [{ reasonCode: 'ASIN_NOT_FOUND', message }] };
}

function restrictionOf(
  { seller, world }: OperationCall<unknown>,
  product: CatalogProduct,
  marketplaceId: string,
  conditionType: Condition,
): Restriction[] {
  const listed = [...seller.listings(marketplaceId).values()].some(({ asin }) => asin === product.asin);
  if (conditionType !== 'new_new' && product.line.category === 'Grocery') {
    const message = 'You cannot list this product in this condition.';
    return [{ marketplaceId, conditionType, reasons: [{ reasonCode: 'NOT_ELIGIBLE', message }] }];
  }
  if (listed || !Prng.of(world.seed, 'gated', product.brand).chance(0.3)) return [];
  const host = (findMarketplace(marketplaceId)?.name ?? 'amazon.com').toLowerCase();
  const link = {
    resource: `https://sellercentral.${host}/hz/approvalrequest/restrictions/approve?asin=${product.asin}`,
    verb: 'GET' as const,
    title: 'Request Approval via Seller Central.',
    type: 'text/html',
  };
  const message = `You need approval to list the brand ${product.brand}.`;
  return [
    {
      ...{ marketplaceId, conditionType },
      reasons: [{ reasonCode: 'APPROVAL_REQUIRED', message, links: [link] }],
    },
  ];
}
