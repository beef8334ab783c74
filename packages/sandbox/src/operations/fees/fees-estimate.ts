import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { checkSellerAccess } from '../../checks/seller-access.js';
import { implement, type OperationCall } from '../../operation/implementation.js';

type Result = ResponseOf<'productFees', 'v0', 'getMyFeesEstimates'>[number];

const money = z.object({ CurrencyCode: z.string(), Amount: z.number().min(0) });
const estimate = z.object({
  MarketplaceId: z.string(),
  IsAmazonFulfilled: z.boolean().optional(),
  PriceToEstimateFees: z.object({ ListingPrice: money, Shipping: money.optional() }),
  Identifier: z.string(),
});
const single = z.object({ FeesEstimateRequest: estimate });
const many = z
  .array(
    z.object({ IdType: z.enum(['ASIN', 'SellerSKU']), IdValue: z.string(), FeesEstimateRequest: estimate }),
  )
  .min(1)
  .max(20);

/** Not Amazon's schedule: a plausible share of the price, and a flat fee for what Amazon ships. */
const referralPercent = 15;
const fulfilmentFee = 42;

export const getMyFeesEstimateForSKU = implement('productFees', 'v0', 'getMyFeesEstimateForSKU', (call) => {
  const { FeesEstimateRequest: asked } = readBody(single, call.params.body);
  return { payload: { FeesEstimateResult: resultOf(call, 'SellerSKU', call.params.SellerSKU, asked) } };
});

export const getMyFeesEstimateForASIN = implement('productFees', 'v0', 'getMyFeesEstimateForASIN', (call) => {
  const { FeesEstimateRequest: asked } = readBody(single, call.params.body);
  return { payload: { FeesEstimateResult: resultOf(call, 'ASIN', call.params.Asin, asked) } };
});

export const getMyFeesEstimates = implement('productFees', 'v0', 'getMyFeesEstimates', (call) =>
  readBody(many, call.params.body).map(({ IdType, IdValue, FeesEstimateRequest }) =>
    resultOf(call, IdType, IdValue, FeesEstimateRequest),
  ),
);

function resultOf(
  call: OperationCall<unknown>,
  idType: 'ASIN' | 'SellerSKU',
  idValue: string,
  asked: z.output<typeof estimate>,
): Result {
  checkSellerAccess(call.seller, call.region, asked, undefined);
  const identifier = {
    MarketplaceId: asked.MarketplaceId,
    SellerId: call.seller.sellerId,
    IdType: idType,
    IdValue: idValue,
    IsAmazonFulfilled: asked.IsAmazonFulfilled ?? false,
    SellerInputIdentifier: asked.Identifier,
  };
  const known =
    idType === 'ASIN'
      ? call.world.catalog.byAsin(idValue) !== undefined
      : call.seller.listing(asked.MarketplaceId, idValue) !== undefined;
  if (!known)
    return {
      Status: 'ClientError',
      FeesEstimateIdentifier: identifier,
      Error: {
        Type: 'Sender',
        Code: 'InvalidParameterValue',
        Message: `There is no ${idType} ${idValue}.`,
        Detail: [],
      },
    };
  const { ListingPrice, Shipping } = asked.PriceToEstimateFees;
  const amount = (value: number) => ({
    CurrencyCode: ListingPrice.CurrencyCode,
    Amount: Math.round(value * 100) / 100,
  });
  const referral = amount(((ListingPrice.Amount + (Shipping?.Amount ?? 0)) * referralPercent) / 100);
  const shipping = amount(asked.IsAmazonFulfilled ? fulfilmentFee : 0);
  return {
    Status: 'Success',
    FeesEstimateIdentifier: identifier,
    FeesEstimate: {
      TimeOfFeesEstimation: new Date(call.now()).toISOString(),
      TotalFeesEstimate: amount(referral.Amount + shipping.Amount),
      FeeDetailList: [
        { FeeType: 'ReferralFee', FeeAmount: referral, FinalFee: referral },
        { FeeType: 'FBAFees', FeeAmount: shipping, FinalFee: shipping },
      ],
    },
  };
}
