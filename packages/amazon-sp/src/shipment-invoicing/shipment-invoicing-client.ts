import { createHash } from 'node:crypto';
import type { ResponseOf } from '@fluxori/amazon-sp-models';
import {
  isErrorOf,
  type KeyValueStore,
  type Locks,
  type MarketplaceId,
  NotFoundError,
  ValidationError,
} from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { marketplaceOf } from '../regions/marketplaces.js';
import { Claims } from '../workflow/claims.js';
import type { Journal } from '../workflow/journal.js';
import type { Terms } from '../workflow/terms.js';
import { defaultTimings, type WorkflowTimings } from '../workflow/timings.js';
import { runWorkflow } from '../workflow/workflow.js';
import type { InvoiceState, InvoiceStatus } from './invoice-state.js';
import { invoiceWorkflow } from './invoice-workflow.js';

/** Amazon's own form. It holds the buyer's name and address. */
export type ShipmentDetail = NonNullable<
  ResponseOf<'shipmentInvoicing', 'v0', 'getShipmentDetails'>['payload']
>;

export interface InvoiceOptions extends SpCallOptions {
  /** Amazon.com.br by default: the API is for shipments from Amazon's warehouses in Brazil. */
  readonly marketplaceId?: MarketplaceId;
}

/** What a submission that runs in a job brings along. */
export interface InvoiceMeans {
  readonly journal: Journal<InvoiceState>;
  readonly terms: Terms;
  /** Who submits: the job. One at a time does, for a shipment. */
  readonly by: string;
  readonly timings?: Partial<WorkflowTimings>;
}

const statuses: Readonly<Record<string, InvoiceStatus>> = {
  Processing: 'processing',
  Accepted: 'accepted',
  Errored: 'errored',
  NotFound: 'not-found',
};

/** Invoices for what Amazon ships in Brazil (shipment invoicing v0). */
export class ShipmentInvoicingClient {
  readonly #context: SectionContext;
  readonly #turns: Claims<'accepted'>;

  constructor(context: SectionContext, { keyValues, locks }: { keyValues: KeyValueStore; locks: Locks }) {
    this.#context = context;
    const { clock, config } = context;
    this.#turns = new Claims('accepted', {
      ...{ keyValues, locks, clock },
      ...{ accountId: config.accountId, room: 'invoice' },
    });
  }

  /** What an invoice needs to say. Restricted: it is fetched with a restricted data token, and kept nowhere. */
  async details(shipmentId: string, options: SpCallOptions = {}): Promise<ShipmentDetail> {
    const { payload } = await this.#context
      .api('shipmentInvoicing')
      .getShipmentDetails({ shipmentId }, callOptions(options))
      .catch(this.#naming(shipmentId));
    return payload ?? {};
  }

  /** Hands in an invoice, with its MD5. Amazon checks it afterwards: see `status`. Prefer the job, which does it once and sees it through. */
  async submit(
    shipmentId: string,
    invoice: Uint8Array | string,
    options: InvoiceOptions = {},
  ): Promise<void> {
    const bytes = Buffer.from(invoice as Uint8Array);
    if (bytes.length === 0) {
      throw new ValidationError('invoice: is empty.', {
        field: 'invoice',
        ...{ account: this.#context.config.accountId, operation: 'shipmentInvoicing.submitInvoice' },
        remedy: 'Give the invoice’s XML.',
      });
    }
    const body = {
      InvoiceContent: bytes.toString('base64'),
      MarketplaceId: this.#marketplaceId(options),
      ContentMD5Value: createHash('md5').update(bytes).digest('base64'),
    };
    await this.#context
      .api('shipmentInvoicing')
      .submitInvoice({ shipmentId, body }, callOptions(options))
      .catch(this.#naming(shipmentId));
  }

  async status(shipmentId: string, options: SpCallOptions = {}): Promise<InvoiceStatus> {
    try {
      const { payload } = await this.#context
        .api('shipmentInvoicing')
        .getInvoiceStatus({ shipmentId }, callOptions(options));
      return statuses[payload?.Shipments?.InvoiceStatus ?? ''] ?? 'not-found';
    } catch (error) {
      if (isErrorOf(error, 'NotFoundError')) return 'not-found';
      throw error;
    }
  }

  /** Submits an invoice once and waits until Amazon has accepted it: the job `shipmentInvoicing.submit`. @returns whether it was not there already. */
  async submitAs(
    shipmentId: string,
    invoice: () => Promise<Uint8Array>,
    options: Pick<InvoiceOptions, 'marketplaceId'>,
    { journal, terms, by, timings }: InvoiceMeans,
  ): Promise<{ readonly submitted: boolean }> {
    const { clock, config } = this.#context;
    const order = {
      ...{ shipmentId, invoice, account: config.accountId, now: () => clock.now() },
      marketplaceId: this.#marketplaceId(options),
    };
    const turn = {
      // Whoever has the turn looks at Amazon first, which tells what became of another's submission.
      take: () => this.#turns.claim(shipmentId, by, { again: true, own: true }),
      free: () => this.#turns.release(shipmentId, by),
    };
    const workflow = invoiceWorkflow(this, { ...order, turn }, { ...defaultTimings, ...timings });
    const { submitted } = await runWorkflow(workflow, { journal, terms });
    return { submitted };
  }

  #marketplaceId({ marketplaceId }: InvoiceOptions): MarketplaceId {
    const { config, endpoints } = this.#context;
    return endpoints.marketplaceIn(config.region, marketplaceId ?? marketplaceOf('BR').id).id;
  }

  #naming(shipmentId: string) {
    return (error: unknown): never => {
      if (!isErrorOf(error, 'NotFoundError')) throw error;
      throw new NotFoundError(`There is no shipment ${shipmentId} for ${this.#context.config.accountId}.`, {
        ...error,
        cause: error,
        field: 'shipmentId',
        remedy: 'Take the id from the notification FBA_OUTBOUND_SHIPMENT_STATUS.',
      });
    };
  }
}
