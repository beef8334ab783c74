import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { invalidInput, notFound } from '../../http/refusal.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import { Prng } from '../../random/prng.js';
import { findMarketplace } from '../../world/marketplaces.js';
import type { StoredOrder } from '../../world/order.js';
import { type BoughtLabel, type CarrierService, carrierServices } from '../../world/shipping-label.js';
import { orderOf } from '../orders/get-order.js';
import { addressOf } from '../orders-v0/render-order.js';
import { checkShippable, shipParcel } from '../orders-v0/ship-parcel.js';

type Call = Pick<OperationCall<unknown>, 'world' | 'seller' | 'region' | 'now' | 'notify'>;
type Shipment = NonNullable<ResponseOf<'merchantFulfillment', 'v0', 'getShipment'>['payload']>;

const message = 'Request body is invalid.';
const hour = 3_600_000;

const address = z.looseObject({
  Name: z.string().min(1),
  AddressLine1: z.string().min(1),
  City: z.string().min(1),
  PostalCode: z.string().min(1),
  CountryCode: z.string().min(1),
  Email: z.string().min(1),
  Phone: z.string().min(1),
});

const details = z.looseObject({
  AmazonOrderId: z.string(),
  ItemList: z.array(z.looseObject({ OrderItemId: z.string(), Quantity: z.int().min(1) })).min(1),
  ShipFromAddress: address,
  PackageDimensions: z.looseObject({}),
  Weight: z.object({ Value: z.number().positive(), Unit: z.enum(['oz', 'g']) }),
  MustArriveByDate: z.string().optional(),
  ShippingServiceOptions: z.looseObject({ DeliveryExperience: z.string(), CarrierWillPickUp: z.boolean() }),
});
type Details = z.output<typeof details>;

const eligible = z.looseObject({ ShipmentRequestDetails: details });
const purchase = z.looseObject({
  ShipmentRequestDetails: details,
  ShippingServiceId: z.string(),
  ShippingServiceOfferId: z.string().optional(),
});

function orderMeant(call: Call, asked: Details): StoredOrder {
  const order = orderOf(call.seller, call.region, asked.AmazonOrderId);
  checkShippable(order, order.marketplaceId);
  for (const { OrderItemId } of asked.ItemList)
    if (!order.lines.some(({ orderItemId }) => orderItemId === OrderItemId))
      throw invalidInput(message, `The order has no item ${OrderItemId}.`);
  return order;
}

function gramsOf({ Weight }: Details): number {
  return Weight.Unit === 'g' ? Weight.Value : Weight.Value * 28.35;
}

function centsOf(service: CarrierService, asked: Details): number {
  return service.baseCents + Math.ceil(gramsOf(asked) / 1_000) * service.kiloCents;
}

function serviceShown(
  service: CarrierService,
  cents: number,
  {
    order,
    nowMs,
    options,
  }: { order: StoredOrder; nowMs: number; options: Details['ShippingServiceOptions'] },
): Shipment['ShippingService'] {
  const rate = {
    CurrencyCode: findMarketplace(order.marketplaceId)?.currency ?? 'ZAR',
    Amount: cents / 100,
  };
  return {
    ShippingServiceName: service.name,
    CarrierName: service.carrier,
    ShippingServiceId: service.serviceId,
    ShippingServiceOfferId: `${service.serviceId}-${Math.floor(nowMs / hour)}`,
    ShipDate: iso(nowMs),
    EarliestEstimatedDeliveryDate: iso(nowMs + (service.hours * hour) / 2),
    LatestEstimatedDeliveryDate: iso(nowMs + service.hours * hour),
    Rate: rate,
    RateWithAdjustments: rate,
    ShippingServiceOptions: options,
    AvailableLabelFormats: ['PDF'],
    RequiresAdditionalSellerInputs: false,
  };
}

const getEligibleShipmentServices = implement(
  'merchantFulfillment',
  'v0',
  'getEligibleShipmentServices',
  (call) => {
    const { ShipmentRequestDetails: asked } = readBody(eligible, call.params.body);
    const order = orderMeant(call, asked);
    const nowMs = call.now();
    const fits = (service: CarrierService) => gramsOf(asked) <= service.mostGrams;
    const subject = { order, nowMs, options: asked.ShippingServiceOptions };
    return {
      payload: {
        ShippingServiceList: carrierServices
          .filter(fits)
          .map((service) => serviceShown(service, centsOf(service, asked), subject)),
        RejectedShippingServiceList: carrierServices
          .filter((service) => !fits(service))
          .map((service) => ({
            CarrierName: service.carrier,
            ShippingServiceName: service.name,
            ShippingServiceId: service.serviceId,
            RejectionReasonCode: 'WEIGHT_LIMIT_EXCEEDED',
            RejectionReasonMessage: `At most ${service.mostGrams} g.`,
          })),
        TemporarilyUnavailableCarrierList: [],
        TermsAndConditionsNotAcceptedCarrierList: [],
      },
    };
  },
);

