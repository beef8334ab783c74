import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import { type KeyValueStore, type Locks, type OrderId, RemoteError, ValidationError } from '@fluxori/core';
import { utc } from '../mapping/instant.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { namingNotFound, namingOrder } from '../pipeline/naming-not-found.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { labelOf, type ShippingLabel } from './label-content.js';
import { LabelPurchases } from './label-purchases.js';
import {
  type AmazonShipment,
  type PurchasedShipment,
  type ShippingOffers,
  toOffers,
  toShipment,
} from './shipment-mapping.js';
import {
  type SenderAddress,
  type ShipmentRequest,
  toAmazonDetails,
  toAmazonSender,
} from './shipment-request.js';

type CreateBody = ParamsOf<'merchantFulfillment', 'v0', 'createShipment'>['body'];
export type AdditionalInputs = NonNullable<
  ResponseOf<'merchantFulfillment', 'v0', 'getAdditionalSellerInputs'>['payload']
>;

/** What is bought: the parcel, and one of the offers for it. */
export interface LabelPurchaseRequest extends ShipmentRequest {
  readonly serviceId: string;
  /** Of the offer; without it Amazon takes the service's current one. */
  readonly offerId?: string;
  readonly packingSlip?: boolean;
  /** What `additionalInputs` asked for, in Amazon's form. */
  readonly inputs?: CreateBody['ShipmentLevelSellerInputsList'];
}

/** A parcel that Amazon shows on an order. */
export interface OrderParcel {
  readonly carrier?: string;
  readonly service?: string;
  readonly trackingNumber?: string;
  /** ISO 8601 in UTC. */
  readonly createdAt?: string;
  readonly items: readonly { readonly orderItemId: string; readonly quantity: number }[];
}

/** Labels for parcels that the seller sends, bought of Amazon (merchant fulfillment v0). Shipments are fetched with a restricted data token. */
export class MerchantFulfillmentClient {
  readonly purchases: LabelPurchases;
  readonly #context: SectionContext;

  constructor(context: SectionContext, { keyValues, locks }: { keyValues: KeyValueStore; locks: Locks }) {
    this.#context = context;
    const { clock } = context;
    const { accountId } = context.config;
    this.purchases = new LabelPurchases({ keyValues, locks, clock, accountId });
  }

