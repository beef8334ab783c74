import { type Money, RemoteError } from '@fluxori/core';
import { attempt } from '../workflow/attempt.js';
import { claimedElsewhere } from '../workflow/claimed-elsewhere.js';
import type { WorkflowTimings } from '../workflow/timings.js';
import type { Workflow } from '../workflow/workflow.js';
import { chooseOffer, type OfferWish } from './choose-offer.js';
import type { LabelPurchase, ParcelName } from './label-purchases.js';
import type {
  LabelPurchaseRequest,
  MerchantFulfillmentClient,
  OrderParcel,
} from './merchant-fulfillment-client.js';

/** What is bought once: the label of one parcel of an order. */
export interface LabelWish extends Omit<LabelPurchaseRequest, 'serviceId' | 'offerId'>, ParcelName {
  readonly choose: OfferWish;
  readonly maxPrice?: Money;
  /** A person has looked in Seller Central: what nobody heard of was not bought. */
  readonly buyAgain?: boolean;
}

export interface ShipOutcome {
  /**
   * `bought` in this run. `found`: an earlier job had bought it. `found-on-order`: the answer was lost, and the order shows the parcel; its shipment id is
   * not to be had, so the label must be printed in Seller Central.
   */
  readonly outcome: 'bought' | 'found' | 'found-on-order';
  readonly shipmentId?: string;
  readonly trackingNumber?: string;
  readonly carrier?: string;
  readonly service?: string;
  readonly price?: Money;
}

interface Chosen {
  readonly serviceId: string;
  readonly offerId: string;
}

export type ShipState =
  | { readonly step: 'choose' }
  | ({ readonly step: 'claim' } & Chosen)
  /** The label is about to be bought, or was. */
  | ({ readonly step: 'buy'; readonly sentAt: string } & Chosen)
  | { readonly step: 'look'; readonly sentAt: string }
  | ({ readonly step: 'end' } & ShipOutcome);

interface Parts {
  readonly client: MerchantFulfillmentClient;
  readonly wish: LabelWish;
  /** Who buys: the job. */
  readonly by: string;
  readonly account: string;
  readonly now: () => number;
  readonly timings: WorkflowTimings;
}

/**
 * Buys the label of a parcel at most once. It is written down that it is about to be bought, for this job and for all others; a request whose answer
 * was lost is looked for on the order, and where nothing shows, the outcome is told as unknown. It is never sent again without a person's word.
 */
export function buyOnce({ client, wish, by, account, now, timings }: Parts): Workflow<ShipState> {
  const { purchases } = client;
  const { orderId, packageId, choose, maxPrice, buyAgain, ...request } = wish;
  const parcel = { orderId, packageId };
  const subject = { account, operation: 'merchantFulfillment.createShipment', field: 'packageId' };
  return {
    name: 'merchantFulfillment.ship',
    begin: () => ({ step: 'choose' }),
    intents: ['buy'],
    steps: {
      choose: async (_, { terms }) => {
        const known = await purchases.read(parcel);
        if (known?.status === 'bought') return found(known);
        if (known !== undefined && known.by !== by && !buyAgain) throw taken(parcel, known, subject);
        const offers = await terms.call((options) => client.offers({ ...request, orderId }, options));
        const { serviceId, offerId } = chooseOffer(offers, { wish: choose, maxPrice, account });
        return { step: 'claim', serviceId, offerId };
      },
      claim: async ({ serviceId, offerId }, { resumed }) => {
        const known = await purchases.claim(parcel, by, { again: buyAgain, resumed });
        if (known?.status === 'bought') return found(known);
        if (known !== undefined) throw taken(parcel, known, subject);
        return { step: 'buy', serviceId, offerId, sentAt: new Date(now()).toISOString() };
      },
      buy: async ({ serviceId, offerId, sentAt }, { terms, resumed, back }) => {
        if (resumed) return { step: 'look', sentAt };
        const order = { ...request, orderId, serviceId, offerId };
        const tried = await attempt(() => terms.call((options) => client.buy(order, options)));
        if (tried.outcome === 'unknown') return { step: 'look', sentAt };
        if (tried.outcome === 'not-done') {
          await purchases.release(parcel, by);
          return back({ step: 'choose' }, tried.error);
        }
        const { shipmentId, trackingNumber, carrier, service, price } = tried.answer;
        return { step: 'end', outcome: 'bought', ...{ shipmentId, trackingNumber, carrier, service, price } };
      },
      look: async ({ sentAt }, { terms }) => {
        // From here on nobody buys this label without a person's word.
        const other = await purchases.unknown(parcel, by);
        if (other?.status === 'bought') return found(other);
        const until = new Date(Date.parse(sentAt) + timings.listedAfterMs);
        if (now() < until.getTime())
          await terms.wait({ until, reason: 'Amazon needs a moment to show the parcel on the order' });
        const [parcels, ours] = [
          await terms.call((options) => client.parcelsOf(orderId, options)),
          await purchases.trackingNumbers(orderId),
        ];
        const since = Date.parse(sentAt) - timings.clockSkewMs;
        const seen = parcels.find(
          (one) =>
            !ours.has(one.trackingNumber ?? '') &&
            Date.parse(one.createdAt ?? '') >= since &&
            holds(one, wish),
        );
        if (seen === undefined) throw lost(parcel, sentAt, subject);
        const { trackingNumber, carrier, service } = seen;
        return { step: 'end', outcome: 'found-on-order', ...{ trackingNumber, carrier, service } };
      },
    },
  };
}

function found({ shipmentId, trackingNumber }: LabelPurchase & { status: 'bought' }): ShipState {
  return { step: 'end', outcome: 'found', ...{ shipmentId, trackingNumber } };
}

/** The same lines in the same quantities. */
function holds({ items }: OrderParcel, wish: LabelWish): boolean {
  const text = (lines: OrderParcel['items']) =>
    lines
      .map(({ orderItemId, quantity }) => `${orderItemId} ${quantity}`)
      .sort()
      .join('\n');
  return text(items) === text(wish.items);
}

interface Subject {
  readonly account: string;
  readonly operation: string;
  readonly field: string;
}

function lost({ orderId, packageId }: ParcelName, sentAt: string, subject: Subject): RemoteError {
  return new RemoteError(
    `Nobody can tell whether Amazon sold the label of parcel ${packageId} of order ${orderId}: the answer to the request of ${sentAt} was lost, and the order does not show the parcel.`,
    {
      ...subject,
      code: 'OUTCOME_UNKNOWN',
      status: 200,
      retryable: false,
      remedy: whatToDo(orderId),
    },
  );
}

function taken({ orderId, packageId }: ParcelName, known: LabelPurchase, subject: Subject): Error {
  const thing = `the label of parcel ${packageId} of order ${orderId}`;
  return claimedElsewhere(known, { thing, done: 'bought', whatToDo: whatToDo(orderId) }, subject);
}

function whatToDo(orderId: string): string {
  return `Look at order ${orderId} in Seller Central. If a label was bought, print it there; if none was, queue the job with \`buyAgain: true\`.`;
}
