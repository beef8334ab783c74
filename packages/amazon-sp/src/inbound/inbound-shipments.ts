import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import { type InboundItem, type InboundShipment, type Paged, ValidationError } from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import type { ListOptions } from '../pipeline/token-list.js';
import type { InboundOperation } from './inbound-operation.js';
import { type InboundPlanSummary, type InboundSource, toAmazonSource } from './inbound-plan.js';
import { type InboundBox, type InboundPallet, namingPlan } from './inbound-plans.js';
import { toInboundItem, toInboundShipment } from './inbound-shipment-mapping.js';
import { inboundApi, planList } from './plan-list.js';

export type DeliveryWindow = ResponseOf<
  'fulfillmentInbound',
  '2024-03-20',
  'listDeliveryWindowOptions'
>['deliveryWindowOptions'][number];
export type InboundTracking = ParamsOf<
  'fulfillmentInbound',
  '2024-03-20',
  'updateShipmentTrackingDetails'
>['body']['trackingDetails'];
type InShipment = { inboundPlanId: string; shipmentId: string; paginationToken?: string };

/** The shipments that a plan was split into. */
export class InboundShipments {
  readonly #context: SectionContext;
  readonly #items;
  readonly #boxes;
  readonly #pallets;
  readonly #windows;

  constructor(context: SectionContext) {
    this.#context = context;
    const api = inboundApi(context);
    this.#items = planList(
      { kind: 'items of an inbound shipment', pageSize: 1_000 },
      (params: InShipment, options) => api.listShipmentItems(params, options),
      ({ items }) => items.map(toInboundItem),
    );
    this.#boxes = planList(
      { kind: 'boxes of an inbound shipment', pageSize: 1_000 },
      (params: InShipment, options) => api.listShipmentBoxes(params, options),
      ({ boxes }): readonly InboundBox[] => boxes,
    );
    this.#pallets = planList(
      { kind: 'pallets of an inbound shipment', pageSize: 1_000 },
      (params: InShipment, options) => api.listShipmentPallets(params, options),
      ({ pallets }): readonly InboundPallet[] => pallets,
    );
    this.#windows = planList(
      { kind: 'delivery windows', pageSize: 100 },
      (params: InShipment, options) => api.listDeliveryWindowOptions(params, options),
      ({ deliveryWindowOptions }): readonly DeliveryWindow[] => deliveryWindowOptions,
    );
  }

  /**
   * A shipment with all of its items, in canonical form.
   * @param plan - its plan; asked for by its id when only that is given.
   * @throws NotFoundError naming the plan.
   */
  async get(
    plan: string | Pick<InboundPlanSummary, 'planId' | 'marketplaceIds'>,
    shipmentId: string,
    options: SpCallOptions = {},
  ): Promise<InboundShipment> {
    const known =
      typeof plan === 'string'
        ? { planId: plan, marketplaceIds: await this.#marketplacesOf(plan, options) }
        : plan;
    const shipment = await inboundApi(this.#context)
      .getShipment({ inboundPlanId: known.planId, shipmentId }, callOptions(options))
      .catch(namingPlan(known.planId));
    const items: InboundItem[] = [];
    for await (const item of this.items(known.planId, shipmentId, callOptions(options))) items.push(item);
    const { clock, config } = this.#context;
    return toInboundShipment(shipment, items, {
      ...{ accountId: config.accountId, plan: known, observedAt: new Date(clock.now()) },
    });
  }

  items(planId: string, shipmentId: string, options: ListOptions = {}): Paged<InboundItem> {
    return this.#items.list({ inboundPlanId: planId, shipmentId }, options);
  }

  boxes(planId: string, shipmentId: string, options: ListOptions = {}): Paged<InboundBox> {
    return this.#boxes.list({ inboundPlanId: planId, shipmentId }, options);
  }

  pallets(planId: string, shipmentId: string, options: ListOptions = {}): Paged<InboundPallet> {
    return this.#pallets.list({ inboundPlanId: planId, shipmentId }, options);
  }

  async rename(planId: string, shipmentId: string, name: string, options: SpCallOptions = {}): Promise<void> {
    await inboundApi(this.#context)
      .updateShipmentName({ inboundPlanId: planId, shipmentId, body: { name } }, callOptions(options))
      .catch(namingPlan(planId));
  }

  /** Another address that the goods leave from. Repeatable. */
  async setSource(
    planId: string,
    shipmentId: string,
    source: InboundSource,
    options: SpCallOptions = {},
  ): Promise<InboundOperation> {
    const account = this.#context.config.accountId;
    const wrong = (field: string, text: string, remedy: string) =>
      new ValidationError(`${field}: ${text}.`, { field, account, remedy });
    const body = { address: toAmazonSource(source, wrong) };
    return inboundApi(this.#context)
      .updateShipmentSourceAddress({ inboundPlanId: planId, shipmentId, body }, callOptions(options))
      .catch(namingPlan(planId));
  }

  /** The carrier's numbers, where the seller chose his own carrier. Repeatable. */
  setTracking(
    planId: string,
    shipmentId: string,
    tracking: InboundTracking,
    options: SpCallOptions = {},
  ): Promise<InboundOperation> {
    const body = { trackingDetails: tracking };
    return inboundApi(this.#context)
      .updateShipmentTrackingDetails({ inboundPlanId: planId, shipmentId, body }, callOptions(options))
      .catch(namingPlan(planId));
  }

  generateDeliveryWindows(
    planId: string,
    shipmentId: string,
    options: SpCallOptions = {},
  ): Promise<InboundOperation> {
    return inboundApi(this.#context)
      .generateDeliveryWindowOptions({ inboundPlanId: planId, shipmentId }, callOptions(options))
      .catch(namingPlan(planId));
  }

  deliveryWindows(planId: string, shipmentId: string, options: ListOptions = {}): Paged<DeliveryWindow> {
    return this.#windows.list({ inboundPlanId: planId, shipmentId }, options);
  }

  confirmDeliveryWindow(
    planId: string,
    shipmentId: string,
    deliveryWindowOptionId: string,
    options: SpCallOptions = {},
  ): Promise<InboundOperation> {
    return inboundApi(this.#context)
      .confirmDeliveryWindowOptions(
        { inboundPlanId: planId, shipmentId, deliveryWindowOptionId },
        callOptions(options),
      )
      .catch(namingPlan(planId));
  }

  async #marketplacesOf(planId: string, options: SpCallOptions) {
    const { marketplaceIds } = await inboundApi(this.#context)
      .getInboundPlan({ inboundPlanId: planId }, callOptions(options))
      .catch(namingPlan(planId));
    return marketplaceIds.map((id) => id as InboundPlanSummary['marketplaceIds'][number]);
  }
}
