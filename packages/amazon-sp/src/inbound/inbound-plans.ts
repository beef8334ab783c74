import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import type { InboundItem, Page, Paged } from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { marketplaceIn } from '../pipeline/marketplace-in.js';
import { namingNotFound } from '../pipeline/naming-not-found.js';
import type { SectionContext } from '../pipeline/section-context.js';
import type { ListOptions } from '../pipeline/token-list.js';
import type { InboundOperation } from './inbound-operation.js';
import {
  type InboundPlan,
  type InboundPlanSummary,
  type NewInboundPlan,
  toAmazonPlan,
  toPlan,
  toPlanSummary,
} from './inbound-plan.js';
import { toInboundItem } from './inbound-shipment-mapping.js';
import { inboundApi, planList } from './plan-list.js';

type ListParams = ParamsOf<'fulfillmentInbound', '2024-03-20', 'listInboundPlans'>;
export type InboundBox = ResponseOf<
  'fulfillmentInbound',
  '2024-03-20',
  'listInboundPlanBoxes'
>['boxes'][number];
export type InboundPallet = ResponseOf<
  'fulfillmentInbound',
  '2024-03-20',
  'listInboundPlanPallets'
>['pallets'][number];

export interface InboundPlanQuery extends ListOptions {
  readonly status?: ListParams['status'];
  /** By the last change, newest first, by default. */
  readonly sortBy?: ListParams['sortBy'];
  readonly sortOrder?: ListParams['sortOrder'];
}

/** Plans to send goods to Amazon's warehouses. */
export class InboundPlans {
  readonly #context: SectionContext;
  readonly #plans;
  readonly #items;
  readonly #boxes;
  readonly #pallets;

  constructor(context: SectionContext) {
    this.#context = context;
    const api = inboundApi(context);
    type In = { inboundPlanId: string; paginationToken?: string };
    this.#plans = planList(
      { kind: 'inbound plans', pageSize: 30 },
      (params: ListParams, options) => api.listInboundPlans(params, options),
      ({ inboundPlans = [] }) => inboundPlans.map(toPlanSummary),
    );
    this.#items = planList(
      { kind: 'items of an inbound plan', pageSize: 1_000 },
      (params: In, options) => api.listInboundPlanItems(params, options),
      ({ items }) => items.map(toInboundItem),
    );
    this.#boxes = planList(
      { kind: 'boxes of an inbound plan', pageSize: 1_000 },
      (params: In, options) => api.listInboundPlanBoxes(params, options),
      ({ boxes }): readonly InboundBox[] => boxes,
    );
    this.#pallets = planList(
      { kind: 'pallets of an inbound plan', pageSize: 1_000 },
      (params: In, options) => api.listInboundPlanPallets(params, options),
      ({ pallets }): readonly InboundPallet[] => pallets,
    );
  }

  list(query: InboundPlanQuery = {}): Paged<InboundPlanSummary> {
    return this.#plans.list(listParams(query), query);
  }

  page(query: InboundPlanQuery = {}): Promise<Page<InboundPlanSummary>> {
    return this.#plans.page(listParams(query), query);
  }

  /** @throws NotFoundError naming the plan. */
  async get(planId: string, options: SpCallOptions = {}): Promise<InboundPlan> {
    const plan = await inboundApi(this.#context)
      .getInboundPlan({ inboundPlanId: planId }, callOptions(options))
      .catch(namingPlan(planId));
    return toPlan(plan);
  }

  /**
   * Begins a plan; `inbound.settled(…)` waits until Amazon has judged it. Not repeatable blindly: a repeated request makes another plan. The job
   * `inbound.plans.create` looks for the first one before it sends again.
   */
  async create(
    plan: NewInboundPlan,
    options: SpCallOptions = {},
  ): Promise<InboundOperation & { readonly planId: string }> {
    const marketplace = marketplaceIn(this.#context, plan.marketplaceId);
    const body = toAmazonPlan(plan, marketplace.id, this.#context.config.accountId);
    const answer = await inboundApi(this.#context).createInboundPlan({ body }, callOptions(options));
    return { planId: answer.inboundPlanId, operationId: answer.operationId };
  }

  /** Ends a plan. It may cost something: with Amazon's partnered carriers it is free for 24 hours (parcels) or one hour (freight). Repeatable. */
  cancel(planId: string, options: SpCallOptions = {}): Promise<InboundOperation> {
    return inboundApi(this.#context)
      .cancelInboundPlan({ inboundPlanId: planId }, callOptions(options))
      .catch(namingPlan(planId));
  }

  async rename(planId: string, name: string, options: SpCallOptions = {}): Promise<void> {
    await inboundApi(this.#context)
      .updateInboundPlanName({ inboundPlanId: planId, body: { name } }, callOptions(options))
      .catch(namingPlan(planId));
  }

  items(planId: string, options: ListOptions = {}): Paged<InboundItem> {
    return this.#items.list({ inboundPlanId: planId }, options);
  }

  boxes(planId: string, options: ListOptions = {}): Paged<InboundBox> {
    return this.#boxes.list({ inboundPlanId: planId }, options);
  }

  pallets(planId: string, options: ListOptions = {}): Paged<InboundPallet> {
    return this.#pallets.list({ inboundPlanId: planId }, options);
  }
}

function listParams({ status, sortBy, sortOrder }: InboundPlanQuery): ListParams {
  return {
    ...(status && { status }),
    sortBy: sortBy ?? 'LAST_UPDATED_TIME',
    sortOrder: sortOrder ?? 'DESC',
  };
}

/** For `catch`: names the plan that Amazon does not have. */
export function namingPlan(planId: string) {
  return namingNotFound(() => ({
    what: `The inbound plan ${planId}, or what is asked of it,`,
    field: 'planId',
    remedy: 'Check the id of the plan (38 characters, from `plans.create` or `plans.list`), and the others.',
  }));
}
