import { type OrderId, orderId } from '@fluxori/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { ownOrder } from '../../testing/own-order.js';
import { Crash, type RunJobOptions, runJob } from '../../testing/run-job.js';
import { messagingSend } from '../jobs/messaging-send.js';
import { directTerms } from '../workflow/terms.js';
import { runWorkflow } from '../workflow/workflow.js';
import type { Message } from './message.js';
import { sendOnce } from './send-once.js';

let open: Sandboxed;
/** Orders that the seller ships: one on its way, one still to be sent, one that the buyer has not paid. */
let shipped: OrderId;
let unshipped: OrderId;
let pending: OrderId;

beforeAll(async () => {
  open = await connectToSandbox({
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, settleMs: 0, orders: 0, skus: 20 },
  });
  shipped = (await ownOrder(open, 'SHIPPED')).orderId;
  unshipped = (await ownOrder(open, 'UNSHIPPED')).orderId;
  pending = (await ownOrder(open, 'PENDING')).orderId;
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await open.sandbox.faults.clear();
  open.sandbox.resetCounters();
});

const requests = (operationId: string) =>
  open.sandbox.counters().operations[`messaging.${operationId}`]?.requests ?? 0;

const file = { uploadDestinationId: 'sc/upload-1', fileName: 'invoice.pdf' };

describe('messages', () => {
  it('are offered by the state of the order', async () => {
    const { messaging } = open.connector;
    expect(await messaging.actions(unshipped)).toContain('confirmOrderDetails');
    expect(await messaging.actions(shipped)).toContain('warranty');
    expect(await messaging.actions(pending)).toEqual([]);
    expect(await messaging.attributes(shipped)).toEqual({ locale: 'en-ZA' });
  });

  it.each<[string, () => OrderId, Message]>([
    [
      'confirmCustomizationDetails',
      () => unshipped,
      { kind: 'confirmCustomizationDetails', text: 'Which initials?' },
    ],
    [
      'createConfirmDeliveryDetails',
      () => shipped,
      { kind: 'confirmDeliveryDetails', text: 'When are you in?' },
    ],
    ['createConfirmOrderDetails', () => unshipped, { kind: 'confirmOrderDetails', text: 'Blue or green?' }],
    ['createUnexpectedProblem', () => unshipped, { kind: 'unexpectedProblem', text: 'It is late.' }],
    ['createLegalDisclosure', () => shipped, { kind: 'legalDisclosure', attachments: [file] }],
    ['sendInvoice', () => shipped, { kind: 'invoice', attachments: [file] }],
    [
      'CreateWarranty',
      () => shipped,
      { kind: 'warranty', attachments: [file], coverageStart: new Date(), coverageEnd: new Date() },
    ],
  ])('go out by %s after the order was asked', async (operationId, order, message) => {
    await open.connector.messaging.send(order(), message);
    expect(requests('getMessagingActionsForOrder')).toBe(1);
    expect(requests(operationId)).toBe(1);
  });

  it('that the order does not take are not sent, and the error names those that it takes', async () => {
    await expect(
      open.connector.messaging.send(shipped, { kind: 'confirmOrderDetails', text: 'Blue or green?' }),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      field: 'kind',
      message: expect.stringMatching(/takes no message of kind confirmOrderDetails now; it takes .*warranty/),
    });
    expect(requests('createConfirmOrderDetails')).toBe(0);
  });

  it.each<[string, Message, string, RegExp]>([
    [
      'an e-mail address',
      { kind: 'unexpectedProblem', text: 'Write to me@shop.co.za' },
      'text',
      /e-mail address/,
    ],
    ['HTML', { kind: 'unexpectedProblem', text: '<b>Late</b>' }, 'text', /HTML/],
    ['no text', { kind: 'unexpectedProblem', text: '  ' }, 'text', /needs a text/],
    ['too long a text', { kind: 'digitalAccessKey', text: 'x'.repeat(401) }, 'text', /at most|too many/],
    ['no attachment', { kind: 'invoice', attachments: [] }, 'attachments', /needs an attachment/],
    [
      'six attachments',
      { kind: 'invoice', attachments: Array(6).fill(file) },
      'attachments',
      /6 are too many/,
    ],
    ['an unknown kind', { kind: 'gossip' } as unknown as Message, 'kind', /is no kind of message/],
  ])('with %s are refused before anything is sent', async (_, message, field, text) => {
    const error = await open.connector.messaging.send(shipped, message).catch((caught) => caught);
    expect(error).toMatchObject({ name: 'ValidationError', field });
    expect(error.message).toMatch(text);
    expect(error.message).not.toContain('shop.co.za');
    expect(requests('getMessagingActionsForOrder')).toBe(0);
  });

  it('about an order that does not exist say which', async () => {
    await expect(open.connector.messaging.actions(orderId('902-0000000-0000000'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'orderId',
      message: expect.stringContaining('902-0000000-0000000'),
    });
  });

  it('are not repeated when the answer is lost: nobody could tell whether they arrived', async () => {
    await open.sandbox.faults.set({
      kind: 'drop',
      when: 'after',
      operation: 'messaging.sendInvoice',
      count: 1,
    });
    await expect(
      open.connector.messaging.send(shipped, { kind: 'invoice', attachments: [file] }),
    ).rejects.toMatchObject({ name: 'NetworkError', outcome: 'unknown' });
    expect(requests('sendInvoice')).toBe(1);
  });
});

