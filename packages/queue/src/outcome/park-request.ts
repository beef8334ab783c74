import type { ParkOrder } from '../job/job-context.js';

/** Carries `ctx.park` out of the handler. Not an error: nothing went wrong. */
export class ParkRequest extends Error {
  readonly order: ParkOrder;

  constructor(order: ParkOrder) {
    super(`The job parks: ${order.reason}`);
    this.name = 'ParkRequest';
    this.order = order;
  }
}
