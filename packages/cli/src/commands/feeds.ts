import { createHash } from 'node:crypto';
import {
  type FeedIssue,
  type FeedItemOutcome,
  type FeedsClient,
  type FeedsSubmitResult,
  type FeedType,
  type FeedView,
  feedTypeOf,
  marketplaceOf,
} from '@fluxori/amazon-sp';
import { type JsonValue, ValidationError } from '@fluxori/core';
import { type ExitKind, exitCodes, exitKindOfMany } from '../exit/exit-code.js';
import type { Terminal } from '../output/terminal.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommandFacts,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';
import { namesIn, pairsOption, priorityOption } from './options.js';
import { listingsMessagesIn, readInput } from './read-feed-input.js';
import { type JobRequest, runJobs, tellQueued } from './run-job.js';
import { marketplaces, noWait, oneAccount, priority, vendorOptions } from './shared-options.js';

interface SubmitOptions extends CommonOptions {
  account?: string;
  type?: string;
  contentType?: string;
  marketplace?: string[];
  option?: string[];
  issueLocale?: string;
  skipRefused?: boolean;
  oneAtATime?: boolean;
  priority?: string;
  wait?: boolean;
}

interface ShowOptions extends CommonOptions {
  account?: string;
}

/** `fluxori feeds submit|show` */
export const feedsCommand: CommandFactory = (facts) => {
  const feeds = group('feeds').description(
    'submit feeds, exactly once each, and see what became of each item',
  );
  feeds.addCommand(
    command('submit')
      .description(
        'submit a feed, wait until Amazon has worked it off, and tell what it has against which item',
      )
      .argument(
        '<file>',
        'messages of a listings feed, as JSON lines or a JSON array; with --type, the document itself',
      )
      .option(...oneAccount)
      .option(
        '-t, --type <type>',
        'the feed type of a document that is ready, e.g. POST_ORDER_FULFILLMENT_DATA',
      )
      .option('--content-type <type>', 'of the document, for a feed type that is not known here')
      .option(...marketplaces)
      .option(...vendorOptions)
      .option('--issue-locale <tag>', 'the language of what Amazon says of messages, e.g. en_ZA')
      .option(
        '--skip-refused',
        'leave messages out that Amazon’s schema refuses, instead of sending none; they are named',
      )
      .option('--one-at-a-time', 'wait until the feed of this type before it has ended')
      .option(...priority)
      .option(...noWait)
      .addHelpText(
        'after',
        [
          '\nMessages are checked by Amazon’s own schema before anything is sent, and split where one feed does not hold them.',
          'The same command again goes on with what an interrupted one has begun.',
          `It ends with ${exitCodes.partly} when Amazon refused some of the messages, with ${exitCodes.refused} when it refused all of them.`,
          '\nExamples:',
          '  fluxori feeds submit changes.jsonl',
          '  fluxori feeds submit shipments.xml --type POST_ORDER_FULFILLMENT_DATA',
          '\nA line of changes.jsonl:',
          '  {"sku":"A-1","operationType":"PATCH","productType":"SHOES","patches":[{"op":"replace","path":"/attributes/…","value":[…]}]}',
          '',
        ].join('\n'),
      )
      .action((file: string, options: SubmitOptions) =>
        submitFeed(facts, contextOf(facts, options), file, options),
      ),
  );
  feeds.addCommand(
    command('show')
      .description('show how far a feed is, and what Amazon has against which of its items')
      .argument('<feed-id>', 'as `fluxori feeds submit` or Seller Central tells it')
      .option(...oneAccount)
      .addHelpText('after', '\nExample:\n  fluxori feeds show 53664002018912\n')
      .action((id: string, options: ShowOptions) => showFeed(contextOf(facts, options), id, options)),
  );
  return feeds;
};

