import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import { type InboundItem, type Paged, ValidationError } from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import type { ListOptions } from '../pipeline/token-list.js';
import type { InboundOperation } from './inbound-operation.js';
import { type InboundBox, namingPlan } from './inbound-plans.js';
import { toInboundItem } from './inbound-shipment-mapping.js';
import { inboundApi, planList } from './plan-list.js';

type Answer<Name extends 'listPackingOptions' | 'listPlacementOptions' | 'listTransportationOptions'> =
  ResponseOf<'fulfillmentInbound', '2024-03-20', Name>;
/** In Amazon's own form. */
export type PackingOption = Answer<'listPackingOptions'>['packingOptions'][number];
export type PlacementOption = Answer<'listPlacementOptions'>['placementOptions'][number];
export type TransportationOption = Answer<'listTransportationOptions'>['transportationOptions'][number];
export type BoxesOfGroup = ParamsOf<
  'fulfillmentInbound',
  '2024-03-20',
  'setPackingInformation'
>['body']['packageGroupings'][number];
export type CustomPlacement = NonNullable<
  ParamsOf<'fulfillmentInbound', '2024-03-20', 'generatePlacementOptions'>['body']['customPlacement']
>[number];
type TransportWish = ParamsOf<'fulfillmentInbound', '2024-03-20', 'generateTransportationOptions'>['body'];
type TransportChoice = ParamsOf<
  'fulfillmentInbound',
  '2024-03-20',
  'confirmTransportationOptions'
>['body']['transportationSelections'];
type InPlan = { inboundPlanId: string; paginationToken?: string };
type InGroup = InPlan & { packingGroupId: string };

/** How the goods of a plan may be grouped into boxes. Options are generated, listed, and one of them confirmed. */
export class InboundPacking {
  readonly #context: SectionContext;
  readonly #options;
  readonly #items;
  readonly #boxes;

