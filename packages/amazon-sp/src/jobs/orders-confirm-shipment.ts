import { isErrorOf, type ShipmentConfirmation, systemClock } from '@fluxori/core';
import { defineJob, type JobContext, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { AmazonSPConnector } from '../connector.js';
import { packageIdPattern } from '../orders/order-mapping.js';
import type { AmazonJobParts } from './job-parts.js';
import { instantField, marketplaceField, orderIdField, unitsField } from './payload-fields.js';

const payloadSchema = z.strictObject({
  orderId: orderIdField,
  /** The account's first marketplace by default. */
  marketplaceId: marketplaceField.optional(),
  /** The seller's own number of the parcel, unique within the order. */
  packageId: z
    .string('write the number of the parcel as text')
    .regex(packageIdPattern, 'Amazon takes positive whole numbers, e.g. "1"'),
  /** Amazon's code of the carrier; `Other: <name>` for one that has none. */
  carrier: z.string().trim().min(1, 'name the carrier, or write "Other: <its name>"'),
  shippingMethod: z.string().trim().min(1).optional(),
  trackingNumber: z.string().trim().min(1, 'the tracking number is empty'),
  shippedAt: instantField,
  items: z
    .array(z.strictObject({ orderItemId: z.string().min(1), quantity: unitsField }))
    .min(1, 'name at least one item'),
});

export type ConfirmShipmentPayload = z.output<typeof payloadSchema>;

export interface ConfirmShipmentResult {
  /** `sent` in this run; `found`: an earlier attempt whose answer was lost had arrived. */
  readonly outcome: 'sent' | 'found';
}

/** Written down before the request leaves, so that after a crash it is known that it may have arrived. */
interface State {
  readonly mayHaveArrived: boolean;
  /** When it was sent; ISO 8601. */
  readonly sentAt?: string;
}

/** Amazon shows a confirmation on the order a little after it took it. */
const showsAfterMs = 15_000;

/**
 * Tells Amazon that a parcel has left, once. Amazon offers no idempotency key, so a confirmation whose answer was lost is looked for on the order
 * before it is sent again.
 */
export function ordersConfirmShipment(parts: AmazonJobParts): JobDefinition {
  const { connector, clock = systemClock, shipmentShowsAfterMs = showsAfterMs } = parts;
  return defineJob<ConfirmShipmentPayload, State, ConfirmShipmentResult>({
    name: 'orders.confirmShipment',
    section: 'orders',
    version: 1,
    priority: 'critical',
    payload: payloadSchema,
    describe: ({ orderId, packageId, items }) => ({ orderId, packageId, items: items.length }),
    async run(ctx) {
      const amazon = await connector(ctx.accountId);
      const confirmation: ShipmentConfirmation = {
        ...ctx.payload,
        marketplaceId: ctx.payload.marketplaceId ?? amazon.config.home.id,
      };
      if (ctx.state?.mayHaveArrived) {
        const showsAt = Date.parse(ctx.state.sentAt ?? '') + shipmentShowsAfterMs;
        if (clock.now() < showsAt) {
          ctx.park({ until: new Date(showsAt), reason: 'Amazon needs a moment to show the confirmation' });
        }
        if (await hasArrived(ctx, amazon, confirmation)) return { outcome: 'found' };
      }
      const again = ctx.state?.mayHaveArrived ?? false;
      await ctx.checkpoint({ mayHaveArrived: true, sentAt: new Date(clock.now()).toISOString() });
      try {
        await ctx.call((terms) => amazon.orders.confirmShipment(confirmation, terms));
        return { outcome: 'sent' };
      } catch (error) {
        if (isSurelyNotDone(error) && !ctx.signal.aborted) await ctx.checkpoint({ mayHaveArrived: again });
        // "Already shipped" may be the late answer to the attempt before this one.
        const refused = isErrorOf(error, 'ValidationError') || isErrorOf(error, 'RemoteError');
        if (again && refused && (await hasArrived(ctx, amazon, confirmation))) return { outcome: 'found' };
        throw error;
      }
    },
  });
}

function hasArrived(
  ctx: JobContext<ConfirmShipmentPayload, State>,
  connector: AmazonSPConnector,
  confirmation: ShipmentConfirmation,
): Promise<boolean> {
  return ctx.call((terms) => connector.orders.hasShipment(confirmation, terms));
}

/** Errors after which the confirmation has certainly not been carried out. */
function isSurelyNotDone(error: unknown): boolean {
  if (isErrorOf(error, 'NetworkError')) return error.outcome === 'not-sent';
  if (isErrorOf(error, 'RemoteError')) return error.status < 500 && error.status >= 400;
  return (
    isErrorOf(error, 'RateLimitError') ||
    isErrorOf(error, 'CircuitOpenError') ||
    isErrorOf(error, 'ValidationError') ||
    isErrorOf(error, 'AuthenticationError') ||
    isErrorOf(error, 'NotFoundError') ||
    isErrorOf(error, 'ConfigurationError')
  );
}
