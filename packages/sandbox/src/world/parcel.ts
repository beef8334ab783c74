import type { Prng } from '../random/prng.js';
import type { OrderLine, OrderParcel } from './order.js';

/** The one parcel in which an order of the past left: all that was not cancelled. */
export function inventParcel(prng: Prng, lines: readonly OrderLine[], atMs: number): OrderParcel {
  return {
    packageReferenceId: '1',
    carrier: prng.pick(['The Courier Guy', 'Aramex', 'Dawn Wing', 'RAM']),
    trackingNumber: `ZA${prng.digits(10)}`,
    shippedMs: atMs,
    createdMs: atMs,
    lines: lines.map(({ orderItemId, shipped }) => ({ orderItemId, quantity: shipped })),
  };
}
