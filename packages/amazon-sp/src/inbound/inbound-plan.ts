import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import { type Address, type MarketplaceId, type Sku, ValidationError } from '@fluxori/core';
import { utc } from '../mapping/instant.js';

type PlanBody = ParamsOf<'fulfillmentInbound', '2024-03-20', 'createInboundPlan'>['body'];
type AmazonPlan = ResponseOf<'fulfillmentInbound', '2024-03-20', 'getInboundPlan'>;
type AmazonPlanSummary = NonNullable<
  ResponseOf<'fulfillmentInbound', '2024-03-20', 'listInboundPlans'>['inboundPlans']
>[number];

/** Who labels the goods, or prepares them: Amazon for a fee, the seller, or nobody because they need it not. */
export type Owner = 'AMAZON' | 'SELLER' | 'NONE';

export interface InboundPlanItem {
  readonly sku: Sku;
  readonly quantity: number;
  readonly labelOwner: Owner;
  readonly prepOwner: Owner;
  /** A day, e.g. `2027-01-31`. */
  readonly expiresOn?: string;
  readonly lotCode?: string;
}

/** Where the goods leave from: the seller's own address, with a phone. */
export interface InboundSource extends Address {
  readonly company?: string;
  readonly email?: string;
}

export interface NewInboundPlan {
  /** At most 40 characters; Amazon invents one if absent. */
  readonly name?: string;
  readonly marketplaceId?: MarketplaceId;
  readonly source: InboundSource;
  /** At most 2,000. */
  readonly items: readonly InboundPlanItem[];
}

/** A plan: what is sent in, and how far it is. Dates are ISO 8601 in UTC. The address in it is the seller's own. */
export interface InboundPlanSummary {
  readonly planId: string;
  readonly name: string;
  /** Amazon's word: `ACTIVE`, `VOIDED`, `SHIPPED`, `ERRORED`. */
  readonly status: string;
  readonly marketplaceIds: readonly MarketplaceId[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface InboundPlan extends InboundPlanSummary {
  /** Of the chosen placement. */
  readonly shipments: readonly { readonly shipmentId: string; readonly status: string }[];
  readonly packingOptions: readonly { readonly packingOptionId: string; readonly status: string }[];
  readonly placementOptions: readonly { readonly placementOptionId: string; readonly status: string }[];
}

/** Bounds of a plan. Source: CreateInboundPlanRequest, fulfillment inbound 2024-03-20, checked November 2026. */
export const planBounds = { items: 2_000, units: 500_000, nameLength: 40 } as const;

export function toPlanSummary(from: AmazonPlanSummary): InboundPlanSummary {
  return {
    planId: from.inboundPlanId,
    name: from.name,
    status: from.status,
    marketplaceIds: from.marketplaceIds as MarketplaceId[],
    createdAt: utc(from.createdAt) ?? '',
    updatedAt: utc(from.lastUpdatedAt) ?? '',
  };
}

export function toPlan(from: AmazonPlan): InboundPlan {
  return {
    ...toPlanSummary(from),
    shipments: from.shipments ?? [],
    packingOptions: from.packingOptions ?? [],
    placementOptions: from.placementOptions ?? [],
  };
}

/** A plan in Amazon's form. @throws ValidationError naming the field. */
export function toAmazonPlan(plan: NewInboundPlan, marketplaceId: MarketplaceId, account: string): PlanBody {
  const wrong = (field: string, text: string, remedy: string) =>
    new ValidationError(`${field}: ${text}.`, {
      ...{ field, account, remedy },
      operation: 'fulfillmentInbound.createInboundPlan',
    });
  const { name, items, source } = plan;
  if (name !== undefined && (name.trim() === '' || name.length > planBounds.nameLength))
    throw wrong(
      'name',
      'has no or too many characters',
      `Write 1 to ${planBounds.nameLength}, or leave it out.`,
    );
  if (items.length === 0) throw wrong('items', 'a plan needs at least one', 'Name what is to be sent in.');
  if (items.length > planBounds.items)
    throw wrong('items', `${items.length} are too many`, `Put at most ${planBounds.items} into one plan.`);
  return {
    destinationMarketplaces: [marketplaceId],
    ...(name !== undefined && { name }),
    sourceAddress: toAmazonSource(source, wrong),
    items: items.map(({ sku, quantity, labelOwner, prepOwner, expiresOn, lotCode }, index) => {
      if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > planBounds.units)
        throw wrong(`items[${index}].quantity`, 'is no whole number from 1 to 500,000', 'Write 1, 2, 3 …');
      if (expiresOn !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(expiresOn))
        throw wrong(`items[${index}].expiresOn`, 'is no day', 'Write it as 2027-01-31.');
      return {
        ...{ msku: sku, quantity, labelOwner, prepOwner },
        ...(expiresOn && { expiration: expiresOn }),
        ...(lotCode && { manufacturingLotCode: lotCode }),
      };
    }),
  };
}

type Wrong = (field: string, text: string, remedy: string) => ValidationError;

export function toAmazonSource(source: InboundSource, wrong: Wrong): PlanBody['sourceAddress'] {
  const { name, lines, city, stateOrRegion, postalCode, countryCode, phone, company, email } = source;
  const [addressLine1, addressLine2, ...more] = lines;
  const needed = (field: keyof InboundSource, value: string | undefined): string => {
    if (value !== undefined && value.trim() !== '') return value;
    throw wrong(`source.${field}`, 'is needed', 'Give the whole address that the goods leave from.');
  };
  if (more.length > 0)
    throw wrong('source.lines', 'more than two lines', 'Write the street in at most two lines.');
  return {
    name: needed('name', name),
    addressLine1: needed('lines', addressLine1),
    ...(addressLine2 && { addressLine2 }),
    city: needed('city', city),
    ...(stateOrRegion && { stateOrProvinceCode: stateOrRegion }),
    postalCode: needed('postalCode', postalCode),
    countryCode: needed('countryCode', countryCode),
    phoneNumber: needed('phone', phone),
    ...(company && { companyName: company }),
    ...(email && { email }),
  };
}
