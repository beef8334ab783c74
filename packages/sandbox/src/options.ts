import type { Clock, Logger } from '@fluxori/core';
import { z } from 'zod';
import { faultSchema } from './faults/fault.js';
import { type Marketplace, marketplaceOf } from './world/marketplaces.js';

const plan = z.strictObject({ rate: z.number().positive(), burst: z.int().min(1) });

const marketplace = z.string().transform((text, context): Marketplace => {
  const found = marketplaceOf(text);
  if (found !== undefined) return found;
  context.addIssue({ code: 'custom', message: `'${text}' is no marketplace id or country code` });
  return z.NEVER;
});

const seller = z.strictObject({
  sellerId: z.string().min(1).optional(),
  name: z.string().min(1).optional(),
  /** Ids or country codes. */
  marketplaces: z.array(marketplace).min(1).optional(),
  orders: z.int().min(0).max(1_000_000).optional(),
  skus: z.int().min(1).max(200_000).optional(),
});

/** How long work waits in its queue, and how long it then takes, in milliseconds. */
const times = { queueMs: z.number().min(0).default(2_000), progressMs: z.number().min(0).default(8_000) };

export const sandboxOptionsSchema = z.strictObject({
  /** Same seed and epoch: same sellers, goods, orders, credentials. */
  seed: z.int().min(0).default(20_260),
  /** The moment at which the seeded past ends. By default just before the sandbox starts. */
  epoch: z.date().optional(),
  /** Orders of the past, per seller. */
  orders: z.int().min(0).max(1_000_000).default(250),
  /** Over how many days before the epoch they were placed. */
  orderDays: z.number().positive().default(30),
  /** Listed SKUs, per seller and marketplace. About seven of ten are fulfilled by Amazon. */
  skus: z.int().min(1).max(200_000).default(120),
  /** Orders of the first seller that came in after the epoch: how many just now, or how many and when. */
  newOrders: z
    .union([z.int().min(0), z.array(z.strictObject({ count: z.int().min(0), at: z.date() }))])
    .default(0),
  /** How many sellers, or each of them. */
  sellers: z.union([z.int().min(1).max(10_000), z.array(seller).min(1)]).default(1),
  /** Marketplaces of sellers that name none: ids or country codes. */
  marketplaces: z.array(marketplace).min(1).prefault(['AE08WJ6YKNBMC']),
  /** Another number, other refresh tokens: as if each seller had authorised the applications anew. */
  authorization: z.int().min(0).default(0),
  /** Registered applications; each is let in by every seller. */
  applications: z.int().min(1).max(100).default(1),
  /** Redirect URIs registered with the applications. With none, any https address and any of this machine will do. */
  redirectUris: z.array(z.url()).default([]),
  /** Where sellers who begin in the Appstore are sent to sign in. */
  loginUri: z.url().optional(),
  /** Whether the applications are drafts, which sellers can let in with `version=beta` only. */
  draft: z.boolean().default(false),
  host: z.string().default('127.0.0.1'),
  /** First of the ports in a row (lwa, na, eu, fe, admin, sellerCentral, documents, sqs); 0 takes free ones. */
  port: z.int().min(0).max(65_528).default(0),
  accessTokenLifetimeSeconds: z.int().min(1).default(3_600),
  /** How long an order stays hidden from searchOrders after a change, in milliseconds. Amazon's is two minutes. */
  settleMs: z.number().min(0).default(120_000),
  /** Amazon's is 24 hours. */
  orderPageTokenLifetimeMs: z.number().positive().default(86_400_000),
  /** Amazon's is 30 seconds. */
  inventoryPageTokenLifetimeMs: z.number().positive().default(30_000),
  /** The host of the documents: how long its signed URLs are good (Amazon's: five minutes), and the largest upload. */
  documents: z
    .strictObject({
      urlLifetimeMs: z.number().positive().default(300_000),
      maxUploadBytes: z.int().min(1).default(104_857_600),
    })
    .prefault({}),
  reports: z.strictObject(times).prefault({}),
  feeds: z
    .strictObject({
      ...times,
      /** How many JSON_LISTINGS_FEEDs a seller may submit in a region within a span of time. */
      listingsFeeds: z
        .strictObject({ count: z.int().min(1).default(5), windowMs: z.number().positive().default(300_000) })
        .prefault({}),
    })
    .prefault({}),
  dataKiosk: z
    .strictObject({
      ...times,
      /** How many rows one document has at most; the others come with the query's next page. */
      pageRows: z.int().min(1).default(100_000),
    })
    .prefault({}),
  /** How long what is asked of an inbound plan takes, in milliseconds. */
  inbound: z.strictObject({ operationMs: z.number().min(0).default(2_000) }).prefault({}),
  /** How badly SQS behaves within its promise (at least once, in no order): the share of messages kept twice, and whether they come in any order. */
  sqs: z
    .strictObject({ duplicates: z.number().min(0).max(1).default(0), shuffle: z.boolean().default(false) })
    .prefault({}),
  /** Off: no request is throttled. */
  rateLimits: z.boolean().default(true),
  /** Usage plans that replace Amazon's published ones, by operation key. */
  plans: z.record(z.string(), plan).default({}),
  /** For the 70 operations for which Amazon publishes no plan. */
  defaultPlan: plan.default({ rate: 1, burst: 1 }),
  /** Faults that are on from the start. */
  faults: z.array(faultSchema).default([]),
  logger: z.custom<Logger>((value) => typeof value === 'object' && value !== null).optional(),
  /** For the age of tokens and orders; buckets and faults go by `monotonicNow`. */
  clock: z.custom<Clock>((value) => typeof value === 'object' && value !== null).optional(),
  /** Milliseconds that never go back. */
  monotonicNow: z.custom<() => number>((value) => typeof value === 'function').optional(),
});

export type SandboxOptions = z.input<typeof sandboxOptionsSchema>;
export type CheckedOptions = z.output<typeof sandboxOptionsSchema>;
