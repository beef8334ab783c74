import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { checkSellerAccess } from '../../checks/seller-access.js';
import { implement } from '../../operation/implementation.js';
import { iso } from './render-inbound.js';

const prep = z.object({
  marketplaceId: z.string(),
  mskuPrepDetails: z
    .array(z.object({ msku: z.string(), prepCategory: z.string(), prepTypes: z.array(z.string()) }))
    .min(1),
});

const listPrepDetails = implement('fulfillmentInbound', '2024-03-20', 'listPrepDetails', (call) => ({
  mskuPrepDetails: call.params.mskus
    .filter((msku) => call.seller.listing(call.params.marketplaceId, msku) !== undefined)
    .map((msku) => ({
      msku,
      ...(call.desks.inbound.prepOf(call.seller, msku) ?? {
        prepCategory: 'NONE',
        prepTypes: ['ITEM_NO_PREP'],
      }),
    })),
}));

const setPrepDetails = implement('fulfillmentInbound', '2024-03-20', 'setPrepDetails', (call) => {
  const { marketplaceId, mskuPrepDetails } = readBody(prep, call.params.body);
  checkSellerAccess(call.seller, call.region, { marketplaceId }, undefined);
  return call.desks.inbound.begin(call.seller, 'setPrepDetails', () => {
    for (const { msku, prepCategory, prepTypes } of mskuPrepDetails)
      call.desks.inbound.setPrep(call.seller, msku, { prepCategory, prepTypes });
    return [];
  });
});

const labels = z.looseObject({
  marketplaceId: z.string(),
  labelType: z.enum(['STANDARD_FORMAT', 'THERMAL_PRINTING']),
  mskuQuantities: z
    .array(z.object({ msku: z.string(), quantity: z.int().min(1) }))
    .min(1)
    .max(100),
});

/** A link that leads nowhere: the sandbox draws no labels. */
const createMarketplaceItemLabels = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'createMarketplaceItemLabels',
  (call) => {
    readBody(labels, call.params.body);
    return {
      documentDownloads: [
        {
          downloadType: 'URL',
          uri: `https://labels.invalid/${call.requestId}.pdf`,
          expiration: iso(call.now() + 3_600_000),
        },
      ],
    };
  },
);

export const inboundItemOperations = [listPrepDetails, setPrepDetails, createMarketplaceItemLabels];
