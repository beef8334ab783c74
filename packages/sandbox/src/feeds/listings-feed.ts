import { z } from 'zod';
import type { Issue } from '../operations/listings/issues.js';
import {
  type Judgement,
  judgeDeletion,
  judgePartialUpdate,
  judgePatches,
  judgeSubmission,
  type ListingScene,
} from '../operations/listings/judge-listing.js';
import { renderListing } from '../operations/listings/render-listing.js';
import type { FeedJudge, FeedScene, FeedVerdict } from './feed-judge.js';

/** Source: schemas/feeds/listings-feed-schema-v2.json of Amazon's models, checked November 2026. */
const header = z.object({
  sellerId: z.string(),
  version: z.literal('2.0'),
  issueLocale: z.string().optional(),
  report: z
    .object({ includedData: z.array(z.string()).min(1), apiVersion: z.literal('2021-08-01') })
    .optional(),
});
const feedSchema = z.object({ header, messages: z.array(z.unknown()).min(1).max(25_000) });

const messageId = z.int().min(1).max(2_147_483_647);
const sku = z.string().min(1);
const productType = z.string().min(1);
const attributes = z
  .record(z.string(), z.unknown())
  .refine((some) => Object.keys(some).length > 0, 'must not be empty');
const patches = z
  .array(
    z.object({
      op: z.enum(['add', 'replace', 'merge', 'delete']),
      path: z
        .string()
        .regex(/^\/attributes\/[a-z0-9_]+$/, 'must be /attributes/ and the name of an attribute'),
      value: z.array(z.record(z.string(), z.unknown())).optional(),
    }),
  )
  .min(1);
const absent = z.undefined().optional();
const messageSchema = z.discriminatedUnion('operationType', [
  z.object({
    ...{ messageId, sku, productType, attributes, patches: absent },
    operationType: z.literal('UPDATE'),
    requirements: z.enum(['LISTING', 'LISTING_PRODUCT_ONLY', 'LISTING_OFFER_ONLY']).optional(),
  }),
  z.object({
    ...{ messageId, sku, productType, attributes, patches: absent, requirements: absent },
    operationType: z.literal('PARTIAL_UPDATE'),
  }),
  z.object({
    ...{ messageId, sku, productType, patches, attributes: absent, requirements: absent },
    operationType: z.literal('PATCH'),
  }),
  z.object({
    ...{ messageId, sku, productType: absent, patches: absent, attributes: absent, requirements: absent },
    operationType: z.literal('DELETE'),
  }),
]);
type Message = z.output<typeof messageSchema>;

/** One entry of the processing report. Source: listings-feed-processing-report-schema-v2.json. */
interface ReportedIssue {
  messageId?: number;
  sku?: string;
  code?: string;
  severity: 'ERROR' | 'WARNING' | 'INFO';
  message: string;
  attributeName?: string;
}

/** Code of what is wrong with the feed or a message itself; Amazon's code for it is not public. */
const malformed = '4000001';

