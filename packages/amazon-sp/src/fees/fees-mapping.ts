import type { ResponseOf } from '@fluxori/amazon-sp-models';
import type { AccountId, EstimatedFee, FeeEstimate, MarketplaceId } from '@fluxori/core';
import { utc } from '../mapping/instant.js';
import { moneyOf } from '../mapping/money-of.js';
import { withoutUndefined } from '../mapping/without-undefined.js';
import type { FeeQuestion } from './fee-question.js';

export type AmazonEstimate = ResponseOf<'productFees', 'v0', 'getMyFeesEstimates'>[number];
type FeeDetail = NonNullable<NonNullable<AmazonEstimate['FeesEstimate']>['FeeDetailList']>[number];

/** What came of one question: an estimate, or why there is none. */
export interface FeeOutcome {
  readonly question: FeeQuestion;
  readonly estimate?: FeeEstimate;
  readonly problem?: {
    /** Amazon's, e.g. `InvalidParameterValue`. */
    readonly code: string;
    readonly message: string;
    /** Asking again later may help: the fault is Amazon's. */
    readonly retryable: boolean;
  };
}

/** Amazon's answer to a question as the canonical one. */
export function toFeeOutcome(
  question: FeeQuestion,
  answer: AmazonEstimate | undefined,
  subject: { accountId: AccountId; marketplaceId: MarketplaceId; nowMs: number },
): FeeOutcome {
  if (answer === undefined) {
    const message = 'Amazon left this product out of its answer.';
    return { question, problem: { code: 'NoAnswer', message, retryable: true } };
  }
  const { FeesEstimate: fees, Error: refused, Status: status } = answer;
  const total = moneyOf(fees?.TotalFeesEstimate?.Amount, fees?.TotalFeesEstimate?.CurrencyCode);
  if (fees === undefined || total === undefined) {
    const code = refused?.Code ?? status ?? 'NoEstimate';
    const message = refused?.Message ?? 'Amazon gives no estimate for this product.';
    // Types and statuses that Amazon writes: ClientError, ServiceError.
    return {
      question,
      problem: { code, message, retryable: /service/i.test(status ?? refused?.Type ?? '') },
    };
  }
  const { sku, productId, fulfilledBy, price, shipping } = question;
  return {
    question,
    estimate: withoutUndefined({
      accountId: subject.accountId,
      marketplaceId: subject.marketplaceId,
      sku,
      productId,
      fulfilledBy,
      price,
      shipping,
      total,
      fees: (fees.FeeDetailList ?? []).flatMap(toFee),
      estimatedAt: utc(fees.TimeOfFeesEstimation) ?? new Date(subject.nowMs).toISOString(),
    }),
  };
}

function toFee(detail: FeeDetail): EstimatedFee[] {
  const amount = moneyOf(detail.FinalFee.Amount, detail.FinalFee.CurrencyCode);
  if (amount === undefined) return [];
  const parts = (detail.IncludedFeeDetailList ?? []).flatMap(toFee);
  return [{ type: detail.FeeType, amount, ...(parts.length > 0 && { parts }) }];
}
