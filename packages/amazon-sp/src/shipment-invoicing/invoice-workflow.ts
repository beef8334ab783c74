import { type MarketplaceId, RemoteError } from '@fluxori/core';
import { attempt } from '../workflow/attempt.js';
import { nextPollMs, type WorkflowTimings } from '../workflow/timings.js';
import type { StepRun, Workflow } from '../workflow/workflow.js';
import type { InvoiceState, InvoiceStep } from './invoice-state.js';
import type { ShipmentInvoicingClient } from './shipment-invoicing-client.js';

export interface InvoiceOrder {
  readonly shipmentId: string;
  readonly account: string;
  readonly now: () => number;
  /** Read anew for each submission: it may be large, and is not for the record. */
  readonly invoice: () => Promise<Uint8Array>;
  readonly marketplaceId?: MarketplaceId;
  /** One job at a time submits for a shipment: two would both find nothing there. */
  readonly turn: InvoiceTurn;
}

export interface InvoiceTurn {
  /** Taking it again renews it; it falls free a quarter of an hour after its holder was last heard of. @returns who has it, if another. */
  take(): Promise<{ readonly by: string } | undefined>;
  free(): Promise<void>;
}

/** Submissions whose outcome stayed unknown, in a row, after which it is given up. */
const mostTries = 5;

type Run = StepRun<InvoiceState>;

/** An invoice for a shipment, submitted once and seen through: Amazon has no key by which it would know a repetition, so it is looked up before each submission. */
export function invoiceWorkflow(
  client: Pick<ShipmentInvoicingClient, 'status' | 'submit'>,
  order: InvoiceOrder,
  timings: WorkflowTimings,
): Workflow<InvoiceState> {
  const { shipmentId, now } = order;
  return {
    name: 'shipmentInvoicing.submit',
    begin: () => ({ step: 'look', tries: 0 }),
    steps: { look, submit, poll },
  };

  async function look(state: InvoiceStep<'look'>, run: Run): Promise<InvoiceState> {
    const { tries, lookAt } = state;
    for (let other = await order.turn.take(); other !== undefined; other = await order.turn.take()) {
      await run.terms.wait({
        until: new Date(now() + Math.min(timings.firstPollMs, 5_000)),
        reason: `job ${other.by} is submitting an invoice for shipment ${shipmentId}`,
      });
    }
    if (lookAt !== undefined && now() < lookAt) {
      await run.terms.wait({
        until: new Date(lookAt),
        reason: `the answer to the invoice for shipment ${shipmentId} was lost: it is looked for at Amazon`,
      });
    }
    const status = await statusNow(run);
    const before = state.before ?? status;
    if (status === 'accepted') return accepted(tries);
    if (status === 'processing') return { step: 'poll', tries, before, since: now() };
    // Refused, and not before: the submission whose answer was lost had arrived.
    if (status === 'errored' && tries > 0 && before !== 'errored') return refused(run);
    return { step: 'submit', tries, before };
  }

  async function submit(state: InvoiceStep<'submit'>, run: Run): Promise<InvoiceState> {
    const { tries, before } = state;
    if (run.resumed) return lost(state);
    const invoice = await order.invoice();
    const { marketplaceId } = order;
    const tried = await attempt(() =>
      run.terms.call((terms) =>
        client.submit(shipmentId, invoice, { ...terms, ...(marketplaceId && { marketplaceId }) }),
      ),
    );
    if (tried.outcome === 'not-done') {
      await order.turn.free();
      return run.back({ step: 'look', tries, before }, tried.error);
    }
    if (tried.outcome === 'done') return { step: 'poll', tries: tries + 1, before, since: now() };
    if (tries + 1 < mostTries) return lost(state);
    return run.back({ step: 'look', tries: 0 }, tried.error);
  }

  function lost({ tries, before }: InvoiceStep<'submit'>): InvoiceState {
    return { step: 'look', tries: tries + 1, before, lookAt: now() + timings.listedAfterMs };
  }

  async function poll(state: InvoiceStep<'poll'>, run: Run): Promise<InvoiceState> {
    const { before, since, tries } = state;
    for (;;) {
      await order.turn.take();
      const status = await statusNow(run);
      const waitedMs = now() - since;
      if (status === 'accepted') return accepted(tries);
      // What was refused before may still be what is shown.
      if (status === 'errored' && !(before === 'errored' && waitedMs < timings.listedAfterMs))
        return refused(run);
      if (waitedMs > timings.stuckAfterMs) {
        const again = { ...state, since: now() };
        return run.back(again, error(`has been in ${status} for ${Math.round(waitedMs / 60_000)} minutes`));
      }
      await run.terms.wait({
        until: new Date(now() + nextPollMs(waitedMs, timings)),
        reason: `Amazon is checking the invoice for shipment ${shipmentId}`,
      });
    }
  }

  async function accepted(tries: number): Promise<InvoiceState> {
    await order.turn.free();
    return { step: 'end', submitted: tries > 0 };
  }

  function statusNow({ terms }: Run) {
    return terms.call((options) => client.status(shipmentId, options), { repeatable: true });
  }

  async function refused(run: Run): Promise<never> {
    await order.turn.free();
    return run.back({ step: 'look', tries: 0 }, error('was refused by Amazon’s check', 'Errored'));
  }

  function error(what: string, remoteCode?: string): RemoteError {
    const { account } = order;
    return new RemoteError(`The invoice for shipment ${shipmentId} of ${account} ${what}.`, {
      ...{ account, operation: 'shipmentInvoicing.getInvoiceStatus', status: 200, retryable: false },
      code: remoteCode === undefined ? 'REMOTE_FAILED' : 'REMOTE_REFUSED',
      ...(remoteCode !== undefined && { remoteCode }),
      remedy:
        remoteCode === undefined
          ? 'Look at the shipment in Seller Central; retrying goes on waiting for it.'
          : 'Compare the invoice with `shipmentInvoicing.details`, correct it, and submit it as a new job.',
      details: { shipmentId },
    });
  }
}
