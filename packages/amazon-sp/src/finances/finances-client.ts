import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import {
  type MarketplaceId,
  type OrderId,
  type Page,
  type Paged,
  type Transaction,
  ValidationError,
} from '@fluxori/core';
import { instant } from '../mapping/instant.js';
import type { SpCallOptions } from '../pipeline/call-options.js';
import { marketplaceIn, marketplacesIn } from '../pipeline/marketplace-in.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { listOptions, TokenList } from '../pipeline/token-list.js';
import { longestWindowMs, settleMs } from './finances-facts.js';
import { toTransaction } from './transaction-mapping.js';

type TransactionParams = ParamsOf<'finances', '2024-06-19', 'listTransactions'>;
type BalanceParams = ParamsOf<'finances', '2024-06-19', 'listBalances'>;
type SummaryParams = ParamsOf<'finances', '2024-06-19', 'listSummary'>;
export type Balance = NonNullable<ResponseOf<'finances', '2024-06-19', 'listBalances'>['balances']>[number];
export type FinancialSummary = NonNullable<
  ResponseOf<'finances', '2024-06-19', 'listSummary'>['summaries']
>[number];

/** Either a time or what the transactions belong to is needed. */
export interface TransactionQuery extends SpCallOptions {
  /** Posted at this time or later. */
  readonly postedSince?: Date;
  /** Posted before this time; at most 180 days after `postedSince`, and two minutes ago. */
  readonly postedBefore?: Date;
  /** All of the region by default. In the US, orders that the seller ships come only without it. */
  readonly marketplaceId?: MarketplaceId;
  readonly status?: 'DEFERRED' | 'RELEASED' | 'DEFERRED_RELEASED';
  readonly orderId?: OrderId;
  readonly financialEventGroupId?: string;
  readonly cursor?: string;
}

export interface BalanceQuery extends SpCallOptions {
  readonly marketplaceIds?: readonly MarketplaceId[];
  readonly type?: 'AVAILABLE' | 'RESERVED' | 'TOTAL' | 'DEFERRED' | 'ACCOUNT_LEVEL_RESERVE';
  /** Amazon's word, e.g. `PAYABLE`. */
  readonly accountType?: string;
  /** The balances of that day; of now by default. */
  readonly asOf?: Date;
  readonly cursor?: string;
}

/** Of a settlement, or of a time. */
export interface SummaryQuery extends SpCallOptions {
  readonly marketplaceIds?: readonly MarketplaceId[];
  readonly accountType?: string;
  readonly settlementId?: string;
  /** Days: the first, and the last. */
  readonly from?: Date;
  readonly to?: Date;
  readonly cursor?: string;
}

/** The seller's money (finances 2024-06-19): transactions, balances, summaries. */
export class FinancesClient {
  readonly #context: SectionContext;
  readonly #transactions: TokenList<TransactionParams, Transaction>;
  readonly #balances: TokenList<BalanceParams, Balance>;
  readonly #summaries: TokenList<SummaryParams, FinancialSummary>;

