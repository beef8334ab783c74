import type { FeedIssue, FeedItemOutcome, FeedsSubmitResult, FeedView } from '@fluxori/amazon-sp';
import type { Terminal } from '../output/terminal.js';

/** A message that Amazon's schema refuses. */
export interface SkippedMessage {
  readonly sku: string;
  readonly messageId: number;
  readonly faults: readonly string[];
}

export function tellResult(terminal: Terminal, result: FeedsSubmitResult): void {
  const { accepted, warning, error } = result.counts;
  terminal.say(
    `Feed ${result.feedId} (${result.feedType}): ${result.status}. ${accepted} accepted, ${warning} with warnings, ${error} refused.`,
  );
  tellIssues(terminal, result.problems, result.issues);
}

export function tellView(terminal: Terminal, { result, summary, items, issues, createdAt }: FeedView): void {
  const { feedId, feedType, processingStatus, status } = result;
  const since = `submitted ${createdAt.toISOString().slice(0, 16).replace('T', ' ')}Z`;
  const how = status === 'under-way' ? `under way (${processingStatus})` : status;
  terminal.say(`Feed ${feedId} (${feedType}): ${how}, ${since}.`);
  if (summary !== undefined) {
    const { processed, accepted, invalid } = summary;
    terminal.say(`${processed} messages: ${accepted} accepted, ${invalid} refused.`);
  }
  tellIssues(terminal, items, issues);
}

function tellIssues(
  terminal: Terminal,
  items: readonly FeedItemOutcome[],
  issues: readonly FeedIssue[],
): void {
  for (const { severity, code, message } of issues)
    terminal.say(`Of the feed as a whole: ${severity} ${code}: ${message}`);
  const rows = items.flatMap(({ sku, messageId, issues: own }) =>
    own.map(({ severity, code, attribute = '', message }) => [
      ...[messageId, sku, severity, code, attribute],
      message,
    ]),
  );
  if (rows.length > 0) terminal.table(['message#', 'item', 'severity', 'code', 'attribute', 'text'], rows);
}

export function tellSkipped(terminal: Terminal, skipped: readonly SkippedMessage[]): void {
  if (skipped.length === 0) return;
  terminal.say(`${skipped.length} not sent, because Amazon's schema refuses them:`);
  terminal.table(
    ['message#', 'item', 'why'],
    skipped.map(({ messageId, sku, faults }) => [messageId, sku, faults.join('; ')]),
  );
}