/** JSON_LISTINGS_FEED: every message is judged as if it had come by the Listings Items API. */
export const judgeListingsFeed: FeedJudge = (scene, content) => {
  let feed: z.output<typeof feedSchema>;
  try {
    feed = feedSchema.parse(JSON.parse(content.toString('utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? reasonOf(error) : 'The feed is not valid JSON.';
    return verdictOf(scene, undefined, [{ code: malformed, severity: 'ERROR', message: reason }], [], 0);
  }
  const { sellerId } = scene.seller;
  if (feed.header.sellerId !== sellerId) {
    const message = `The sellerId of the header is not that of the account: ${feed.header.sellerId}.`;
    return verdictOf(
      scene,
      feed.header,
      [{ code: malformed, severity: 'ERROR', message }],
      [],
      feed.messages.length,
    );
  }
  const issues: ReportedIssue[] = [];
  const accepted: string[] = [];
  const seen = new Set<number>();
  const most = Math.floor(feed.messages.length * scene.part);
  for (const [i, raw] of feed.messages.entries()) {
    const checked = messageSchema.safeParse(raw);
    const found = checked.success
      ? judge(scene, checked.data, seen, i < most)
      : [misshapen(raw, checked.error)];
    issues.push(...found);
    if (checked.success && !found.some((one) => one.severity === 'ERROR')) accepted.push(checked.data.sku);
  }
  return verdictOf(scene, feed.header, issues, accepted, feed.messages.length);
};

function judge(scene: FeedScene, message: Message, seen: Set<number>, effective: boolean): ReportedIssue[] {
  const { messageId: id, sku: of } = message;
  if (seen.has(id)) {
    const text = `The messageId ${id} has come before.`;
    return [{ messageId: id, sku: of, code: malformed, severity: 'ERROR', message: text }];
  }
  seen.add(id);
  const { feed, notify, nowMs, seller, world } = scene;
  const judgement = judgementOf(
    { world, seller, marketplaceIds: feed.marketplaceIds, nowMs, notify },
    message,
  );
  if (judgement.issues.length === 0 && effective) judgement.apply();
  return [...judgement.issues, ...warningsOf(scene, message)].map((issue) => reported(message, issue));
}

function judgementOf(scene: ListingScene, message: Message): Judgement {
  switch (message.operationType) {
    case 'UPDATE':
      return judgeSubmission(scene, message.sku, message);
    case 'PARTIAL_UPDATE':
      return judgePartialUpdate(scene, message.sku, message.attributes);
    case 'PATCH':
      return judgePatches(scene, message.sku, message.patches);
    case 'DELETE':
      return judgeDeletion(scene, message.sku);
  }
}

/** What Amazon has against a listing all the same comes up again when the whole of it is submitted. */
function warningsOf(
  { feed, seller }: FeedScene,
  message: Message,
): Pick<Issue, 'code' | 'message' | 'severity' | 'attributeNames'>[] {
  if (message.operationType !== 'UPDATE') return [];
  return feed.marketplaceIds.flatMap((id) =>
    (seller.listing(id, message.sku)?.issues ?? []).map((issue) => ({
      ...issue,
      attributeNames: [...issue.attributeNames],
    })),
  );
}

function reported(
  message: Message,
  issue: Pick<Issue, 'code' | 'message' | 'severity' | 'attributeNames'>,
): ReportedIssue {
  const attributeName = issue.attributeNames?.[0];
  return {
    ...{ messageId: message.messageId, sku: message.sku, code: issue.code },
    severity: issue.severity as ReportedIssue['severity'],
    message: issue.message,
    ...(attributeName === undefined ? {} : { attributeName }),
  };
}

function misshapen(raw: unknown, error: z.ZodError): ReportedIssue {
  const { messageId: id, sku: of } = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<
    string,
    unknown
  >;
  return {
    ...(messageId.safeParse(id).success ? { messageId: id as number } : {}),
    ...(sku.safeParse(of).success ? { sku: of as string } : {}),
    code: malformed,
    severity: 'ERROR',
    message: reasonOf(error),
  };
}

function reasonOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'feed'}: ${issue.message}`).join('; ');
}

function verdictOf(
  { feed, seller, world }: FeedScene,
  given: z.output<typeof header> | undefined,
  issues: readonly ReportedIssue[],
  accepted: readonly string[],
  messages: number,
): FeedVerdict {
  const count = (severity: ReportedIssue['severity']) =>
    issues.filter((one) => one.severity === severity).length;
  const report = given?.report;
  const items =
    report === undefined
      ? undefined
      : [...new Set(accepted)].flatMap((of) => {
          const listings = feed.marketplaceIds
            .map((id) => seller.listing(id, of))
            .filter((listing) => listing !== undefined);
          return listings.length === 0
            ? []
            : [renderListing(listings, world.catalog, new Set(report.includedData))];
        });
  const itemIssues = items?.flatMap((item) => item.issues ?? []) ?? [];
  const text = JSON.stringify({
    header: {
      sellerId: seller.sellerId,
      version: '2.0',
      feedId: feed.id,
      ...(report === undefined ? {} : { report }),
    },
    issues,
    summary: {
      errors: count('ERROR'),
      warnings: count('WARNING'),
      messagesProcessed: messages,
      messagesAccepted: accepted.length,
      messagesInvalid: messages - accepted.length,
      ...(items === undefined
        ? {}
        : {
            itemSummary: {
              items: items.length,
              errors: itemIssues.filter((one) => one.severity === 'ERROR').length,
              warnings: itemIssues.filter((one) => one.severity === 'WARNING').length,
            },
          }),
    },
    ...(items === undefined ? {} : { items }),
  });
  const malformedFeed = given === undefined;
  return {
    status: malformedFeed ? 'FATAL' : 'DONE',
    result: { text, contentType: 'application/json; charset=UTF-8' },
  };
}
