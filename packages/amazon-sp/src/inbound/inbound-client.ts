import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import type { MarketplaceId, Sku } from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { checkObjects, checkTexts } from '../pipeline/check-list.js';
import { marketplaceIn } from '../pipeline/marketplace-in.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { directTerms } from '../workflow/terms.js';
import { defaultTimings } from '../workflow/timings.js';
import {
  type InboundOperation,
  inboundPace,
  lookAtOperation,
  type OperationStatus,
  settleOperation,
} from './inbound-operation.js';
import { InboundPacking, InboundPlacement, InboundTransportation } from './inbound-options.js';
import { InboundPlans } from './inbound-plans.js';
import { InboundShipments } from './inbound-shipments.js';
import { inboundApi } from './plan-list.js';

export type PrepDetails = ResponseOf<
  'fulfillmentInbound',
  '2024-03-20',
  'listPrepDetails'
>['mskuPrepDetails'][number];
export type NewPrepDetails = ParamsOf<
  'fulfillmentInbound',
  '2024-03-20',
  'setPrepDetails'
>['body']['mskuPrepDetails'][number];
type LabelBody = ParamsOf<'fulfillmentInbound', '2024-03-20', 'createMarketplaceItemLabels'>['body'];
type LabelDocument = ResponseOf<
  'fulfillmentInbound',
  '2024-03-20',
  'createMarketplaceItemLabels'
>['documentDownloads'][number];

/** The most SKUs of one question about preparation. Source: fulfillment inbound 2024-03-20. */
const prepBatch = 100;

export interface SettleOptions extends SpCallOptions {
  /** The first and the longest time between looks, and how long is too long; milliseconds. 2,000, 20,000 and six hours by default. */
  readonly timings?: Partial<Record<'firstPollMs' | 'longestPollMs' | 'stuckAfterMs', number>>;
}

/**
 * Goods on their way to Amazon's warehouses (fulfillment inbound 2024-03-20). Most of what is asked for here Amazon does by and by: such calls give an
 * `InboundOperation`, and `settled` waits for it.
 */
export class InboundClient {
  readonly plans: InboundPlans;
  readonly packing: InboundPacking;
  readonly placement: InboundPlacement;
  readonly transportation: InboundTransportation;
  readonly shipments: InboundShipments;
  readonly #context: SectionContext;

  constructor(context: SectionContext) {
    this.#context = context;
    this.plans = new InboundPlans(context);
    this.packing = new InboundPacking(context);
    this.placement = new InboundPlacement(context);
    this.transportation = new InboundTransportation(context);
    this.shipments = new InboundShipments(context);
  }

  /** One look at what Amazon has taken on. */
  operation(operationId: string, options: SpCallOptions = {}): Promise<OperationStatus> {
    return lookAtOperation(this.#context, operationId, options);
  }

  /**
   * Waits until Amazon has done what it took on: `await inbound.settled(await inbound.packing.generate(planId))`.
   *
   * @returns how it ended, with what Amazon warns of.
   * @throws ValidationError listing what Amazon has against it, when it failed; or when it takes too long.
   */
  settled({ operationId }: InboundOperation, options: SettleOptions = {}): Promise<OperationStatus> {
    const { clock } = this.#context;
    return settleOperation(operationId, {
      context: this.#context,
      terms: directTerms({ ...callOptions(options), clock }),
      timings: { ...defaultTimings, ...inboundPace, ...options.timings },
      sinceMs: clock.now(),
    });
  }

  /** How goods must be prepared, and who may do it; 100 SKUs in a call. */
  async prepDetails(
    skus: readonly Sku[],
    query: SpCallOptions & { marketplaceId?: MarketplaceId } = {},
  ): Promise<readonly PrepDetails[]> {
    const marketplaceId = marketplaceIn(this.#context, query.marketplaceId).id;
    const found: PrepDetails[] = [];
    checkTexts(skus, 'skus');
    for (let from = 0; from < skus.length; from += prepBatch) {
      const mskus = skus.slice(from, from + prepBatch);
      const { mskuPrepDetails } = await inboundApi(this.#context).listPrepDetails(
        { marketplaceId, mskus },
        callOptions(query),
      );
      found.push(...mskuPrepDetails);
    }
    return found;
  }

  /** Says how goods must be prepared, where Amazon does not know. Repeatable: it says how it is to be. */
  async setPrepDetails(
    details: readonly NewPrepDetails[],
    query: SpCallOptions & { marketplaceId?: MarketplaceId } = {},
  ): Promise<InboundOperation> {
    const marketplaceId = marketplaceIn(this.#context, query.marketplaceId).id;
    return inboundApi(this.#context).setPrepDetails(
      { body: { marketplaceId, mskuPrepDetails: [...checkObjects(details, 'details')] } },
      callOptions(query),
    );
  }

  /** Labels for single items, as links to documents that expire. */
  async itemLabels(
    labels: Omit<LabelBody, 'marketplaceId'>,
    query: SpCallOptions & { marketplaceId?: MarketplaceId } = {},
  ): Promise<readonly LabelDocument[]> {
    const marketplaceId = marketplaceIn(this.#context, query.marketplaceId).id;
    const { documentDownloads } = await inboundApi(this.#context).createMarketplaceItemLabels(
      { body: { ...labels, marketplaceId } },
      callOptions(query),
    );
    return documentDownloads;
  }
}
