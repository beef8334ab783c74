import { type ShipmentConfirmation, ValidationError } from '@fluxori/core';
import { utc } from '../mapping/instant.js';

/**
 * The document of a POST_ORDER_FULFILLMENT_DATA feed: many confirmations of shipment at once, each with carrier, tracking number and what is in the parcel.
 * The messages' ids are 1, 2, 3 … in order.
 * Source: amzn-envelope.xsd and OrderFulfillment.xsd, linked from developer-docs.amazon.com/sp-api/docs/order-feed-type-values.
 *
 * @throws ValidationError naming the order and the field.
 */
export function orderFulfilmentFeed(
  shipments: readonly ShipmentConfirmation[],
  { sellerId }: { readonly sellerId: string },
): string {
  if (shipments.length === 0) {
    throw new ValidationError('An order fulfilment feed needs at least one shipment.', {
      field: 'shipments',
      remedy: 'Leave the feed out when nothing was shipped.',
    });
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    '<AmazonEnvelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="amzn-envelope.xsd">\n',
    `<Header><DocumentVersion>1.01</DocumentVersion>${element('MerchantIdentifier', sellerId)}</Header>\n`,
    '<MessageType>OrderFulfillment</MessageType>\n',
    ...shipments.map((shipment, index) => message(shipment, index + 1)),
    '</AmazonEnvelope>\n',
  ].join('');
}

function message(shipment: ShipmentConfirmation, messageId: number): string {
  const { orderId, shippedAt, carrier, shippingMethod, trackingNumber, items } = shipment;
  const refuse = (field: string, rule: string): never => {
    throw new ValidationError(`Order ${orderId} (message ${messageId}): ${field} ${rule}.`, {
      field,
      operation: 'feeds.createFeed',
      remedy: 'Correct this shipment, or leave it out.',
    });
  };
  const text = (name: string, field: string, value: string): string => {
    if (value.trim() === '') refuse(field, 'is empty');
    if (unwritable.test(value) || !value.isWellFormed())
      refuse(field, 'holds a character that XML cannot hold');
    return element(name, value);
  };
  const shipped = utc(shippedAt);
  if (shipped === undefined) return refuse('shippedAt', 'is no date and time in ISO 8601');
  if (items.length === 0) refuse('items', 'are missing');
  return [
    `<Message><MessageID>${messageId}</MessageID><OrderFulfillment>`,
    text('AmazonOrderID', 'orderId', orderId),
    element('FulfillmentDate', shipped),
    '<FulfillmentData>',
    text('CarrierName', 'carrier', carrier),
    shippingMethod === undefined ? '' : text('ShippingMethod', 'shippingMethod', shippingMethod),
    text('ShipperTrackingNumber', 'trackingNumber', trackingNumber),
    '</FulfillmentData>',
    ...items.map(({ orderItemId, quantity }) => {
      if (!Number.isSafeInteger(quantity) || quantity < 1)
        refuse('items.quantity', 'is no whole number above zero');
      return `<Item>${text('AmazonOrderItemCode', 'items.orderItemId', orderItemId)}<Quantity>${quantity}</Quantity></Item>`;
    }),
    '</OrderFulfillment></Message>\n',
  ].join('');
}

/** What XML 1.0 has no way to write. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are looked for
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function element(name: string, value: string): string {
  return `<${name}>${value.replaceAll(/[&<>"']/g, (character) => entities[character] as string)}</${name}>`;
}
