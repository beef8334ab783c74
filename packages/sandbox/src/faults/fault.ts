import { z } from 'zod';

/** Which requests a fault meets, and how long it stays. Everything that is left out does not restrict. */
const reach = {
  /**
   * Operation keys, `*` standing for anything: `orders.*`, `orders.searchOrders`, `lwa.token`. Without it, all SP-API
   * operations are meant, but neither LWA nor a client's probes (`probe`: bare `HEAD /` requests).
   */
  operation: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
  sellerId: z.string().optional(),
  region: z.enum(['na', 'eu', 'fe']).optional(),
  /** Lets this many matching requests pass first. */
  skip: z.int().min(0).optional(),
  /** Ends after this many hits. */
  count: z.int().min(1).optional(),
  /** Ends after this time. */
  durationMs: z.number().positive().optional(),
  /** The chance of a hit for each matching request, from 0 to 1. */
  probability: z.number().min(0).max(1).optional(),
};

const when = z.enum(['before', 'after']);
const host = z.enum(['lwa', 'na', 'eu', 'fe', 'documents']);

const byteCount = z.int().min(0);
/** Faults of documents meet their downloads, unless they name something else. */
const documentReach = { ...reach, operation: reach.operation.default('documents.get') };

export const faultSchema = z.discriminatedUnion('kind', [
  /** Holds the answer back. */
  z.strictObject({
    kind: z.literal('latency'),
    ms: z.number().min(0),
    jitterMs: z.number().min(0).optional(),
    ...reach,
  }),
  /** Sends the answer's body no faster than this. */
  z.strictObject({ kind: z.literal('bandwidth'), bytesPerSecond: z.number().positive(), ...reach }),
  /** Cuts the connection before the far side has acted, or after it has. */
  z.strictObject({ kind: z.literal('drop'), when, ...reach }),
  /** Acts, sends the headers and a part of the body, and resets the connection. */
  z.strictObject({ kind: z.literal('reset-mid-body'), afterBytes: z.int().min(0).optional(), ...reach }),
  /** Sends a part of the body, and then nothing; the connection stays. */
  z.strictObject({ kind: z.literal('stall'), afterBytes: byteCount, ...documentReach }),
  /** The document ends after so many bytes, as if it had never been longer. */
  z.strictObject({ kind: z.literal('truncate'), toBytes: byteCount, ...documentReach }),
  /** One byte of the document is another one. */
  z.strictObject({ kind: z.literal('damage'), atByte: byteCount, ...documentReach }),
  /** Answers a request for a range with 200 and the whole document. */
  z.strictObject({ kind: z.literal('ignore-range'), ...documentReach }),
  /** `Content-Length` says so many bytes more (or fewer) than come. */
  z.strictObject({ kind: z.literal('wrong-length'), byBytes: z.int(), ...documentReach }),
  /** The document has another ETag, as if it had been replaced. */
  z.strictObject({ kind: z.literal('change-document'), ...documentReach }),
  /** Says GZIP of a document that is not compressed, and nothing of one that is. */
  z.strictObject({
    kind: z.literal('wrong-label'),
    ...reach,
    operation: reach.operation.default(['reports.getReportDocument', 'feeds.getFeedDocument']),
  }),
  /** Answers with an error of the server, or a refusal that has no reason, before (the default) or after it has acted. */
  z.strictObject({
    kind: z.literal('error'),
    status: z.literal([400, 403, 500, 502, 503, 504]),
    html: z.boolean().optional(),
    when: when.optional(),
    ...reach,
  }),
  /** Answers 429 without looking at the quota, or taking of it. */
  z.strictObject({ kind: z.literal('throttle'), ...reach }),
  /** Leaves out `x-amzn-RateLimit-Limit`, which Amazon sends at its best effort only. */
  z.strictObject({ kind: z.literal('hide-rate'), ...reach }),
  /** Another program of the same application and seller: takes a part of the burst now, or a share of the rate for a while. */
  z
    .strictObject({
      kind: z.literal('foreign-use'),
      drain: z.number().min(0).max(1).optional(),
      share: z.number().min(0).max(1).optional(),
      operation: reach.operation,
      sellerId: reach.sellerId,
      durationMs: reach.durationMs,
    })
    .refine(({ drain, share }) => drain !== undefined || share !== undefined, 'drain or share is needed'),
  /** Hosts that cannot be reached: the port refuses, or each connection is cut as soon as it is made. */
  z.strictObject({
    kind: z.literal('outage'),
    mode: z.enum(['refuse', 'destroy']).default('refuse'),
    hosts: z.array(host).min(1).default(['lwa', 'na', 'eu', 'fe', 'documents']),
    durationMs: reach.durationMs,
  }),
  /** All access tokens issued until now count as expired. At once, not lasting. */
  z.strictObject({ kind: z.literal('expire-tokens') }),
  /** All URLs of documents issued until now count as expired. At once, not lasting. */
  z.strictObject({ kind: z.literal('expire-urls') }),
  /** All access tokens issued until now count as revoked. At once, not lasting. */
  z.strictObject({ kind: z.literal('revoke-tokens') }),
  /** The seller takes his consent back: his refresh and access tokens are dead for good. At once, not lasting. */
  z.strictObject({ kind: z.literal('revoke-consent'), sellerId: z.string() }),
  /** The application's client secret is over, as after 180 days, until the fault is cleared. */
  z.strictObject({ kind: z.literal('expire-client-secret'), clientId: z.string().optional() }),
]);

/** A fault as it is asked for. */
export type Fault = z.input<typeof faultSchema>;
export type CheckedFault = z.output<typeof faultSchema>;
export type Host = z.output<typeof host>;

/** The kinds that meet single requests. */
export type RequestFault = Extract<
  CheckedFault,
  {
    kind:
      | 'latency'
      | 'bandwidth'
      | 'drop'
      | 'reset-mid-body'
      | 'error'
      | 'throttle'
      | 'hide-rate'
      | 'stall'
      | DocumentFaultKind;
  }
>;

type DocumentFaultKind =
  | 'truncate'
  | 'damage'
  | 'ignore-range'
  | 'wrong-length'
  | 'change-document'
  | 'wrong-label';

/** A fault that is on, with its hits so far. */
export interface ActiveFault {
  readonly id: string;
  readonly fault: CheckedFault;
  readonly hits: number;
  readonly endsInMs?: number;
}
