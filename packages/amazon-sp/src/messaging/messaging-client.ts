import { createHash } from 'node:crypto';
import {
  type Backend,
  type KeyValueStore,
  type MarketplaceId,
  type OrderId,
  ValidationError,
} from '@fluxori/core';
import { instant } from '../mapping/instant.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { marketplaceIn } from '../pipeline/marketplace-in.js';
import { namingOrder } from '../pipeline/naming-not-found.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { Claims } from '../workflow/claims.js';
import { Prepared } from '../workflow/prepared.js';
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
  /** Which prepared messages are being sent, or were, by `sendingName`. */
  readonly sendings: Claims<'sent', { readonly kind: MessageKind }>;
  readonly #context: SectionContext;
  readonly #prepared: Prepared<Message>;

  constructor(
    context: SectionContext,
    {
      backend: { keyValues, locks },
      secureKeyValues,
    }: { backend: Pick<Backend, 'keyValues' | 'locks'>; secureKeyValues: KeyValueStore },
  ) {
    this.#context = context;
    const { clock, config } = context;
    this.sendings = new Claims('sent', {
      ...{ keyValues, locks, clock },
      ...{ accountId: config.accountId, room: 'message-sent' },
    });
    this.#prepared = new Prepared({
      ...{ store: secureKeyValues, accountId: context.config.accountId, room: 'message' },
      named: { field: 'messageId', what: 'message', by: 'connector.messaging.prepare(orderId, message)' },
    });
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
   * says so, and Amazon has no list of what was sent. Nothing keeps two callers from sending it twice: the job `messaging.send` does.
   *
   * @throws ValidationError naming the field, or `kind` with the kinds that the order takes instead; nothing was sent then.
   * @throws NotFoundError naming the order.
   */
  async send(orderId: OrderId, message: Message, options: AboutOrder = {}): Promise<void> {
    checkMessage(message, this.#context.config.accountId);
    await this.checkOffered(orderId, message.kind, options);
    await this.post(orderId, message, options);
  }

  /** @throws ValidationError naming the kinds that the order takes now, when `kind` is none of them. */
  async checkOffered(orderId: OrderId, kind: MessageKind, options: AboutOrder = {}): Promise<void> {
    const offered = await this.actions(orderId, options);
    if (!offered.includes(kind)) {
      throw new ValidationError(
        `kind: order ${orderId} takes no message of kind ${kind} now; it takes ${offered.join(', ') || 'none'}.`,
        {
          field: 'kind',
          account: this.#context.config.accountId,
          operation: 'messaging.getMessagingActionsForOrder',
          remedy:
            'Use a kind that the order takes. Which those are depends on its state, on the goods, and on what was sent before.',
        },
      );
    }
  }

  /** Sends a message without asking before; for whoever has just asked. */
  async post(orderId: OrderId, message: Message, options: AboutOrder = {}): Promise<void> {
    checkMessage(message, this.#context.config.accountId);
    await this.#post(orderId, message, options).catch(namingOrder(orderId));
  }

  /**
   * Checks a message and keeps it for the job `messaging.send`, so that what is written to a buyer is not in the queue's payloads but in the connector's
   * secure key values. It is forgotten when it was sent, or after 30 days.
   *
   * @param options.occasion - to write the same to the same buyer once more, e.g. `reminder-2`: on each occasion it is another message.
   * @returns the job's payload. The same message to the same order on the same occasion has the same id, and is sent once, however many jobs there are.
   */
  async prepare(
    orderId: OrderId,
    message: Message,
    { occasion }: { readonly occasion?: string } = {},
  ): Promise<{ readonly orderId: OrderId; readonly messageId: string }> {
    checkMessage(message, this.#context.config.accountId);
    const digest = createHash('sha256')
      .update(JSON.stringify([orderId, message, ...(occasion === undefined ? [] : [occasion])]))
      .digest('base64url');
    const messageId = digest.slice(0, 22);
    await this.#prepared.keep(preparedId(orderId, messageId), message);
    return { orderId, messageId };
  }

  /** What was prepared. @throws ValidationError when nothing is, or not any more. */
  async prepared(orderId: OrderId, messageId: string): Promise<Message> {
    const message = await this.#prepared.read(preparedId(orderId, messageId));
    if (message.kind !== 'warranty') return message;
    // Dates are text where it was kept.
    const { coverageStart, coverageEnd } = message;
    return {
      ...message,
      ...(coverageStart && { coverageStart: new Date(coverageStart) }),
      ...(coverageEnd && { coverageEnd: new Date(coverageEnd) }),
    };
  }

  /** Forgets what was prepared. */
  forget(orderId: OrderId, messageId: string): Promise<void> {
    return this.#prepared.forget(preparedId(orderId, messageId));
  }

  /** Forgets all that was prepared for the buyer of an order. @returns how many messages there were. */
  forgetAll(orderId: OrderId): Promise<number> {
    return this.#prepared.forgetAll(preparedId(orderId, ''));
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

function preparedId(orderId: OrderId, messageId: string): string {
  return `${orderId}/${messageId}`;
}

function withFiles({ text, attachments }: { text: string; attachments?: readonly MessageAttachment[] }) {
  return { text, ...(attachments && { attachments: files(attachments) }) };
}

function files(attachments: readonly MessageAttachment[]) {
  return attachments.map(({ uploadDestinationId, fileName }) => ({ uploadDestinationId, fileName }));
}
