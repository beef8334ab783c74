import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { InvoiceState } from '../shipment-invoicing/invoice-state.js';
import { jobJournal } from '../workflow/journal.js';
import { jobTerms } from '../workflow/terms.js';
import type { AmazonJobParts } from './job-parts.js';
import { marketplaceField } from './payload-fields.js';
import { storedFileField } from './stored-file-field.js';

const payloadSchema = z.strictObject({
  shipmentId: z.string('write the shipment’s id').trim().min(1, 'the shipment’s id is empty'),
  /** The invoice’s XML. It holds a buyer’s data, so it lies sealed. */
  file: storedFileField.refine(({ sealed }) => sealed, {
    path: ['sealed'],
    error: 'an invoice holds a buyer’s data: write it to the sealed content store, and say `sealed: true`',
  }),
  /** Amazon.com.br by default. */
  marketplaceId: marketplaceField.optional(),
});

export type ShipmentInvoicingSubmitPayload = z.output<typeof payloadSchema>;

export interface ShipmentInvoicingSubmitResult {
  readonly shipmentId: string;
  readonly status: 'accepted';
  /** By this job; else it was there before. */
  readonly submitted: boolean;
}

/** Submits the invoice for a shipment once, and waits for Amazon’s check. */
export function shipmentInvoicingSubmit({ connector, timings }: AmazonJobParts): JobDefinition {
  return defineJob<ShipmentInvoicingSubmitPayload, InvoiceState, ShipmentInvoicingSubmitResult>({
    name: 'shipmentInvoicing.submit',
    section: 'shipment-invoicing',
    version: 1,
    priority: 'high',
    payload: payloadSchema,
    describe: ({ shipmentId }) => ({ shipmentId }),
    async run(ctx) {
      const { shipmentInvoicing, uploads } = await connector(ctx.accountId);
      const { shipmentId, file, marketplaceId } = ctx.payload;
      const { submitted } = await shipmentInvoicing.submitAs(
        shipmentId,
        () => uploads.read(file, { signal: ctx.signal }),
        marketplaceId === undefined ? {} : { marketplaceId },
        {
          ...{ journal: jobJournal<InvoiceState>(ctx), terms: jobTerms(ctx), by: ctx.jobId },
          ...(timings && { timings }),
        },
      );
      return { shipmentId, status: 'accepted', submitted };
    },
  });
}
