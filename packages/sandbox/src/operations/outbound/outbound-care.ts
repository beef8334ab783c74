import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { readBody } from '../../checks/body-schema.js';
import { notFound } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import { findMarketplace } from '../../world/marketplaces.js';
import { previewBody, returnBody } from './outbound-body.js';
import { listingOf, marketplaceOf, orderOf } from './outbound-subject.js';
import { renderReturn } from './render-outbound.js';

type Previews = NonNullable<
  NonNullable<
    ResponseOf<'fulfillmentOutbound', '2020-07-01', 'getFulfillmentPreview'>['payload']
  >['fulfillmentPreviews']
>;

/** Speeds, and how many hours the goods are on their way. */
const speeds: Readonly<Record<string, number>> = { Standard: 96, Expedited: 48, Priority: 24 };
const reasons = [
  { returnReasonCode: 'OrderedWrongItem', description: 'The wrong item was ordered.' },
  { returnReasonCode: 'Defective', description: 'The item does not work.' },
] as const;

const getFulfillmentPreview = implement(
  'fulfillmentOutbound',
  '2020-07-01',
  'getFulfillmentPreview',
  (call) => {
    const body = readBody(previewBody, call.params.body);
    const marketplaceId = marketplaceOf(call, body.marketplaceId);
    const currencyCode = findMarketplace(marketplaceId)?.currency ?? 'ZAR';
    const units = body.items.reduce((sum, { quantity }) => sum + quantity, 0);
    const short = body.items.filter(
      ({ sellerSku, quantity }) =>
        listingOf(call.seller, marketplaceId, sellerSku).stock.fulfillable < quantity,
    );
    const wanted = body.shippingSpeedCategories ?? Object.keys(speeds);
    const previews: Previews = wanted.map((speed) => ({
      shippingSpeedCategory: speed,
      marketplaceId,
      isFulfillable: short.length === 0,
      isCODCapable: false,
      estimatedFees: [
        {
          name: 'FBAPerUnitFulfillmentFee',
          amount: { currencyCode, value: (units * (30 + 480 / (speeds[speed] ?? 96))).toFixed(2) },
        },
      ],
      fulfillmentPreviewShipments: [
        {
          earliestShipDate: new Date(call.now()).toISOString(),
          latestArrivalDate: new Date(call.now() + (speeds[speed] ?? 96) * 3_600_000).toISOString(),
          fulfillmentPreviewItems: body.items,
        },
      ],
      unfulfillablePreviewItems: short.map((item) => ({
        ...item,
        itemUnfulfillableReasons: ['INVENTORY_UNAVAILABLE'],
      })),
      ...(short.length === 0 ? {} : { orderUnfulfillableReasons: ['INVENTORY_UNAVAILABLE'] }),
    }));
    return { payload: { fulfillmentPreviews: previews } };
  },
);

const getPackageTrackingDetails = implement(
  'fulfillmentOutbound',
  '2020-07-01',
  'getPackageTrackingDetails',
  (call) => {
    const { packageNumber } = call.params;
    const found = call.seller.outbound.parcel(packageNumber);
    if (found === undefined)
      throw notFound('The requested resource does not exist.', `There is no package ${packageNumber}.`);
    const { parcel, order } = found;
    const shippedAt = new Date(parcel.shippedMs).toISOString();
    const place = { city: order.address.city ?? '', state: order.address.stateOrRegion ?? '', country: 'ZA' };
    return {
      payload: {
        packageNumber,
        trackingNumber: parcel.trackingNumber,
        carrierCode: 'AMZL',
        shipDate: shippedAt,
        estimatedArrivalDate: new Date(parcel.shippedMs + 2 * 86_400_000).toISOString(),
        shipToAddress: place,
        currentStatus: 'IN_TRANSIT',
        trackingEvents: [
          {
            eventDate: shippedAt,
            eventAddress: { city: 'Cape Town', state: 'WC', country: 'ZA' },
            eventCode: 'EVENT_101',
            eventDescription: 'Carrier picked up package.',
          },
        ],
      },
    };
  },
);

const listReturnReasonCodes = implement('fulfillmentOutbound', '2020-07-01', 'listReturnReasonCodes', () => ({
  payload: { reasonCodeDetails: [...reasons] },
}));

const createFulfillmentReturn = implement(
  'fulfillmentOutbound',
  '2020-07-01',
  'createFulfillmentReturn',
  (call) => {
    const { items } = readBody(returnBody, call.params.body);
    const order = orderOf(call, call.params.sellerFulfillmentOrderId);
    const refused = items.flatMap((item) => {
      const { sellerReturnItemId, sellerFulfillmentOrderItemId, amazonShipmentId } = item;
      const why = (invalidItemReasonCode: string, description: string) => [
        {
          ...{ sellerReturnItemId, sellerFulfillmentOrderItemId },
          invalidItemReason: { invalidItemReasonCode, description },
        },
      ];
      if (!reasons.some(({ returnReasonCode }) => returnReasonCode === item.returnReasonCode))
        return why('InvalidValues', 'The return reason code is not valid.');
      if (!order.parcels.some(({ shipmentId }) => shipmentId === amazonShipmentId))
        return why('NoCompletedShipItems', 'The shipment has no such items.');
      return [];
    });
    const refusedIds = new Set(refused.map(({ sellerReturnItemId }) => sellerReturnItemId));
    const accepted = items.filter(({ sellerReturnItemId }) => !refusedIds.has(sellerReturnItemId));
    for (const item of accepted) {
      if (order.returns.some(({ returnItemId }) => returnItemId === item.sellerReturnItemId)) continue;
      order.returns.push({
        returnItemId: item.sellerReturnItemId,
        itemId: item.sellerFulfillmentOrderItemId,
        shipmentId: item.amazonShipmentId,
        reasonCode: item.returnReasonCode,
        createdMs: call.now(),
      });
    }
    return {
      payload: {
        returnItems: order.returns
          .filter((one) => accepted.some((item) => item.sellerReturnItemId === one.returnItemId))
          .map(renderReturn),
        invalidReturnItems: refused,
        returnAuthorizations: [],
      },
    };
  },
);

const getFeatures = implement('fulfillmentOutbound', '2020-07-01', 'getFeatures', () => ({
  payload: {
    features: [
      { featureName: 'BLANK_BOX', featureDescription: 'Boxes without a brand.', sellerEligible: true },
      { featureName: 'BLOCK_AMZL', featureDescription: 'No delivery by Amazon.', sellerEligible: false },
    ],
  },
}));

export const outboundCareOperations = [
  getFulfillmentPreview,
  getPackageTrackingDetails,
  listReturnReasonCodes,
  createFulfillmentReturn,
  getFeatures,
];
