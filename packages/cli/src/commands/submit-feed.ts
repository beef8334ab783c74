import { createHash } from 'node:crypto';
import {
  type FeedsClient,
  type FeedsSubmitResult,
  type FeedType,
  feedTypeOf,
  marketplaceOf,
} from '@fluxori/amazon-sp';
import { type JsonValue, ValidationError } from '@fluxori/core';
import { type ExitKind, exitKindOfMany } from '../exit/exit-code.js';
import type { CommandContext, CommandFacts, CommonOptions } from './command-context.js';
import { type SkippedMessage, tellResult, tellSkipped } from './feed-text.js';
import { namesIn, pairsOption, priorityOption } from './options.js';
import { listingsMessagesIn, readInput } from './read-feed-input.js';
import { type JobRequest, runJobs, tellQueued } from './run-job.js';

export interface SubmitOptions extends CommonOptions {
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

/** `fluxori feeds submit` */
export async function submitFeed(
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
