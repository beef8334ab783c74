import { z } from 'zod';
import { momentOf } from '../../checks/moment.js';

const moment = z.string().refine((text) => momentOf(text) !== undefined, 'must be an ISO 8601 date-time');
const money = z.object({ currencyCode: z.string(), value: z.string() });

/** Source: definitions of fulfillment outbound 2020-07-01. */
export const addressBody = z.object({
  name: z.string().min(1),
  addressLine1: z.string().min(1),
  addressLine2: z.string().optional(),
  addressLine3: z.string().optional(),
  city: z.string().optional(),
  districtOrCounty: z.string().optional(),
  stateOrRegion: z.string().optional(),
  postalCode: z.string().min(1),
  countryCode: z.string().regex(/^[A-Z]{2}$/),
  phone: z.string().optional(),
});

const itemBody = z.object({
  sellerSku: z.string().min(1).max(50),
  sellerFulfillmentOrderItemId: z.string().min(1).max(50),
  quantity: z.int().min(1),
  giftMessage: z.string().max(512).optional(),
  displayableComment: z.string().max(250).optional(),
  perUnitDeclaredValue: money.optional(),
});

/** At most 100 lines of at most 250 units in all. */
const itemsBody = z
  .array(itemBody)
  .min(1)
  .max(100)
  .refine((items) => items.reduce((sum, { quantity }) => sum + quantity, 0) <= 250, 'at most 250 units');

export const previewBody = z.object({
  marketplaceId: z.string().optional(),
  address: addressBody,
  items: itemsBody,
  shippingSpeedCategories: z.array(z.string()).optional(),
});

export const createBody = z.object({
  marketplaceId: z.string().optional(),
  sellerFulfillmentOrderId: z.string().min(1).max(40),
  displayableOrderId: z.string().min(1).max(40),
  displayableOrderDate: moment,
  displayableOrderComment: z.string().min(1).max(750),
  shippingSpeedCategory: z.enum(['Standard', 'Expedited', 'Priority', 'ScheduledDelivery']),
  deliveryWindow: z.object({ startDate: moment, endDate: moment }).optional(),
  destinationAddress: addressBody,
  fulfillmentAction: z.enum(['Ship', 'Hold']).default('Ship'),
  fulfillmentPolicy: z.enum(['FillOrKill', 'FillAll', 'FillAllAvailable']).default('FillOrKill'),
  items: itemsBody,
});

export const updateBody = z.object({
  fulfillmentAction: z.enum(['Ship', 'Hold']).optional(),
  shippingSpeedCategory: z.string().optional(),
  displayableOrderComment: z.string().min(1).max(750).optional(),
  destinationAddress: addressBody.optional(),
  items: z.array(z.object({ sellerFulfillmentOrderItemId: z.string(), quantity: z.int().min(1) })).optional(),
});

export const returnBody = z.object({
  items: z
    .array(
      z.object({
        sellerReturnItemId: z.string().min(1).max(80),
        sellerFulfillmentOrderItemId: z.string(),
        amazonShipmentId: z.string(),
        returnReasonCode: z.string(),
        returnComment: z.string().max(1000).optional(),
      }),
    )
    .min(1),
});

export const statusBody = z.object({
  fulfillmentOrderStatus: z.enum([
    'New',
    'Received',
    'Planning',
    'Processing',
    'Cancelled',
    'Complete',
    'CompletePartialled',
    'Unfulfillable',
    'Invalid',
  ]),
});
