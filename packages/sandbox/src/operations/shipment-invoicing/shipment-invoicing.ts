import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { checkSellerAccess } from '../../checks/seller-access.js';
import { invalidInput, notFound } from '../../http/refusal.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import type { StoredOrder } from '../../world/order.js';
import { decimalOf, marketplaceOfRecord } from '../money.js';
import { centsOf } from '../orders/order-amounts.js';

const brazil = 'A2Q3Y263D00KWC';
const invoiceBody = z.object({
  InvoiceContent: z.string().min(1),
  MarketplaceId: z.string().optional(),
  ContentMD5Value: z.string(),
});

export const getShipmentDetails = implement('shipmentInvoicing', 'v0', 'getShipmentDetails', (call) => {
  const order = shippedOrder(call, call.params.shipmentId);
  const buyer = call.seller.buyerOf(order);
  const marketplace = marketplaceOfRecord(order);
  const amount = (cents: number) => ({
    CurrencyCode: marketplace.currency,
    Amount: decimalOf(cents, marketplace),
  });
  return {
    payload: {
      WarehouseId: 'GRU5',
      AmazonOrderId: order.id,
      AmazonShipmentId: call.params.shipmentId,
      PurchaseDate: new Date(order.createdMs).toISOString(),
      MarketplaceId: order.marketplaceId,
      SellerId: call.seller.sellerId,
      SellerDisplayName: call.seller.name,
      BuyerName: buyer.name,
      ShippingAddress: {
        Name: buyer.name,
        AddressLine1: buyer.addressLine1,
        City: buyer.city,
        StateOrRegion: buyer.stateOrRegion,
        PostalCode: buyer.postalCode,
        CountryCode: 'BR',
        AddressType: 'Residential',
      },
      ShipmentItems: order.lines.map((line) => ({
        ASIN: line.asin,
        SellerSKU: line.sku,
        OrderItemId: line.orderItemId,
        Title: line.title,
        QuantityOrdered: line.quantity,
        ItemPrice: amount(centsOf(order, line).item),
      })),
    },
  };
});

export const submitInvoice = implement('shipmentInvoicing', 'v0', 'submitInvoice', (call) => {
  const { shipmentId } = call.params;
  const order = shippedOrder(call, shipmentId);
  const { InvoiceContent, MarketplaceId, ContentMD5Value } = readBody(invoiceBody, call.params.body);
  checkSellerAccess(call.seller, call.region, { MarketplaceId }, undefined);
  const invoice = Buffer.from(InvoiceContent, 'base64');
  if (createHash('md5').update(invoice).digest('base64') !== ContentMD5Value)
    throw invalidInput('Request body is invalid.', 'ContentMD5Value is not the MD5 of InvoiceContent.');
  if (call.seller.shipmentInvoices.get(shipmentId)?.status === 'Accepted')
    throw invalidInput('Request body is invalid.', `Shipment ${shipmentId} has an invoice already.`);
  const isRight = invoice.toString('utf8').trimStart().startsWith('<') && invoice.includes(order.id);
  const times = (call.seller.shipmentInvoices.get(shipmentId)?.times ?? 0) + 1;
  call.seller.shipmentInvoices.set(shipmentId, { status: 'Processing', isRight, times });
  return {};
});

/** The check takes as long as one look. */
export const getInvoiceStatus = implement('shipmentInvoicing', 'v0', 'getInvoiceStatus', (call) => {
  const { shipmentId } = call.params;
  shippedOrder(call, shipmentId);
  const invoice = call.seller.shipmentInvoices.get(shipmentId);
  const InvoiceStatus = invoice?.status ?? 'NotFound';
  if (invoice?.status === 'Processing') invoice.status = invoice.isRight ? 'Accepted' : 'Errored';
  return { payload: { Shipments: { AmazonShipmentId: shipmentId, InvoiceStatus } } };
});

/** What Amazon has shipped in Brazil has a shipment: `D` and the order's number without its dashes. */
function shippedOrder({ seller }: OperationCall<unknown>, shipmentId: string): StoredOrder {
  const [, ...parts] = /^D(\d{3})(\d{7})(\d{7})$/.exec(shipmentId) ?? [];
  const order = seller.orders.get(parts.join('-'));
  const isThere =
    order?.marketplaceId === brazil && order.fulfilledBy === 'AMAZON' && order.status === 'SHIPPED';
  if (order === undefined || !isThere)
    throw notFound('The requested resource does not exist.', `There is no shipment ${shipmentId}.`);
  return order;
}