  constructor(context: SectionContext) {
    this.#context = context;
    const api = context.api('finances', '2024-06-19');
    const { accountId } = context.config;
    this.#transactions = new TokenList({
      kind: 'transactions',
      token: 'nextToken',
      fetch: async (params, options) => {
        const { payload } = await api.listTransactions(params, options);
        const { transactions = [], nextToken } = payload ?? {};
        return { items: transactions.map((one) => toTransaction(one, accountId)), nextToken };
      },
    });
    this.#balances = new TokenList({
      kind: 'balances',
      token: 'nextToken',
      fetch: async (params, options) => {
        const { balances = [], nextToken } = await api.listBalances(params, options);
        return { items: balances, nextToken };
      },
    });
    this.#summaries = new TokenList({
      kind: 'financial summaries',
      token: 'nextToken',
      fetch: async (params, options) => {
        const { summaries = [], nextToken } = await api.listSummary(params, options);
        return { items: summaries, nextToken };
      },
    });
  }

  /**
   * Transactions, in Amazon's order. Those of an order may show up to 48 hours late.
   * @throws ValidationError when it says neither a time nor an order nor a group, or a time of more than 180 days, to which Amazon answers nothing.
   */
  transactions(query: TransactionQuery): Paged<Transaction> {
    return this.#transactions.list(this.#transactionParams(query), listOptions(query));
  }

  /** One page of `transactions`. */
  async transactionPage(query: TransactionQuery): Promise<Page<Transaction>> {
    return this.#transactions.page(this.#transactionParams(query), listOptions(query));
  }

  /** What lies in the seller's accounts, by marketplace and kind of account; in Amazon's own form. */
  balances(query: BalanceQuery = {}): Paged<Balance> {
    const { marketplaceIds, type, accountType, asOf } = query;
    return this.#balances.list(
      {
        ...(marketplaceIds && { marketplaceIds: marketplacesIn(this.#context, marketplaceIds) }),
        ...(type && { balanceType: type }),
        ...(accountType && { accountType }),
        ...(asOf && { asOfDate: day(asOf, 'asOf') }),
      },
      listOptions(query),
    );
  }

  /** Net proceeds and what they consist of, of a settlement or a time; in Amazon's own form. */
  summaries(query: SummaryQuery): Paged<FinancialSummary> {
    const { marketplaceIds, accountType, settlementId, from, to } = query;
    return this.#summaries.list(
      {
        ...(marketplaceIds && { marketplaceIds: marketplacesIn(this.#context, marketplaceIds) }),
        ...(accountType && { accountType }),
        ...(settlementId && { relatedIdentifierName: 'SETTLEMENT_ID', relatedIdentifierValue: settlementId }),
        ...(from && { periodStart: day(from, 'from') }),
        ...(to && { periodEnd: day(to, 'to') }),
      },
      listOptions(query),
    );
  }

  #transactionParams(query: TransactionQuery): TransactionParams {
    if (query.cursor !== undefined) return {};
    const { postedSince, postedBefore, marketplaceId, status, orderId, financialEventGroupId } = query;
    if (orderId !== undefined && financialEventGroupId !== undefined)
      throw this.#wrong('orderId', 'cannot be used together with financialEventGroupId');
    const related = orderId
      ? { relatedIdentifierName: 'ORDER_ID', relatedIdentifierValue: orderId }
      : financialEventGroupId && {
          relatedIdentifierName: 'FINANCIAL_EVENT_GROUP_ID',
          relatedIdentifierValue: financialEventGroupId,
        };
    if (postedSince === undefined && !related)
      throw this.#wrong('postedSince', 'is needed, or else orderId or financialEventGroupId');
    const times = {
      ...(postedSince && { postedAfter: instant(postedSince, 'postedSince') }),
      ...(postedBefore && { postedBefore: instant(postedBefore, 'postedBefore') }),
    };
    this.#checkTimes(postedSince, postedBefore);
    return {
      ...times,
      ...(marketplaceId && { marketplaceId: marketplaceIn(this.#context, marketplaceId).id }),
      ...(status && { transactionStatus: status }),
      ...related,
    };
  }

  #checkTimes(since: Date | undefined, before: Date | undefined): void {
    if (since === undefined) {
      if (before !== undefined) throw this.#wrong('postedBefore', 'is used together with postedSince only');
      return;
    }
    const end = before?.getTime() ?? this.#context.clock.now() - settleMs;
    if (before !== undefined && end <= since.getTime())
      throw this.#wrong('postedBefore', 'must be later than postedSince');
    if (end - since.getTime() > longestWindowMs)
      throw this.#wrong(
        'postedSince',
        'lies more than 180 days before the end, and Amazon would answer nothing',
      );
  }

  #wrong(field: string, text: string): ValidationError {
    return new ValidationError(`${field}: ${text}.`, {
      field,
      account: this.#context.config.accountId,
      operation: 'finances.listTransactions',
      remedy:
        'Ask for at most 180 days at once; the job finances.import goes through a longer time by itself.',
    });
  }
}

function day(date: Date, field: string): string {
  return instant(date, field).slice(0, 10);
}