  constructor(context: SectionContext) {
    this.#context = context;
    const api = inboundApi(context);
    this.#options = planList(
      { kind: 'packing options', pageSize: 20 },
      (params: InPlan, options) => api.listPackingOptions(params, options),
      ({ packingOptions }): readonly PackingOption[] => packingOptions,
    );
    this.#items = planList(
      { kind: 'items of a packing group', pageSize: 100 },
      (params: InGroup, options) => api.listPackingGroupItems(params, options),
      ({ items }) => items.map(toInboundItem),
    );
    this.#boxes = planList(
      { kind: 'boxes of a packing group', pageSize: 100 },
      (params: InGroup, options) => api.listPackingGroupBoxes(params, options),
      ({ boxes }): readonly InboundBox[] => boxes,
    );
  }

  generate(planId: string, options: SpCallOptions = {}): Promise<InboundOperation> {
    return inboundApi(this.#context)
      .generatePackingOptions({ inboundPlanId: planId }, callOptions(options))
      .catch(namingPlan(planId));
  }

  list(planId: string, options: ListOptions = {}): Paged<PackingOption> {
    return this.#options.list({ inboundPlanId: planId }, options);
  }

  confirm(planId: string, packingOptionId: string, options: SpCallOptions = {}): Promise<InboundOperation> {
    return inboundApi(this.#context)
      .confirmPackingOption({ inboundPlanId: planId, packingOptionId }, callOptions(options))
      .catch(namingPlan(planId));
  }

  items(planId: string, packingGroupId: string, options: ListOptions = {}): Paged<InboundItem> {
    return this.#items.list({ inboundPlanId: planId, packingGroupId }, options);
  }

  boxes(planId: string, packingGroupId: string, options: ListOptions = {}): Paged<InboundBox> {
    return this.#boxes.list({ inboundPlanId: planId, packingGroupId }, options);
  }

  /**
   * Says what is in which boxes: of a packing group before the placement is confirmed, of a shipment afterwards.
   * @throws ValidationError naming the field.
   */
  async setBoxes(
    planId: string,
    groups: readonly BoxesOfGroup[],
    options: SpCallOptions = {},
  ): Promise<InboundOperation> {
    groups.forEach(({ packingGroupId, shipmentId, boxes }, index) => {
      const wrong = (field: string, text: string, remedy: string) =>
        new ValidationError(`groups[${index}].${field}: ${text}.`, {
          ...{ field: `groups[${index}].${field}`, remedy, account: this.#context.config.accountId },
          operation: 'fulfillmentInbound.setPackingInformation',
        });
      if ((packingGroupId === undefined) === (shipmentId === undefined))
        throw wrong(
          'packingGroupId',
          'either it or shipmentId is needed, not both',
          'Name the packing group before the placement is confirmed, the shipment afterwards.',
        );
      const known = boxes.findIndex(
        ({ contentInformationSource, items }) =>
          contentInformationSource !== 'BOX_CONTENT_PROVIDED' && (items?.length ?? 0) > 0,
      );
      if (known >= 0)
        throw wrong(
          `boxes[${known}].items`,
          'must be empty unless the content is provided here',
          'Leave the items out, or write BOX_CONTENT_PROVIDED.',
        );
    });
    return inboundApi(this.#context)
      .setPackingInformation(
        { inboundPlanId: planId, body: { packageGroupings: [...groups] } },
        callOptions(options),
      )
      .catch(namingPlan(planId));
  }
}

/** To which warehouses the goods of a plan may go, and what that costs. */
export class InboundPlacement {
  readonly #context: SectionContext;
  readonly #options;

  constructor(context: SectionContext) {
    this.#context = context;
    this.#options = planList(
      { kind: 'placement options', pageSize: 20 },
      (params: InPlan, options) => inboundApi(context).listPlacementOptions(params, options),
      ({ placementOptions }): readonly PlacementOption[] => placementOptions,
    );
  }

  /** @param custom - which goods are to go where, for sellers who may say so. */
  generate(
    planId: string,
    custom?: readonly CustomPlacement[],
    options: SpCallOptions = {},
  ): Promise<InboundOperation> {
    const body = custom === undefined ? {} : { customPlacement: [...custom] };
    return inboundApi(this.#context)
      .generatePlacementOptions({ inboundPlanId: planId, body }, callOptions(options))
      .catch(namingPlan(planId));
  }

  list(planId: string, options: ListOptions = {}): Paged<PlacementOption> {
    return this.#options.list({ inboundPlanId: planId }, options);
  }

  /** For good: Amazon does not let it be changed, and charges the option's fees. */
  confirm(planId: string, placementOptionId: string, options: SpCallOptions = {}): Promise<InboundOperation> {
    return inboundApi(this.#context)
      .confirmPlacementOption({ inboundPlanId: planId, placementOptionId }, callOptions(options))
      .catch(namingPlan(planId));
  }
}

/** Who carries the shipments of a plan, and what that costs. */
export class InboundTransportation {
  readonly #context: SectionContext;
  readonly #options;

  constructor(context: SectionContext) {
    this.#context = context;
    type Of = InPlan & { placementOptionId?: string; shipmentId?: string };
    this.#options = planList(
      { kind: 'transportation options', pageSize: 20 },
      (params: Of, options) => inboundApi(context).listTransportationOptions(params, options),
      ({ transportationOptions }): readonly TransportationOption[] => transportationOptions,
    );
  }

  generate(planId: string, wish: TransportWish, options: SpCallOptions = {}): Promise<InboundOperation> {
    return inboundApi(this.#context)
      .generateTransportationOptions({ inboundPlanId: planId, body: wish }, callOptions(options))
      .catch(namingPlan(planId));
  }

  list(
    planId: string,
    of: { readonly placementOptionId: string } | { readonly shipmentId: string },
    options: ListOptions = {},
  ): Paged<TransportationOption> {
    return this.#options.list({ inboundPlanId: planId, ...of }, options);
  }

  /** For good, for all shipments of the plan at once. With a partnered carrier it is bought. */
  confirm(planId: string, choice: TransportChoice, options: SpCallOptions = {}): Promise<InboundOperation> {
    const body = { transportationSelections: choice };
    return inboundApi(this.#context)
      .confirmTransportationOptions({ inboundPlanId: planId, body }, callOptions(options))
      .catch(namingPlan(planId));
  }
}
