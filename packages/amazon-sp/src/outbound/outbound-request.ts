import type { ParamsOf } from '@fluxori/amazon-sp-models';
import { type Address, type Money, ValidationError } from '@fluxori/core';
import { isoMoment } from '../mapping/iso-moment.js';
import { checkObjects, checkTexts } from '../pipeline/check-list.js';
import type { Marketplace } from '../regions/marketplaces.js';
import type { NewOutboundItem, NewOutboundOrder } from './outbound-order.js';

type Request = ParamsOf<'fulfillmentOutbound', '2020-07-01', 'createFulfillmentOrder'>['body'];
export type AmazonAddress = Request['destinationAddress'];

/** Bounds of an order. Source: CreateFulfillmentOrderRequest, fulfillment outbound 2020-07-01, checked November 2026. */
export const outboundBounds = {
  idLength: 40,
  commentLength: 750,
  itemIdLength: 50,
  skuLength: 50,
  itemCommentLength: 250,
  giftMessageLength: 512,
  lines: 100,
  units: 250,
} as const;

type Wrong = (field: string, text: string, remedy: string) => ValidationError;

/** Names the field and the remedy; never a value, which may be about a person. */
export function wrongIn(account: string, operation: string): Wrong {
  return (field, text, remedy) =>
    new ValidationError(`${field}: ${text}.`, { field, account, operation, remedy });
}

/**
 * An order in Amazon's form.
 * @throws ValidationError naming the field. It never repeats what is in it.
 */
export function toAmazonOrder(
  order: NewOutboundOrder,
  { marketplace, account }: { marketplace: Marketplace; account: string },
): Request {
  const wrong = wrongIn(account, 'fulfillmentOutbound@2020-07-01.createFulfillmentOrder');
  const { speed, deliveryWindow, hold, policy, shipFromCountry } = order;
  textWithin(wrong, 'outboundOrderId', order.outboundOrderId, outboundBounds.idLength);
  textWithin(wrong, 'displayId', order.displayId ?? order.outboundOrderId, outboundBounds.idLength);
  textWithin(wrong, 'comment', order.comment, outboundBounds.commentLength);
  if (speed === 'ScheduledDelivery' && deliveryWindow === undefined)
    throw wrong('deliveryWindow', 'is needed for ScheduledDelivery', 'Pass one of the windows of `preview`.');
  if (speed === 'ScheduledDelivery' && hold)
    throw wrong('hold', 'Amazon does not hold an order with ScheduledDelivery', 'Leave `hold` out.');
  return {
    marketplaceId: marketplace.id,
    sellerFulfillmentOrderId: order.outboundOrderId,
    displayableOrderId: order.displayId ?? order.outboundOrderId,
    displayableOrderDate: moment(wrong, 'placedAt', order.placedAt),
    displayableOrderComment: order.comment,
    shippingSpeedCategory: speed,
    ...(deliveryWindow && {
      deliveryWindow: {
        startDate: moment(wrong, 'deliveryWindow.from', deliveryWindow.from),
        endDate: moment(wrong, 'deliveryWindow.to', deliveryWindow.to),
      },
    }),
    destinationAddress: toAmazonAddress(order.shipTo, wrong),
    fulfillmentAction: hold ? 'Hold' : 'Ship',
    ...(policy && { fulfillmentPolicy: policy }),
    ...(shipFromCountry && { shipFromCountryCode: shipFromCountry }),
    items: toItems(order.items, wrong),
  };
}

/** The lines of an order or of a preview, with their numbers. */
export function toItems(items: readonly NewOutboundItem[], wrong: Wrong): Request['items'] {
  const { lines, units } = outboundBounds;
  checkObjects(items, 'items');
  if (items.length === 0) throw wrong('items', 'an order needs at least one', 'Name what is to be sent.');
  if (items.length > lines)
    throw wrong('items', `${items.length} lines are too many`, `Send at most ${lines} lines in one order.`);
  const total = items.reduce((sum, { quantity }) => sum + quantity, 0);
  if (total > units)
    throw wrong('items', `${total} units are too many`, `Send at most ${units} units in one order.`);
  const ids = new Set<string>();
  return items.map((item, index) => {
    const at = (field: string) => `items[${index}].${field}`;
    const { sku, quantity, itemId = String(index + 1), giftMessage, comment, declaredValue } = item;
    textWithin(wrong, at('sku'), sku, outboundBounds.skuLength);
    textWithin(wrong, at('itemId'), itemId, outboundBounds.itemIdLength);
    if (ids.has(itemId))
      throw wrong(at('itemId'), 'is there twice', 'Give every line a number of its own, or none.');
    ids.add(itemId);
    if (!Number.isSafeInteger(quantity) || quantity < 1)
      throw wrong(at('quantity'), 'is no whole number of units above zero', 'Write 1, 2, 3 …');
    if (giftMessage !== undefined)
      textWithin(wrong, at('giftMessage'), giftMessage, outboundBounds.giftMessageLength);
    if (comment !== undefined) textWithin(wrong, at('comment'), comment, outboundBounds.itemCommentLength);
    return {
      sellerSku: sku,
      sellerFulfillmentOrderItemId: itemId,
      quantity,
      ...(giftMessage !== undefined && { giftMessage }),
      ...(comment !== undefined && { displayableComment: comment }),
      ...(declaredValue && { perUnitDeclaredValue: toAmazonMoney(declaredValue) }),
    };
  });
}

/** Amazon wants a name, one to three lines, a postal code and a country. */
export function toAmazonAddress(address: Address, wrong: Wrong): AmazonAddress {
  checkTexts(address?.lines, 'shipTo.lines');
  const { name, lines, city, stateOrRegion, postalCode, countryCode, phone } = address;
  const [addressLine1, addressLine2, addressLine3, ...more] = lines;
  const needed = (field: string, value: string | undefined): string => {
    if (typeof value === 'string' && value.trim() !== '') return value;
    throw wrong(`shipTo.${field}`, 'is needed', 'Give the recipient’s whole address.');
  };
  if (more.length > 0)
    throw wrong('shipTo.lines', `${lines.length} are too many`, 'Write the street in at most three lines.');
  if (typeof countryCode !== 'string' || !/^[A-Z]{2}$/.test(countryCode))
    throw wrong('shipTo.countryCode', 'is no country', 'Write two capital letters, e.g. ZA.');
  return {
    name: needed('name', name),
    addressLine1: needed('lines', addressLine1),
    ...(addressLine2 && { addressLine2 }),
    ...(addressLine3 && { addressLine3 }),
    ...(city && { city }),
    ...(stateOrRegion && { stateOrRegion }),
    postalCode: needed('postalCode', postalCode),
    countryCode,
    ...(phone && { phone }),
  };
}

function toAmazonMoney({ amount, currency }: Money) {
  return { currencyCode: currency, value: amount };
}

function textWithin(wrong: Wrong, field: string, text: string, longest: number): void {
  if (typeof text !== 'string' || text.trim() === '')
    throw wrong(field, 'is empty', `Write 1 to ${longest} characters.`);
  if (text.length > longest)
    throw wrong(field, `${text.length} characters are too many`, `Write at most ${longest}.`);
}

function moment(wrong: Wrong, field: string, text: string): string {
  const ms = isoMoment(text);
  if (ms === undefined)
    throw wrong(field, 'is no date and time', 'Write ISO 8601, e.g. 2026-01-31T08:00:00Z.');
  return new Date(ms).toISOString();
}