  /** What carriers offer for a parcel. @throws ValidationError naming the field. */
  async offers(request: ShipmentRequest, options: SpCallOptions = {}): Promise<ShippingOffers> {
    const body = { ShipmentRequestDetails: toAmazonDetails(request, this.#account) };
    const { payload } = await this.#context
      .api('merchantFulfillment')
      .getEligibleShipmentServices({ body }, callOptions(options))
      .catch(namingOrder(request.orderId));
    return toOffers({ ...payload, ShippingServiceList: payload?.ShippingServiceList ?? [] });
  }

  /** What else Amazon wants to know before it sells a label of this service, in its own form. */
  async additionalInputs(
    question: { orderId: OrderId; serviceId: string; shipFrom: SenderAddress },
    options: SpCallOptions = {},
  ): Promise<AdditionalInputs> {
    const wrong = (field: string, text: string, remedy: string) =>
      new ValidationError(`${field}: ${text}.`, { field, account: this.#account, remedy });
    const { payload } = await this.#context
      .api('merchantFulfillment')
      .getAdditionalSellerInputs(
        {
          body: {
            OrderId: question.orderId,
            ShippingServiceId: question.serviceId,
            ShipFromAddress: toAmazonSender(question.shipFrom, wrong),
          },
        },
        callOptions(options),
      )
      .catch(namingOrder(question.orderId));
    return payload ?? {};
  }

  /**
   * Buys a label, which costs money. Never to be repeated blindly: Amazon has no key that makes it happen once. The job `merchantFulfillment.ship`
   * keeps a lost answer from buying twice.
   */
  async buy(request: LabelPurchaseRequest, options: SpCallOptions = {}): Promise<PurchasedShipment> {
    const { serviceId, offerId, packingSlip, inputs } = request;
    const { payload } = await this.#context
      .api('merchantFulfillment')
      .createShipment(
        {
          body: {
            ShipmentRequestDetails: toAmazonDetails(request, this.#account),
            ShippingServiceId: serviceId,
            ...(offerId && { ShippingServiceOfferId: offerId }),
            ...(packingSlip && { LabelFormatOption: { IncludePackingSlipWithLabel: true } }),
            ...(inputs && { ShipmentLevelSellerInputsList: inputs }),
          },
        },
        callOptions(options),
      )
      .catch(namingOrder(request.orderId));
    const shipment = this.#whole(payload, 'createShipment');
    try {
      return toShipment(shipment, this.#account);
    } catch (error) {
      // It was bought: an error of the mapping would be taken for a refusal, and the label bought again.
      throw this.#unreadable('createShipment', `shipment ${shipment.ShipmentId} cannot be read`, error);
    }
  }

  /** @throws NotFoundError naming the shipment. */
  async get(shipmentId: string, options: SpCallOptions = {}): Promise<PurchasedShipment> {
    return toShipment(await this.#shipment(shipmentId, options), this.#account);
  }

  /** The label of a shipment, as often as it is asked for. Personal data. @throws DocumentError when there is none, or when it is damaged. */
  async label(shipmentId: string, options: SpCallOptions = {}): Promise<ShippingLabel> {
    return labelOf(await this.#shipment(shipmentId, options), this.#account);
  }

  /** Asks for the money of a label back. Repeatable. */
  async cancel(shipmentId: string, options: SpCallOptions = {}): Promise<PurchasedShipment> {
    const { payload } = await this.#context
      .api('merchantFulfillment')
      .cancelShipment({ shipmentId }, callOptions(options))
      .catch(namingShipment(shipmentId));
    return toShipment(this.#whole(payload, 'cancelShipment'), this.#account);
  }

  /** The parcels that Amazon shows on an order: as far as it can be seen what became of a purchase whose answer was lost. */
  async parcelsOf(orderId: OrderId, options: SpCallOptions = {}): Promise<readonly OrderParcel[]> {
    const { order } = await this.#context
      .api('orders')
      .getOrder({ orderId, includedData: ['PACKAGES'] }, callOptions(options))
      .catch(namingOrder(orderId));
    return (order.packages ?? []).map(
      ({ carrier, shippingService, trackingNumber, createdTime, packageItems }) => ({
        ...(carrier && { carrier }),
        ...(shippingService && { service: shippingService }),
        ...(trackingNumber && { trackingNumber }),
        createdAt: utc(createdTime),
        items: (packageItems ?? []).map(({ orderItemId, quantity }) => ({ orderItemId, quantity })),
      }),
    );
  }

  get #account() {
    return this.#context.config.accountId;
  }

  async #shipment(shipmentId: string, options: SpCallOptions): Promise<AmazonShipment> {
    const { payload } = await this.#context
      .api('merchantFulfillment')
      .getShipment({ shipmentId }, callOptions(options))
      .catch(namingShipment(shipmentId));
    return this.#whole(payload, 'getShipment');
  }

  /** An answer without a shipment says nothing of what was done. */
  #whole(payload: AmazonShipment | undefined, operationId: string): AmazonShipment {
    if (payload?.ShipmentId) return payload;
    throw this.#unreadable(operationId, 'there is no shipment in it');
  }

  #unreadable(operationId: string, why: string, cause?: unknown): RemoteError {
    return new RemoteError(`The answer of merchantFulfillment.${operationId} is not understood: ${why}.`, {
      ...{ code: 'REMOTE_UNREADABLE', status: 200, retryable: false, cause },
      account: this.#account,
      operation: `merchantFulfillment.${operationId}`,
      remedy: 'Look in Seller Central whether the label was bought before you buy another.',
    });
  }
}

function namingShipment(shipmentId: string) {
  return namingNotFound(() => ({
    what: `Shipment ${shipmentId}`,
    field: 'shipmentId',
    remedy: 'Use the id that came with the label; it belongs to one seller.',
  }));
}
