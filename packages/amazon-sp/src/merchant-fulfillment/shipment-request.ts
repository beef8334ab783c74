import type { ParamsOf } from '@fluxori/amazon-sp-models';
import { type Address, type Money, type OrderId, ValidationError } from '@fluxori/core';
import { amountNumber } from '../mapping/amount-number.js';
import { isoMoment } from '../mapping/iso-moment.js';
import { checkObjects, checkTexts } from '../pipeline/check-list.js';

export type AmazonDetails = ParamsOf<
  'merchantFulfillment',
  'v0',
  'getEligibleShipmentServices'
>['body']['ShipmentRequestDetails'];

/** Where the parcel is fetched or brought from: the seller's own address, whole. */
export interface SenderAddress extends Address {
  readonly name: string;
  readonly city: string;
  readonly postalCode: string;
  readonly countryCode: string;
  readonly phone: string;
  readonly email: string;
}

export type DeliveryExperience =
  | 'DeliveryConfirmationWithAdultSignature'
  | 'DeliveryConfirmationWithSignature'
  | 'DeliveryConfirmationWithoutSignature'
  | 'NoTracking';

export type LabelFormat = 'PDF' | 'PNG' | 'ZPL203' | 'ZPL300' | 'ShippingServiceDefault';

/** A parcel with goods of one order that the seller ships with a label bought of Amazon. The recipient is Amazon's to know. */
export interface ShipmentRequest {
  readonly orderId: OrderId;
  readonly items: readonly { readonly orderItemId: string; readonly quantity: number }[];
  readonly shipFrom: SenderAddress;
  /** Outer measures of the parcel; a box that carriers know by name (`box`) needs none. */
  readonly sizeCm?: { readonly length: number; readonly width: number; readonly height: number };
  /** A carrier's box, e.g. `FedEx_Box_10kg`. */
  readonly box?: string;
  readonly weightGrams: number;
  /** When it is to leave; ISO 8601. */
  readonly shipAt?: string;
  /** Only services that arrive by then; ISO 8601. */
  readonly arriveBy?: string;
  /** `DeliveryConfirmationWithoutSignature` by default. */
  readonly delivery?: DeliveryExperience;
  /** The carrier fetches it; false by default. */
  readonly pickUp?: boolean;
  readonly declaredValue?: Money;
  readonly labelFormat?: LabelFormat;
}

/** A request in Amazon's form. @throws ValidationError naming the field. */
export function toAmazonDetails(request: ShipmentRequest, account: string): AmazonDetails {
  const wrong = (field: string, text: string, remedy: string) =>
    new ValidationError(`${field}: ${text}.`, { field, account, operation: 'merchantFulfillment', remedy });
  const { items, sizeCm, box, weightGrams, declaredValue, shipAt, arriveBy } = request;
  if (checkObjects(items, 'items').length === 0)
    throw wrong('items', 'a parcel needs at least one', 'Name what is in the parcel.');
  items.forEach(({ quantity }, index) => {
    if (!Number.isSafeInteger(quantity) || quantity < 1)
      throw wrong(`items[${index}].quantity`, 'is no whole number above zero', 'Write 1, 2, 3 …');
  });
  if ((sizeCm === undefined) === (box === undefined))
    throw wrong('sizeCm', 'either the measures or a box is needed, not both', 'Say how large the parcel is.');
  const measures = sizeCm === undefined ? [] : [sizeCm.length, sizeCm.width, sizeCm.height];
  if (measures.some((measure) => !(measure > 0)))
    throw wrong('sizeCm', 'each measure must be above zero', 'Give centimetres.');
  if (!(weightGrams > 0)) throw wrong('weightGrams', 'must be above zero', 'Give the weight in grams.');
  return {
    AmazonOrderId: request.orderId,
    ItemList: items.map(({ orderItemId, quantity }) => ({ OrderItemId: orderItemId, Quantity: quantity })),
    ShipFromAddress: toAmazonSender(request.shipFrom, wrong),
    PackageDimensions:
      sizeCm === undefined
        ? { PredefinedPackageDimensions: box as string }
        : { Length: sizeCm.length, Width: sizeCm.width, Height: sizeCm.height, Unit: 'centimeters' },
    Weight: { Value: weightGrams, Unit: 'g' },
    ...(arriveBy && { MustArriveByDate: moment(arriveBy, 'arriveBy', wrong) }),
    ...(shipAt && { ShipDate: moment(shipAt, 'shipAt', wrong) }),
    ShippingServiceOptions: {
      DeliveryExperience: request.delivery ?? 'DeliveryConfirmationWithoutSignature',
      CarrierWillPickUp: request.pickUp ?? false,
      ...(declaredValue && {
        DeclaredValue: {
          CurrencyCode: declaredValue.currency,
          Amount: amountNumber(declaredValue, 'declaredValue'),
        },
      }),
      ...(request.labelFormat && { LabelFormat: request.labelFormat }),
    },
  };
}

type Wrong = (field: string, text: string, remedy: string) => ValidationError;

export function toAmazonSender(address: SenderAddress, wrong: Wrong): AmazonDetails['ShipFromAddress'] {
  const [AddressLine1, AddressLine2, AddressLine3, ...more] = checkTexts(address?.lines, 'shipFrom.lines');
  const needed = (field: keyof SenderAddress, value: unknown): string => {
    if (typeof value === 'string' && value.trim() !== '') return value;
    throw wrong(`shipFrom.${field}`, 'is needed', 'Give the whole address of the sender.');
  };
  if (more.length > 0)
    throw wrong('shipFrom.lines', 'more than three lines', 'Write the street in at most three lines.');
  return {
    Name: needed('name', address.name),
    AddressLine1: needed('lines', AddressLine1),
    ...(AddressLine2 && { AddressLine2 }),
    ...(AddressLine3 && { AddressLine3 }),
    City: needed('city', address.city),
    ...(address.stateOrRegion && { StateOrProvinceCode: address.stateOrRegion }),
    PostalCode: needed('postalCode', address.postalCode),
    CountryCode: needed('countryCode', address.countryCode),
    Email: needed('email', address.email),
    Phone: needed('phone', address.phone),
  };
}

function moment(text: string, field: string, wrong: Wrong): string {
  const ms = isoMoment(text);
  if (ms === undefined)
    throw wrong(field, 'is no date and time', 'Write ISO 8601, e.g. 2026-01-31T08:00:00Z.');
  return new Date(ms).toISOString();
}
