/** Amazon's word for how far an invoice is, in ours. */
export type InvoiceStatus = 'processing' | 'accepted' | 'errored' | 'not-found';

/** How far a submission has come. Never the invoice. */
export type InvoiceState =
  /** Is one there already? Also after an outcome that is unknown. */
  | {
      readonly step: 'look';
      readonly tries: number;
      /** Not before this moment; milliseconds since the epoch. */
      readonly lookAt?: number;
      /** What was there before the first submission of ours. */
      readonly before?: InvoiceStatus;
    }
  | { readonly step: 'submit'; readonly tries: number; readonly before: InvoiceStatus }
  | {
      readonly step: 'poll';
      readonly tries: number;
      readonly before: InvoiceStatus;
      /** Milliseconds since the epoch, by our clock. */
      readonly since: number;
    }
  /** `submitted`: by this run; else it was there before. */
  | { readonly step: 'end'; readonly submitted: boolean };

export type InvoiceStep<Name extends InvoiceState['step']> = Extract<InvoiceState, { step: Name }>;