describe('messaging.send', () => {
  const job = () => messagingSend({ connector: async () => open.connector });
  let jobs = 0;
  /** A job of its own each time, for the same message if the words and the occasion are the same. */
  const run = async (
    order: OrderId,
    message: Message,
    {
      occasion,
      sendAgain,
      ...more
    }: Partial<RunJobOptions> & { occasion?: string; sendAgain?: boolean } = {},
  ) => {
    const payload = await open.connector.messaging.prepare(order, message, { ...(occasion && { occasion }) });
    return runJob(job(), {
      ...{ backend: open.backend, jobId: `job-${++jobs}` },
      payload: { ...payload, ...(sendAgain && { sendAgain }) },
      ...more,
    });
  };
  let problem: { kind: 'unexpectedProblem'; text: string };
  beforeEach(() => {
    problem = { kind: 'unexpectedProblem', text: `The courier for Thandi is on strike ${++jobs}.` };
  });

  it('sends what was prepared, which is not in its payload, and forgets it', async () => {
    const payload = await open.connector.messaging.prepare(unshipped, problem);
    expect(JSON.stringify(payload)).not.toContain('Thandi');
    expect(await open.connector.messaging.prepare(unshipped, problem)).toEqual(payload);
    expect(await run(unshipped, problem)).toEqual({
      ...{ orderId: unshipped, kind: 'unexpectedProblem', outcome: 'sent' },
    });
    expect(requests('createUnexpectedProblem')).toBe(1);
    const { messageId } = payload;
    await expect(open.connector.messaging.prepared(unshipped, messageId)).rejects.toMatchObject({
      ...{ name: 'ValidationError', field: 'messageId' },
      remedy: expect.stringContaining('prepare'),
    });
  });

  it('is sent once, whichever jobs and processes are about it at the same time', async () => {
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => run(unshipped, problem)));
    expect(requests('createUnexpectedProblem')).toBe(1);
    const sent = all.filter(
      (one) => one.status === 'fulfilled' && (one.value as { outcome: string }).outcome === 'sent',
    );
    expect(sent).toHaveLength(1);
    for (const one of all) {
      if (one.status === 'rejected')
        expect(one.reason).toMatchObject({
          ...{ name: 'ValidationError', code: 'OUTCOME_UNKNOWN', field: 'messageId' },
          message: expect.stringMatching(/is being sent by job job-\d+ since/),
        });
    }
    // Prepared anew it is the same message; on another occasion it is another.
    expect(await run(unshipped, problem)).toMatchObject({ kind: 'unexpectedProblem', outcome: 'found' });
    expect(requests('createUnexpectedProblem')).toBe(1);
    expect(await run(unshipped, problem, { occasion: 'reminder' })).toMatchObject({ outcome: 'sent' });
    expect(requests('createUnexpectedProblem')).toBe(2);
  });

  it('is found by a job that comes when another has just sent and forgotten it', async () => {
    const { messaging, config } = open.connector;
    const { messageId } = await messaging.prepare(unshipped, problem);
    const late = {
      sendings: messaging.sendings,
      async prepared() {
        await run(unshipped, problem);
        return messaging.prepared(unshipped, messageId);
      },
    } as unknown as typeof messaging;
    const order = { orderId: unshipped, messageId, by: 'late', account: config.accountId, now: Date.now };
    const journal = { state: undefined, save: async () => {} };
    const end = await runWorkflow(sendOnce({ ...order, messaging: late }), { journal, terms: directTerms() });
    expect(end).toEqual({ step: 'end', outcome: 'found', kind: 'unexpectedProblem' });
    expect(requests('createUnexpectedProblem')).toBe(1);
  });

  it('is free for another job when Amazon refused it', async () => {
    const operation = 'messaging.createUnexpectedProblem';
    await open.sandbox.faults.set({ kind: 'error', status: 400, operation, count: 1 });
    await expect(run(unshipped, problem)).rejects.toMatchObject({ retryable: false });
    expect(await run(unshipped, problem)).toMatchObject({ outcome: 'sent' });
    expect(requests('createUnexpectedProblem')).toBe(2);
  });

  it('is forgotten with all others to a buyer who is to be forgotten', async () => {
    const { messaging } = open.connector;
    const { messageId } = await messaging.prepare(unshipped, problem);
    await messaging.prepare(unshipped, { ...problem, text: 'It goes on, Thandi.' });
    await messaging.prepare(shipped, problem);
    expect(await messaging.forgetAll(unshipped)).toBe(2);
    await expect(messaging.prepared(unshipped, messageId)).rejects.toMatchObject({ field: 'messageId' });
    expect(await messaging.forgetAll(shipped)).toBe(1);
  });

  it('keeps dates of a warranty', async () => {
    const coverageStart = new Date('2026-11-20T00:00:00Z');
    await run(shipped, { kind: 'warranty', attachments: [file], coverageStart });
    expect(requests('CreateWarranty')).toBe(1);
  });

  it('is not sent when the order does not take it', async () => {
    await expect(run(shipped, problem)).rejects.toMatchObject({ name: 'ValidationError', field: 'kind' });
    expect(requests('createUnexpectedProblem')).toBe(0);
  });

  it('tells a lost answer as unknown, to other jobs too, and sends again only on a person’s word', async () => {
    const operation = 'messaging.createUnexpectedProblem';
    await open.sandbox.faults.set({ kind: 'drop', when: 'after', operation, count: 1 });
    await expect(run(unshipped, problem)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      retryable: false,
      remedy: expect.stringContaining(unshipped),
    });
    await expect(run(unshipped, problem)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringMatching(/job job-\d+ may have sent message/),
      remedy: expect.stringContaining('sendAgain'),
    });
    expect(requests('createUnexpectedProblem')).toBe(1);
    expect(await run(unshipped, problem, { sendAgain: true })).toMatchObject({ outcome: 'sent' });
    expect(await run(unshipped, problem, { sendAgain: true })).toMatchObject({ outcome: 'found' });
    expect(requests('createUnexpectedProblem')).toBe(2);
  });

  it.each([1, 2, 3])(
    'sends one message at most although the process dies after checkpoint %p',
    async (at) => {
      let died = false;
      const outcome = await run(unshipped, problem, {
        afterCheckpoint: (n: number) => {
          if (n !== at || died) return;
          died = true;
          throw new Crash();
        },
      }).catch((error: { code?: string }) => error.code);
      expect(died).toBe(true);
      // Between "about to send" and the request nobody can tell from outside that it never left.
      const sent = { orderId: unshipped, kind: 'unexpectedProblem', outcome: 'sent' };
      expect(outcome).toEqual(at === 2 ? 'OUTCOME_UNKNOWN' : sent);
      expect(requests('createUnexpectedProblem')).toBe(at === 2 ? 0 : 1);
      // Whoever comes later knows as much.
      const later = await run(unshipped, problem).catch((error: { code?: string }) => error.code);
      expect(later).toEqual(at === 2 ? 'OUTCOME_UNKNOWN' : { ...sent, outcome: 'found' });
    },
  );
});
