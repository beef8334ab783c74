import { asTold } from './check-message.js';
import type { FeedReport } from './feed-report.js';
import type { FeedEnding, FeedIssue, FeedItemOutcome } from './feed-result.js';
import type { FeedFormat } from './feed-types.js';

/** What a message of a feed is about. */
export interface FeedMessage {
  readonly messageId: number;
  /** The SKU, or the order's id. */
  readonly sku: string;
}

/** The messages of a feed's document, as far as its format says; none for flat files, whose records Amazon counts by line. */
export function manifestOf(content: Uint8Array, format: FeedFormat): readonly FeedMessage[] {
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8');
  if (format === 'json') {
    try {
      const { messages = [] } = JSON.parse(text) as { messages?: readonly FeedMessage[] };
      return messages.map(({ messageId, sku }) => ({ messageId, sku: asTold(sku) }));
    } catch {
      return [];
    }
  }
  if (format !== 'xml') return [];
  return [...text.matchAll(/<Message>([\s\S]*?)<\/Message>/g)].flatMap(([, inner = '']) => {
    const id = /<MessageID>\s*(\d+)\s*<\/MessageID>/.exec(inner)?.[1];
    const subject = /<(?:AmazonOrderID|SKU|MerchantOrderID)>\s*([^<]*?)\s*<\//.exec(inner)?.[1] ?? '';
    return id === undefined ? [] : [{ messageId: Number(id), sku: subject }];
  });
}

/** What the messages came to, in their order, and what is said of the feed as a whole. */
export interface Outcomes {
  readonly items: readonly FeedItemOutcome[];
  readonly issues: readonly FeedIssue[];
}

/**
 * Joins a processing report to the messages of its feed. A message that the report does not name was taken; not so when the feed broke off or was
 * cancelled.
 */
export function outcomesOf(
  messages: readonly FeedMessage[],
  report: FeedReport | undefined,
  ending: FeedEnding,
): Outcomes {
  const about = new Map<number, { sku?: string; issues: FeedIssue[] }>();
  const whole: FeedIssue[] = [];
  for (const { messageId, sku, ...issue } of report?.issues ?? []) {
    if (messageId === undefined) {
      whole.push(issue);
      continue;
    }
    const known = about.get(messageId);
    if (known === undefined) about.set(messageId, { ...(sku !== undefined && { sku }), issues: [issue] });
    else known.issues.push(issue);
  }
  const broken = brokenOff(ending) ?? untold(report);
  const listed = new Set(messages.map(({ messageId }) => messageId));
  const unlisted = [...about]
    .filter(([messageId]) => !listed.has(messageId))
    .map(([messageId, { sku = '' }]) => ({ messageId, sku }));
  const items = [...messages, ...unlisted].map(({ messageId, sku }) => {
    const issues = [...(about.get(messageId)?.issues ?? []), ...(broken === undefined ? [] : [broken])];
    return { sku, messageId, status: statusOf(issues), issues };
  });
  return { items, issues: whole };
}

function statusOf(issues: readonly FeedIssue[]): FeedItemOutcome['status'] {
  if (issues.some(({ severity }) => severity === 'error')) return 'error';
  return issues.some(({ severity }) => severity === 'warning') ? 'warning' : 'accepted';
}

function brokenOff(ending: FeedEnding): FeedIssue | undefined {
  if (ending === 'cancelled') {
    return {
      code: 'FEED_CANCELLED',
      severity: 'error',
      message: 'The feed was cancelled before it began: nothing of it was applied.',
    };
  }
  if (ending !== 'fatal') return undefined;
  return {
    code: 'FEED_FATAL',
    severity: 'error',
    message: 'The feed broke off. This message may have been applied or not: look at the listing.',
  };
}

/** It ended well, by Amazon's word, but nobody says what became of its messages. */
function untold(report: FeedReport | undefined): FeedIssue | undefined {
  if (report !== undefined) return undefined;
  return {
    code: 'FEED_REPORT_MISSING',
    severity: 'warning',
    message: 'Amazon has worked the feed off, but gave no processing report: look at the listing.',
  };
}

/**
 * Whether a processing report can be that of a feed with these messages: it counts as many, and what it says of messages fits them. A report
 * without counts, or messages that nobody knows, prove nothing. A feed that broke off counts those that it came to.
 */
export function canBeOf(
  messages: readonly FeedMessage[],
  report: FeedReport,
  { brokeOff = false }: { brokeOff?: boolean } = {},
): boolean {
  if (messages.length === 0) return true;
  const { processed = messages.length } = report.summary ?? {};
  if (processed > messages.length || (processed < messages.length && !brokeOff)) return false;
  const known = new Map(messages.map(({ messageId, sku }) => [messageId, sku]));
  return report.issues.every(({ messageId, sku }) => {
    if (messageId === undefined) return true;
    if (!known.has(messageId)) return false;
    return sku === undefined || sku === known.get(messageId);
  });
}
