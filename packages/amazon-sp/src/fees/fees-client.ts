import type { MarketplaceId } from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { checkObjects } from '../pipeline/check-list.js';
import { marketplaceIn } from '../pipeline/marketplace-in.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { type FeeQuestion, toAmazonQuestion } from './fee-question.js';
import { type FeeOutcome, toFeeOutcome } from './fees-mapping.js';

/** The most questions of one call. Source: GetMyFeesEstimatesRequest, product fees v0, checked November 2026. */
export const feesBatch = 20;

export interface FeeQuery extends SpCallOptions {
  readonly marketplaceId?: MarketplaceId;
}

/** What Amazon would take of a sale (product fees v0). */
export class FeesClient {
  readonly #context: SectionContext;

  constructor(context: SectionContext) {
    this.#context = context;
  }

  /**
   * Asks for any number of estimates, 20 in a call at 0.5 calls a second.
   *
   * @returns an outcome for each question, in their order. A product that Amazon refuses has a `problem`; the others have their estimates.
   * @throws ValidationError before anything is sent, when a question is wrong.
   */
  async estimate(questions: readonly FeeQuestion[], query: FeeQuery = {}): Promise<readonly FeeOutcome[]> {
    const { config, clock } = this.#context;
    const marketplace = marketplaceIn(this.#context, query.marketplaceId);
    // All are written before the first is sent, so that a wrong one at the end costs no tokens.
    const written = checkObjects(questions, 'questions').map((question, index) =>
      toAmazonQuestion(question, { marketplace, index, name: String(index) }),
    );
    const outcomes: FeeOutcome[] = [];
    for (let from = 0; from < written.length; from += feesBatch) {
      const answers = await this.#context
        .api('productFees')
        .getMyFeesEstimates({ body: written.slice(from, from + feesBatch) }, callOptions(query));
      const byName = new Map(
        answers.map((answer) => [answer.FeesEstimateIdentifier?.SellerInputIdentifier, answer]),
      );
      for (let index = from; index < Math.min(from + feesBatch, questions.length); index++) {
        const subject = { ...config, marketplaceId: marketplace.id, nowMs: clock.now() };
        outcomes.push(toFeeOutcome(questions[index] as FeeQuestion, byName.get(String(index)), subject));
      }
    }
    return outcomes;
  }
}
