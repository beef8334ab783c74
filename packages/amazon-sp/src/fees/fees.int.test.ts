import { money, sku } from '@fluxori/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Recorded, type Recorder, startRecorder } from '../../testing/recorder.js';
import { Crash, runJob } from '../../testing/run-job.js';
import { amazonJobs, type FeeQuestion, type FeesEstimateResult } from '../index.js';

let recorder: Recorder;
/** SKUs that Amazon refuses, and how often it fails at others. */
let refused: Set<string>;
let failing: Map<string, number>;

beforeAll(async () => {
  recorder = await startRecorder();
});
afterAll(async () => {
  await recorder?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  refused = new Set();
  failing = new Map();
  recorder.take();
  recorder.answer = (request) => ({ body: (request.json() as Asked[]).map(estimate).reverse() });
});

interface Asked {
  readonly IdType: string;
  readonly IdValue: string;
  readonly FeesEstimateRequest: {
    readonly Identifier: string;
    readonly PriceToEstimateFees: { readonly ListingPrice: { readonly Amount: number } };
  };
}

/** Answers in another order than it was asked, as Amazon may. */
function estimate({ IdValue, FeesEstimateRequest: { Identifier, PriceToEstimateFees } }: Asked) {
  const FeesEstimateIdentifier = { SellerInputIdentifier: Identifier, IdValue };
  const left = failing.get(IdValue) ?? 0;
  failing.set(IdValue, left - 1);
  if (left > 0 || refused.has(IdValue)) {
    const Status = left > 0 ? 'ServiceError' : 'ClientError';
    return {
      Status,
      FeesEstimateIdentifier,
      Error: { Type: 'x', Code: 'InvalidParameterValue', Message: 'No.', Detail: [] },
    };
  }
  const Amount = PriceToEstimateFees.ListingPrice.Amount / 10;
  const fee = { CurrencyCode: 'ZAR', Amount };
  return {
    Status: 'Success',
    FeesEstimateIdentifier,
    FeesEstimate: {
      TimeOfFeesEstimation: '2026-11-01T08:00:00Z',
      TotalFeesEstimate: fee,
      FeeDetailList: [{ FeeType: 'ReferralFee', FeeAmount: fee, FinalFee: fee }],
    },
  };
}

const question = (name: string, price = '100.00'): FeeQuestion => ({
  sku: sku(name),
  price: money(price, 'ZAR'),
  fulfilledBy: 'seller',
});

describe('fees', () => {
  it('are estimated twenty in a call, each answer with its question', async () => {
    refused.add('S7');
    const questions = Array.from({ length: 45 }, (_, n) => question(`S${n}`, `${n + 1}.50`));
    const outcomes = await recorder.connector.fees.estimate(questions);
    expect(recorder.take().map((request) => (request.json() as Asked[]).length)).toEqual([20, 20, 5]);
    expect(outcomes.map((one) => one.question)).toEqual(questions);
    expect(outcomes[7]).toMatchObject({ problem: { code: 'InvalidParameterValue', retryable: false } });
    expect(outcomes[9]?.estimate).toMatchObject({
      accountId: 'acme-za',
      marketplaceId: 'AE08WJ6YKNBMC',
      sku: 'S9',
      price: { amount: '10.50', currency: 'ZAR' },
      total: { amount: '1.05', currency: 'ZAR' },
      fees: [{ type: 'ReferralFee', amount: { amount: '1.05', currency: 'ZAR' } }],
    });
  });

  it('say which product Amazon’s answer left out', async () => {
    recorder.answer = () => ({ body: [] });
    const [outcome] = await recorder.connector.fees.estimate([question('A')]);
    expect(outcome?.problem).toMatchObject({ code: 'NoAnswer', retryable: true });
  });

  it.each([
    [
      'another currency',
      { ...question('A'), price: money('1', 'USD') },
      /not the currency of amazon\.co\.za/,
    ],
    ['a SKU and an ASIN', { ...question('A'), productId: 'B00EXAMPLE' }, /not both/],
    ['an amount below zero', { ...question('A'), shipping: money('-1', 'ZAR') }, /below zero/],
    ['too many digits', question('A', '12345678901234567.89'), /15 digits|Amazon's format/],
  ])('are not asked for with %s: nothing is sent, and the question is named', async (_, wrong, text) => {
    await expect(recorder.connector.fees.estimate([question('B'), wrong as FeeQuestion])).rejects.toThrow(
      text,
    );
    await expect(recorder.connector.fees.estimate([question('B'), wrong as FeeQuestion])).rejects.toThrow(
      /questions\[1\]/,
    );
    expect(recorder.requests).toEqual([]);
  });
});

describe('the job fees.estimate', () => {
  const run = async (payload: object, extra: Partial<Parameters<typeof runJob>[1]> = {}) => {
    const job = amazonJobs({ connector: async () => recorder.connector, feesRestMs: 20 }).find(
      ({ name }) => name === 'fees.estimate',
    );
    return (await runJob(job as NonNullable<typeof job>, {
      backend: recorder.backend,
      payload,
      ...extra,
    })) as FeesEstimateResult;
  };

  it('keeps estimates as records, tells refusals, and asks again where Amazon failed', async () => {
    refused.add('S3');
    failing = new Map([
      ['S5', 1],
      ['S6', 9],
    ]);
    const questions = Array.from({ length: 25 }, (_, n) => question(`S${n}`));
    const result = await run({ questions });
    expect(result).toMatchObject({ estimates: 23, inserted: 23 });
    expect(result.problems).toEqual([
      { index: 3, sku: 'S3', code: 'InvalidParameterValue', message: 'No.' },
      { index: 6, sku: 'S6', code: 'InvalidParameterValue', message: 'No.' },
    ]);
    const asked = recorder
      .take()
      .map((request: Recorded) => (request.json() as Asked[]).map((one) => one.IdValue));
    expect(asked.map((one) => one.length)).toEqual([20, 5, 2, 1]);
    expect(await recorder.backend.records.count('fee-estimate')).toBe(23);
  });

  it('asks nothing twice that was answered before a crash', async () => {
    const questions = Array.from({ length: 60 }, (_, n) => question(`C${n}`));
    let crashed = false;
    await run(
      { questions },
      {
        afterCheckpoint: (n) => {
          if (n === 2 && !crashed) {
            crashed = true;
            throw new Crash();
          }
        },
      },
    );
    expect(crashed).toBe(true);
    expect(recorder.take()).toHaveLength(3);
  });

  it.each([
    [{ questions: [] }],
    [{ questions: [{ ...question('A'), productId: 'B00EXAMPLE' }] }],
    [{ questions: [{ price: { amount: '1,5', currency: 'ZAR' }, sku: 'A', fulfilledBy: 'seller' }] }],
  ])('refuses the payload %j before it is queued', async (payload) => {
    await expect(run(payload)).rejects.toThrow();
    expect(recorder.requests).toEqual([]);
  });
});