/** Each call buys another label, as at Amazon; the order shows the parcel. */
const createShipment = implement('merchantFulfillment', 'v0', 'createShipment', (call) => {
  const body = readBody(purchase, call.params.body);
  const { ShipmentRequestDetails: asked } = body;
  const { seller, notify } = call;
  const order = orderMeant(call, asked);
  const service = carrierServices.find(({ serviceId }) => serviceId === body.ShippingServiceId);
  if (service === undefined || gramsOf(asked) > service.mostGrams)
    throw invalidInput(message, `The shipping service ${body.ShippingServiceId} is not available.`);
  const prng = Prng.of(call.world.seed, 'label', order.id, seller.labels.size);
  const nowMs = call.now();
  const items = asked.ItemList.map(({ OrderItemId, Quantity }) => ({
    orderItemId: OrderItemId,
    quantity: Quantity,
  }));
  const label: BoughtLabel = {
    shipmentId: uuid(prng),
    orderId: order.id,
    items,
    serviceId: service.serviceId,
    trackingId: `TRK${prng.integer(100_000_000, 999_999_999)}`,
    details: asked,
    cents: centsOf(service, asked),
    createdMs: nowMs,
    status: 'Purchased',
  };
  shipParcel({
    ...{ seller, order, nowMs, notify, shippedMs: nowMs, lines: items },
    packageReferenceId: String(order.parcels.length + 1),
    carrier: service.carrier,
    shippingMethod: service.name,
    trackingNumber: label.trackingId,
  });
  seller.labels.set(label.shipmentId, label);
  return { payload: shipmentOf(call, label) };
});

const getShipment = implement('merchantFulfillment', 'v0', 'getShipment', (call) => ({
  payload: shipmentOf(call, labelMeant(call, call.params.shipmentId)),
}));

const cancelShipment = implement('merchantFulfillment', 'v0', 'cancelShipment', (call) => {
  const label = labelMeant(call, call.params.shipmentId);
  label.status = 'RefundPending';
  return { payload: shipmentOf(call, label) };
});

const getAdditionalSellerInputs = implement('merchantFulfillment', 'v0', 'getAdditionalSellerInputs', () => ({
  payload: { ShipmentLevelFields: [], ItemLevelFieldsList: [] },
}));

export const merchantFulfillmentOperations = [
  getEligibleShipmentServices,
  createShipment,
  getShipment,
  cancelShipment,
  getAdditionalSellerInputs,
];

function labelMeant({ seller }: Pick<Call, 'seller'>, shipmentId: string): BoughtLabel {
  const label = seller.labels.get(shipmentId);
  if (label === undefined)
    throw notFound('The requested resource does not exist.', `There is no shipment ${shipmentId}.`);
  return label;
}

function shipmentOf(call: Call, label: BoughtLabel): Shipment {
  const order = orderOf(call.seller, call.region, label.orderId);
  const service = carrierServices.find(({ serviceId }) => serviceId === label.serviceId) as CarrierService;
  const asked = label.details as Details;
  const buyer = call.seller.buyerOf(order);
  const to = addressOf(call.seller, order);
  const text = `%PDF-1.4\n% ${label.trackingId}\n% ${to.Name}, ${to.AddressLine1}, ${to.City} ${to.PostalCode}\n%%EOF\n`;
  const bought = label.status === 'Purchased';
  const shown = { order, nowMs: label.createdMs, options: asked.ShippingServiceOptions };
  return {
    ShipmentId: label.shipmentId,
    AmazonOrderId: label.orderId,
    ItemList: label.items.map(({ orderItemId, quantity }) => ({
      OrderItemId: orderItemId,
      Quantity: quantity,
    })),
    ShipFromAddress: asked.ShipFromAddress,
    ShipToAddress: {
      Name: to.Name ?? '',
      AddressLine1: to.AddressLine1 ?? '',
      City: to.City ?? '',
      PostalCode: to.PostalCode ?? '',
      CountryCode: to.CountryCode ?? '',
      Email: buyer.email,
      Phone: to.Phone ?? '',
    },
    PackageDimensions: asked.PackageDimensions,
    Weight: asked.Weight,
    Insurance: { CurrencyCode: findMarketplace(order.marketplaceId)?.currency ?? 'ZAR', Amount: 0 },
    ShippingService: serviceShown(service, label.cents, shown),
    Label: {
      Dimensions: { Length: 15, Width: 10, Unit: 'centimeters' },
      LabelFormat: 'PDF',
      FileContents: {
        Contents: bought ? gzipSync(text).toString('base64') : '',
        FileType: 'application/pdf',
        Checksum: bought ? createHash('md5').update(text).digest('base64') : '',
      },
    },
    Status: label.status,
    TrackingId: label.trackingId,
    CreatedDate: iso(label.createdMs),
  };
}

function uuid(prng: Prng): string {
  const hex = (length: number) => prng.text(length, '0123456789abcdef');
  return [hex(8), hex(4), `4${hex(3)}`, `8${hex(3)}`, hex(12)].join('-');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