async function submitFeed(
  facts: CommandFacts,
  context: CommandContext,
  file: string,
  options: SubmitOptions,
): Promise<void> {
  const { terminal, signal } = context;
  const priority = options.priority === undefined ? undefined : priorityOption(options.priority);
  const marketplaceIds =
    options.marketplace && namesIn(options.marketplace).map((name) => marketplaceOf(name).id);
  const feedOptions = pairsOption(options.option ?? []);
  const input = await readInput(facts, context, file);
  await context.withApp(async (app) => {
    const account = app.connectors.choose(options.account);
    const { feeds } = await app.connectors.get(account);
    const requests: JobRequest[] = [];
    const skipped: SkippedMessage[] = [];
    for (const { type, content } of documentsOf(feeds, input, file, options, skipped)) {
      const spec: Readonly<Record<string, JsonValue>> = {
        feedType: type.feedType,
        ...(options.contentType !== undefined && { contentType: options.contentType }),
        ...(marketplaceIds && { marketplaceIds }),
        ...(options.option && { feedOptions }),
      };
      // The same document for another marketplace is another feed, with a copy of its own: whichever ends first deletes its copy.
      const digest = createHash('sha256').update(JSON.stringify(spec)).update(content).digest('hex');
      const kept = await feeds.keep(`cli-${digest}`, content, { personal: type.personal === true });
      requests.push({
        ...{ name: 'feeds.submit', label: 'feed', accountId: account },
        payload: {
          ...{ ...spec, content: { ...kept } },
          ...(options.oneAtATime && { oneAtATime: true }),
        },
        dedupeKey: `feeds.submit.${account}.${digest.slice(0, 32)}`,
        ...(priority && { priority }),
      });
    }
    const jobs = await runJobs(app, requests, { terminal, signal, wait: options.wait !== false });
    const results = jobs.flatMap(({ result }) => (result as FeedsSubmitResult | undefined) ?? []);
    context.exitWith(endOf(results, skipped.length, jobs.length - results.length));
    const outcomes = jobs.map(({ result, ...job }) =>
      result === undefined ? job : { ...job, end: endOf([result as unknown as FeedsSubmitResult]), result },
    );
    const leftOut = skipped.length === 0 ? [] : [{ end: 'refused', skipped }];
    terminal.result([...outcomes, ...leftOut], () => {
      tellSkipped(terminal, skipped);
      for (const outcome of jobs)
        if (outcome.result === undefined) tellQueued(terminal, outcome);
        else tellResult(terminal, outcome.result as unknown as FeedsSubmitResult);
    });
  });
}

/**
 * By the messages of all of them. A feed that says nothing of its messages is one itself.
 * @param skipped - messages that were not sent; @param queued - feeds that nobody waited for.
 */
function endOf(results: readonly FeedsSubmitResult[], skipped = 0, queued = 0): ExitKind {
  let done = queued;
  let refused = skipped;
  for (const { counts, status } of results) {
    done += counts.accepted + counts.warning;
    refused += counts.error || (status === 'accepted' ? 0 : 1);
  }
  return exitKindOfMany({ done, refused });
}

/** A message that Amazon's schema refuses. */
interface SkippedMessage {
  readonly sku: string;
  readonly messageId: number;
  readonly faults: readonly string[];
}

/** The feeds that the file makes, all of them checked. */
function* documentsOf(
  feeds: Pick<FeedsClient, 'build'>,
  input: Buffer,
  file: string,
  { type, contentType, issueLocale, skipRefused }: SubmitOptions,
  skipped: SkippedMessage[],
): Generator<{ readonly type: FeedType; readonly content: Buffer }> {
  if (type !== undefined) {
    if (issueLocale !== undefined || skipRefused)
      throw onlyMessages(skipRefused ? 'skip-refused' : 'issue-locale');
    yield { type: feedTypeOf(type, contentType === undefined ? {} : { contentType }), content: input };
    return;
  }
  const listings = feedTypeOf('JSON_LISTINGS_FEED');
  const parts = feeds.build(listingsMessagesIn(input, file), {
    ...(issueLocale !== undefined && { issueLocale }),
    ...(skipRefused && {
      onRefused: (faults) => {
        const { sku = '', messageId = 0 } = faults[0] ?? {};
        skipped.push({ sku, messageId, faults: faults.map(({ field, rule }) => `${field}: ${rule}`) });
      },
    }),
  });
  // All of them are checked before the first is kept.
  for (const { content } of [...parts]) yield { type: listings, content };
}

function onlyMessages(field: string): ValidationError {
  return new ValidationError(`--${field} is about messages, and a document that is ready is sent as it is.`, {
    field,
    remedy: `Leave --${field} or --type away.`,
  });
}

function tellSkipped(terminal: Terminal, skipped: readonly SkippedMessage[]): void {
  if (skipped.length === 0) return;
  terminal.say(`${skipped.length} not sent, because Amazon's schema refuses them:`);
  terminal.table(
    ['message#', 'item', 'why'],
    skipped.map(({ messageId, sku, faults }) => [messageId, sku, faults.join('; ')]),
  );
}

async function showFeed(context: CommandContext, feedId: string, options: ShowOptions): Promise<void> {
  const { terminal, signal } = context;
  await context.withApp(async (app) => {
    const { feeds } = await app.connectors.get(app.connectors.choose(options.account));
    const view = await feeds.show(feedId, { signal });
    terminal.result(view, () => tellView(terminal, view));
  });
}

function tellResult(terminal: Terminal, result: FeedsSubmitResult): void {
  const { accepted, warning, error } = result.counts;
  terminal.say(
    `Feed ${result.feedId} (${result.feedType}): ${result.status}. ${accepted} accepted, ${warning} with warnings, ${error} refused.`,
  );
  tellIssues(terminal, result.problems, result.issues);
}

function tellView(terminal: Terminal, { result, summary, items, issues, createdAt }: FeedView): void {
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
