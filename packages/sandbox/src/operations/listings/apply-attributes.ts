import { z } from 'zod';
import type { Listing } from '../../world/listing.js';
import { marketplaceOfRecord } from '../money.js';
import { amazonChannelOf } from './attributes.js';
import { type Issue, invalidAttribute } from './issues.js';

const money = z.number().positive('must be above zero').max(9_999_999);

const offers = z
  .array(
    z.looseObject({
      marketplace_id: z.string().optional(),
      currency: z.string().optional(),
      audience: z.string().optional(),
      our_price: z
        .array(z.looseObject({ schedule: z.array(z.looseObject({ value_with_tax: money })).min(1) }))
        .min(1)
        .optional(),
    }),
  )
  .min(1);

const availability = z
  .array(
    z.looseObject({
      fulfillment_channel_code: z.string(),
      quantity: z.int('must be a whole number').min(0, 'must not be negative').max(100_000_000).optional(),
    }),
  )
  .min(1);

const names = z.array(z.looseObject({ value: z.string().min(1).max(500) })).min(1);

/** Changes that are known to be good, to be made in one go or not at all. */
export interface AttributeChanges {
  readonly issues: readonly Issue[];
  readonly apply: (listing: Listing) => void;
}

/** Checks the new value of one attribute for a listing, and says what it would change. */
export function changeOf(listing: Listing, name: string, value: unknown): AttributeChanges {
  switch (name) {
    case 'purchasable_offer':
      return changeOffer(listing, value);
    case 'fulfillment_availability':
      return changeAvailability(listing, value);
    case 'item_name':
      return changeName(value);
    default:
      return {
        issues: Array.isArray(value) ? [] : [invalidAttribute(name, 'must be an array')],
        apply: (target) => {
          target.attributes[name] = value;
        },
      };
  }
}

function changeOffer(listing: Listing, value: unknown): AttributeChanges {
  const name = 'purchasable_offer';
  const checked = offers.safeParse(value);
  if (!checked.success) return refused(name, checked.error);
  const { currency } = marketplaceOfRecord(listing);
  const own = checked.data.filter(
    (offer) =>
      (offer.marketplace_id ?? listing.marketplaceId) === listing.marketplaceId &&
      (offer.audience ?? 'ALL') === 'ALL',
  );
  const wrong = own.find((offer) => offer.currency !== undefined && offer.currency !== currency);
  if (wrong !== undefined)
    return {
      issues: [invalidAttribute(name, `the currency must be ${currency}, not ${wrong.currency}`)],
      apply() {},
    };
  const price = own.find((offer) => offer.our_price)?.our_price?.[0]?.schedule[0]?.value_with_tax;
  return {
    issues: [],
    apply: (target) => {
      if (price !== undefined) target.priceCents = Math.round(price * 100);
    },
  };
}

function changeAvailability(listing: Listing, value: unknown): AttributeChanges {
  const name = 'fulfillment_availability';
  const checked = availability.safeParse(value);
  if (!checked.success) return refused(name, checked.error);
  const amazon = amazonChannelOf(listing);
  for (const { fulfillment_channel_code: channel, quantity } of checked.data) {
    if (channel !== 'DEFAULT' && channel !== amazon)
      return {
        issues: [invalidAttribute(name, `the channel must be DEFAULT or ${amazon}, not ${channel}`)],
        apply() {},
      };
    if (channel === amazon && quantity !== undefined)
      return { issues: [invalidAttribute(name, `there is no quantity to be set for ${amazon}`)], apply() {} };
  }
  const merchant = checked.data.find((one) => one.fulfillment_channel_code === 'DEFAULT');
  return {
    issues: [],
    apply: (target) => {
      target.fulfilledBy = merchant === undefined ? 'AMAZON' : 'MERCHANT';
      if (merchant?.quantity !== undefined) target.quantity = merchant.quantity;
    },
  };
}

function changeName(value: unknown): AttributeChanges {
  const checked = names.safeParse(value);
  if (!checked.success) return refused('item_name', checked.error);
  return {
    issues: [],
    apply: (target) => {
      target.title = checked.data[0]?.value ?? target.title;
    },
  };
}

function refused(name: string, error: z.ZodError): AttributeChanges {
  const first = error.issues[0];
  const place = first?.path.join('.') ?? '';
  return {
    issues: [invalidAttribute(name, `${place ? `${place}: ` : ''}${first?.message ?? 'wrong shape'}`)],
    apply() {},
  };
}
