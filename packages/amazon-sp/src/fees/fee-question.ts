import type { ParamsOf } from '@fluxori/amazon-sp-models';
import { compareMoney, type FulfilledBy, type Money, type Sku, shown, ValidationError } from '@fluxori/core';
import { amountNumber } from '../mapping/amount-number.js';
import type { Marketplace } from '../regions/marketplaces.js';

export type AmazonQuestion = ParamsOf<'productFees', 'v0', 'getMyFeesEstimates'>['body'][number];

/** What would Amazon take? Either `sku` or `productId` (an ASIN) says of what. */
export interface FeeQuestion {
  readonly sku?: Sku;
  readonly productId?: string;
  /** What the buyer would pay for the goods. */
  readonly price: Money;
  /** What the buyer would pay for their shipping. */
  readonly shipping?: Money;
  /** Who would ship. */
  readonly fulfilledBy: FulfilledBy;
  /** Amazon's programme, if it ships: `FBA_CORE` by default. */
  readonly program?: 'FBA_CORE' | 'FBA_SNL' | 'FBA_EFN';
}

/**
 * A question in Amazon's form.
 * @param name - comes back with the answer.
 * @throws ValidationError naming the field, and the position in the list.
 */
export function toAmazonQuestion(
  question: FeeQuestion,
  { marketplace, index, name }: { marketplace: Marketplace; index: number; name: string },
): AmazonQuestion {
  const { sku, productId, price, shipping, fulfilledBy, program } = question;
  const wrong = (field: string, text: string, remedy: string) => {
    const at = `questions[${index}].${field}`;
    return new ValidationError(`${at}: ${text}.`, { field: at, remedy });
  };
  if ((sku === undefined) === (productId === undefined))
    throw wrong('sku', 'either the SKU or the product id is needed, not both', 'Say of what, in one way.');
  const money = (amount: Money, field: string) => {
    if (amount?.currency !== marketplace.currency)
      throw wrong(
        field,
        `${shown(amount?.currency)} is not the currency of ${marketplace.domain}, which is ${marketplace.currency}`,
        `Give the amount in ${marketplace.currency}.`,
      );
    const number = amountNumber(amount, `questions[${index}].${field}`);
    if (compareMoney(amount, { amount: '0', currency: amount.currency }) < 0)
      throw wrong(field, `${shown(amount.amount)} is below zero`, 'Give an amount of zero or more.');
    return { CurrencyCode: amount.currency, Amount: number };
  };
  return {
    IdType: sku === undefined ? 'ASIN' : 'SellerSKU',
    IdValue: sku ?? (productId as string),
    FeesEstimateRequest: {
      MarketplaceId: marketplace.id,
      Identifier: name,
      IsAmazonFulfilled: fulfilledBy === 'marketplace',
      PriceToEstimateFees: {
        ListingPrice: money(price, 'price'),
        ...(shipping && { Shipping: money(shipping, 'shipping') }),
      },
      ...(program && { OptionalFulfillmentProgram: program }),
    },
  };
}
