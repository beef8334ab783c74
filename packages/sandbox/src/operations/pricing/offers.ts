import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { checkSellerAccess } from '../../checks/seller-access.js';
import { invalidInput, Refusal } from '../../http/refusal.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import { type CustomerType, type OffersResult, offersResultOf } from './offers-result.js';
import { subjectOfAsin, subjectOfSku } from './subject.js';

const conditions = ['New', 'Used', 'Collectible', 'Refurbished', 'Club'] as const;

const batch = z.object({
  requests: z
    .array(
      z.object({
        uri: z.string(),
        method: z.literal('GET'),
        MarketplaceId: z.string(),
        ItemCondition: z.enum(conditions),
        CustomerType: z.enum(['Consumer', 'Business']).optional(),
        headers: z.record(z.string(), z.string()).optional(),
      }),
    )
    .min(1)
    .max(20),
});

type Asked = Pick<OperationCall<unknown>, 'world' | 'seller' | 'region' | 'requestId' | 'now'>;

export const getItemOffers = implement('productPricing', 'v0', 'getItemOffers', (call) => ({
  payload: itemOffers(call, call.params.Asin, call.params),
}));

export const getListingOffers = implement('productPricing', 'v0', 'getListingOffers', (call) => ({
  payload: listingOffers(call, call.params.SellerSKU, call.params),
}));

export const getItemOffersBatch = implement('productPricing', 'v0', 'getItemOffersBatch', (call) => ({
  responses: readBody(batch, call.params.body).requests.map(
    ({ uri, MarketplaceId, ItemCondition, CustomerType }) => {
      const Asin = decodeURIComponent(
        /^\/products\/pricing\/v0\/items\/([^/?]+)\/offers$/.exec(uri)?.[1] ?? '',
      );
      const given = { MarketplaceId, ItemCondition, ...(CustomerType === undefined ? {} : { CustomerType }) };
      return {
        ...envelope(call, () => itemOffers(call, fromUri(Asin, uri), given)),
        request: { ...given, Asin },
      };
    },
  ),
}));

export const getListingOffersBatch = implement('productPricing', 'v0', 'getListingOffersBatch', (call) => ({
  responses: readBody(batch, call.params.body).requests.map(
    ({ uri, MarketplaceId, ItemCondition, CustomerType }) => {
      const SellerSKU = decodeURIComponent(
        /^\/products\/pricing\/v0\/listings\/([^/?]+)\/offers$/.exec(uri)?.[1] ?? '',
      );
      const given = { MarketplaceId, ItemCondition, ...(CustomerType === undefined ? {} : { CustomerType }) };
      return {
        ...envelope(call, () => listingOffers(call, fromUri(SellerSKU, uri), given)),
        request: { ...given, SellerSKU },
      };
    },
  ),
}));

/** Where, in which condition and for whom. */
interface Wanted {
  readonly MarketplaceId: string;
  readonly ItemCondition: string;
  readonly CustomerType?: CustomerType;
}

function itemOffers(call: Asked, asin: string, wanted: Wanted): OffersResult {
  const { MarketplaceId, ItemCondition, CustomerType } = wanted;
  checkSellerAccess(call.seller, call.region, { MarketplaceId }, undefined);
  const subject = subjectOfAsin(call.seller, MarketplaceId, asin);
  if (subject === undefined || call.world.catalog.byAsin(asin) === undefined)
    throw invalidInput(`${asin} is an invalid ASIN for marketplace ${MarketplaceId}`);
  return offersResultOf(call.world, call.seller, subject, ItemCondition, false, CustomerType);
}

function listingOffers(call: Asked, sku: string, wanted: Wanted): OffersResult {
  const { MarketplaceId, ItemCondition, CustomerType } = wanted;
  checkSellerAccess(call.seller, call.region, { MarketplaceId }, undefined);
  const subject = subjectOfSku(call.seller, MarketplaceId, sku);
  if (subject === undefined) throw invalidInput(`${sku} is an invalid SKU for marketplace ${MarketplaceId}`);
  return offersResultOf(call.world, call.seller, subject, ItemCondition, true, CustomerType);
}

function fromUri(identifier: string, uri: string): string {
  if (identifier === '') throw invalidInput('The uri of the request is invalid.', uri);
  return identifier;
}

/** Each request of a batch has its own status. */
function envelope(
  call: Asked,
  run: () => OffersResult,
): {
  headers: { Date: string; 'x-amzn-RequestId': string };
  status: { statusCode: number; reasonPhrase: string };
  body: { payload?: OffersResult; errors?: { code: string; message: string; details: string }[] };
} {
  const headers = { Date: new Date(call.now()).toUTCString(), 'x-amzn-RequestId': call.requestId };
  try {
    return { headers, status: { statusCode: 200, reasonPhrase: 'OK' }, body: { payload: run() } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const reasonPhrase = error.status === 403 ? 'Forbidden' : 'Bad Request';
    return {
      headers,
      status: { statusCode: error.status, reasonPhrase },
      body: { errors: [...error.errors] },
    };
  }
}
