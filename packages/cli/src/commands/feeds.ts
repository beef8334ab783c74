import { createHash } from 'node:crypto';
import {
  type FeedIssue,
  type FeedItemOutcome,
  type FeedsSubmitResult,
  type FeedView,
  feedTypeOf,
  type KeptFeed,
  marketplaceOf,
} from '@fluxori/amazon-sp';
import { type AccountId, type JsonValue, ValidationError } from '@fluxori/core';
import type { App } from '../composition/open-app.js';
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
import { priorityOption } from './options.js';
import { listingsMessagesIn, readInput } from './read-feed-input.js';
import { runJobs } from './run-job.js';

interface SubmitOptions extends CommonOptions {
  account?: string;
  type?: string;
  contentType?: string;
  marketplace?: string[];
  option?: string[];
  priority?: string;
  wait?: boolean;
}

interface ShowOptions extends CommonOptions {
  account?: string;
}

const accountOption = [
  '-a, --account <name>',
  'the account (may be left out when there is one only)',
] as const;

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
      .option(...accountOption)
      .option(
        '-t, --type <type>',
        'the feed type of a document that is ready, e.g. POST_ORDER_FULFILLMENT_DATA',
      )
      .option('--content-type <type>', 'of the document, for a feed type that is not known here')
      .option('-m, --marketplace <name...>', "ids or country codes (default: the account's)")
      .option('--option <name=value...>', "Amazon's options of this feed type")
      .option('--priority <priority>', 'critical, high, normal, low or bulk')
      .option('--no-wait', 'only queue it; a worker will do it')
      .addHelpText(
        'after',
        [
          '\nMessages are checked by Amazon’s own schema before anything is sent, and split where one feed does not hold them.',
          'The same command again goes on with what an interrupted one has begun.',
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
      .option(...accountOption)
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
  const marketplaceIds = options.marketplace?.map((name) => marketplaceOf(name).id);
  const feedOptions = Object.fromEntries((options.option ?? []).map(pairOf));
  const input = await readInput(facts, context, file);
  await context.withApp(async (app) => {
    const account = app.connectors.choose(options.account);
    const documents = await documentsOf(app, account, input, file, options);
    const requests = documents.map(({ feedType, kept }) => {
      const payload: JsonValue = {
        ...{ feedType, content: { ...kept } },
        ...(options.contentType !== undefined && { contentType: options.contentType }),
        ...(marketplaceIds && { marketplaceIds }),
        ...(options.option && { feedOptions }),
      };
      return {
        ...{ name: 'feeds.submit', label: 'feed', accountId: account, payload },
        dedupeKey: `feeds.submit.${account}.${kept.sha256.slice(0, 32)}`,
        ...(priority && { priority }),
      };
    });
    const outcomes = await runJobs(app, requests, { terminal, signal, wait: options.wait !== false });
    terminal.result(outcomes, () => {
      for (const { jobId, joined, result } of outcomes) {
        if (result === undefined) {
          terminal.say(
            `Queued as ${jobId}${joined ? ' (it was there already)' : ''}. A worker will do it: fluxori worker`,
          );
        } else tellResult(terminal, result as unknown as FeedsSubmitResult);
      }
    });
  });
}

/** The feeds that the file makes, each kept where whoever submits it finds it. */
async function documentsOf(
  app: App,
  account: AccountId,
  input: Buffer,
  file: string,
  options: SubmitOptions,
): Promise<readonly { readonly feedType: string; readonly kept: KeptFeed }[]> {
  const { feeds } = await app.connectors.get(account);
  const keep = (content: Uint8Array, personal = false) =>
    feeds.keep(`cli-${createHash('sha256').update(content).digest('hex')}`, content, { personal });
  if (options.type !== undefined) {
    const { contentType } = options;
    const type = feedTypeOf(options.type, contentType === undefined ? {} : { contentType });
    return [{ feedType: type.feedType, kept: await keep(input, type.personal) }];
  }
  const feedType = 'JSON_LISTINGS_FEED';
  const contents: Buffer[] = [];
  // All of them are checked before the first is kept.
  for (const { content } of feeds.build(listingsMessagesIn(input, file))) contents.push(content);
  return Promise.all(contents.map(async (content) => ({ feedType, kept: await keep(content) })));
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

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new ValidationError(`--option ${JSON.stringify(text)} is not of the form name=value.`, {
    field: 'option',
    remedy: 'Write e.g. --option metadata:OrderId=902-1234567-1234567.',
  });
}
