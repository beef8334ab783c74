import { type MarketplaceId, type OrderId, ValidationError } from '@fluxori/core';
import { instant } from '../mapping/instant.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { marketplaceIn } from '../pipeline/marketplace-in.js';
import { namingOrder } from '../pipeline/naming-not-found.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { checkMessage } from './check-message-text.js';
import type { Message, MessageAttachment, MessageKind } from './message.js';
import { offeredActions } from './order-actions.js';

export interface AboutOrder extends SpCallOptions {
  /** Where the order was placed; the account's first marketplace by default. */
  readonly marketplaceId?: MarketplaceId;
}

export interface BuyerAttributes {
  /** The language in which messages must be, e.g. `en-ZA`. */
  readonly locale?: string;
}

/** Messages to the buyer of an order, through Amazon (messaging v1). */
export class MessagingClient {
  readonly #context: SectionContext;

  constructor(context: SectionContext) {
    this.#context = context;
  }

  /** The kinds of message that Amazon lets through for this order now; also kinds that this release cannot write. */
  async actions(
    orderId: OrderId,
    options: AboutOrder = {},
  ): Promise<readonly (MessageKind | (string & {}))[]> {
    const answer = await this.#context
      .api('messaging')
      .getMessagingActionsForOrder(this.#about(orderId, options), callOptions(options))
      .catch(namingOrder(orderId));
    return offeredActions(answer);
  }

  /** What is known of the buyer: the language. */
  async attributes(orderId: OrderId, options: AboutOrder = {}): Promise<BuyerAttributes> {
    const { buyer } = await this.#context
      .api('messaging')
      .GetAttributes(this.#about(orderId, options), callOptions(options))
      .catch(namingOrder(orderId));
    return buyer?.locale === undefined ? {} : { locale: buyer.locale };
  }

  /**
   * Sends a message, after asking which kinds the order takes. Not repeatable: when the answer is lost, a NetworkError with the outcome `unknown`
   * says so, and Amazon has no list of what was sent.
   *
   * @throws ValidationError naming the field, or `kind` with the kinds that the order takes instead; nothing was sent then.
   * @throws NotFoundError naming the order.
   */
  async send(orderId: OrderId, message: Message, options: AboutOrder = {}): Promise<void> {
    const { accountId } = this.#context.config;
    checkMessage(message, accountId);
    const offered = await this.actions(orderId, options);
    if (!offered.includes(message.kind)) {
      throw new ValidationError(
        `kind: order ${orderId} takes no message of kind ${message.kind} now; it takes ${offered.join(', ') || 'none'}.`,
        {
          field: 'kind',
          account: accountId,
          operation: 'messaging.getMessagingActionsForOrder',
          remedy:
            'Use a kind that the order takes. Which those are depends on its state, on the goods, and on what was sent before.',
        },
      );
    }
    await this.#post(orderId, message, options).catch(namingOrder(orderId));
  }

  #post(orderId: OrderId, message: Message, options: AboutOrder): Promise<unknown> {
    const api = this.#context.api('messaging');
    const about = this.#about(orderId, options);
    const terms = callOptions(options);
    switch (message.kind) {
      case 'confirmCustomizationDetails':
        return api.confirmCustomizationDetails({ ...about, body: withFiles(message) }, terms);
      case 'confirmDeliveryDetails':
        return api.createConfirmDeliveryDetails({ ...about, body: { text: message.text } }, terms);
      case 'confirmOrderDetails':
        return api.createConfirmOrderDetails({ ...about, body: { text: message.text } }, terms);
      case 'confirmServiceDetails':
        return api.createConfirmServiceDetails({ ...about, body: { text: message.text } }, terms);
      case 'digitalAccessKey':
        return api.createDigitalAccessKey({ ...about, body: withFiles(message) }, terms);
      case 'unexpectedProblem':
        return api.createUnexpectedProblem({ ...about, body: { text: message.text } }, terms);
      case 'legalDisclosure':
        return api.createLegalDisclosure(
          { ...about, body: { attachments: files(message.attachments) } },
          terms,
        );
      case 'invoice':
        return api.sendInvoice({ ...about, body: { attachments: files(message.attachments) } }, terms);
      case 'warranty': {
        const { attachments, coverageStart, coverageEnd } = message;
        const body = {
          attachments: files(attachments),
          ...(coverageStart && { coverageStartDate: instant(coverageStart, 'coverageStart') }),
          ...(coverageEnd && { coverageEndDate: instant(coverageEnd, 'coverageEnd') }),
        };
        return api.CreateWarranty({ ...about, body }, terms);
      }
    }
  }

  #about(orderId: OrderId, { marketplaceId }: AboutOrder) {
    return { amazonOrderId: orderId, marketplaceIds: [marketplaceIn(this.#context, marketplaceId).id] };
  }
}

function withFiles({ text, attachments }: { text: string; attachments?: readonly MessageAttachment[] }) {
  return { text, ...(attachments && { attachments: files(attachments) }) };
}

function files(attachments: readonly MessageAttachment[]) {
  return attachments.map(({ uploadDestinationId, fileName }) => ({ uploadDestinationId, fileName }));
}
