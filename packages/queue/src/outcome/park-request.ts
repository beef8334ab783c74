import type { ParkOrder } from '../job/job-context.js';
import type { ParkedFor } from './outcome.js';

/** Carries `ctx.park` out of the handler. Not an error: nothing went wrong. */
export class ParkRequest extends Error {
  readonly order: ParkOrder;
  readonly parkedFor: ParkedFor;

  constructor(order: ParkOrder, parkedFor: ParkedFor = 'handler') {
    super(`The job parks: ${order.reason}`);
    this.name = 'ParkRequest';
    this.order = order;
    this.parkedFor = parkedFor;
  }
}
