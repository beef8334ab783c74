import { type KeyValueStore, type Locks, type OrderId, ValidationError } from '@fluxori/core';
import type { AboutOrder } from '../messaging/messaging-client.js';
import { offeredActions } from '../messaging/order-actions.js';
import { callOptions } from '../pipeline/call-options.js';
import { marketplaceIn } from '../pipeline/marketplace-in.js';
import { namingOrder } from '../pipeline/naming-not-found.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { Claims } from '../workflow/claims.js';

/** The one kind of solicitation that Amazon has: it asks for a review of the product and for feedback on the seller. */
export const reviewSolicitation = 'productReviewAndSellerFeedback';

/** Why Amazon offers no solicitation for an order; it does not say which of them it is. Source: Amazon's solicitations use case guide, November 2026. */
export const whyNotOffered =
  'Amazon lets a review be asked for once per order, from 5 to 30 days after its delivery, and not for every order.';

/** Asks buyers for a review, in Amazon's words (solicitations v1). */
export class SolicitationsClient {
  /** Whose buyers are being asked by a job, or were, by the order's id. */
  readonly requests: Claims<'sent'>;
  readonly #context: SectionContext;

  constructor(context: SectionContext, { keyValues, locks }: { keyValues: KeyValueStore; locks: Locks }) {
    this.#context = context;
    const { clock, config } = context;
    this.requests = new Claims('sent', {
      ...{ keyValues, locks, clock },
      ...{ accountId: config.accountId, room: 'solicitation' },
    });
  }

  /** Whether a review may be asked for now. */
  async isOffered(orderId: OrderId, options: AboutOrder = {}): Promise<boolean> {
    const answer = await this.#context
      .api('solicitations')
      .getSolicitationActionsForOrder(this.#about(orderId, options), callOptions(options))
      .catch(namingOrder(orderId));
    return offeredActions(answer).includes(reviewSolicitation);
  }

  /**
   * Asks the buyer of an order for a review, if Amazon offers it. Amazon takes one per order; when the answer is lost, `isOffered` tells whether it
   * was sent (the job `solicitations.send` does that).
   *
   * @throws ValidationError naming the order when Amazon does not offer it; nothing was sent then.
   * @throws NotFoundError naming the order.
   */
  async askForReview(orderId: OrderId, options: AboutOrder = {}): Promise<void> {
    if (await this.isOffered(orderId, options)) return this.send(orderId, options);
    throw new ValidationError(`orderId: Amazon offers no solicitation for order ${orderId} now.`, {
      field: 'orderId',
      account: this.#context.config.accountId,
      operation: 'solicitations.getSolicitationActionsForOrder',
      remedy: whyNotOffered,
    });
  }

  /** Sends it without asking before; for whoever has just asked `isOffered`. */
  async send(orderId: OrderId, options: AboutOrder = {}): Promise<void> {
    await this.#context
      .api('solicitations')
      .createProductReviewAndSellerFeedbackSolicitation(this.#about(orderId, options), callOptions(options))
      .catch(namingOrder(orderId));
  }

  #about(orderId: OrderId, { marketplaceId }: AboutOrder) {
    return { amazonOrderId: orderId, marketplaceIds: [marketplaceIn(this.#context, marketplaceId).id] };
  }
}
