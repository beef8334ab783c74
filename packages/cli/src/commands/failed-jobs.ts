import { NotFoundError, ValidationError } from '@fluxori/core';
import type { BulkOutcome, FailedQuery, OperationQueues } from '@fluxori/queue';
import type { Command } from 'commander';
import type { App } from '../composition/open-app.js';
import { exitKindOfMany } from '../exit/exit-code.js';
import { actOnJob } from './act-on-job.js';
import {
  type CommandContext,
  type CommandFacts,
  type CommonOptions,
  command,
  contextOf,
} from './command-context.js';
import { storedAccount, wholeNumber } from './options.js';
import { limitOf, onlyAccount } from './shared-options.js';

interface FailedOptions extends CommonOptions {
  account?: string;
  name?: string;
  code?: string;
  limit: string;
}

type OneOrAll = FailedOptions & { all?: boolean };

/** `fluxori jobs failed|retry|discard` */
export function addFailedCommands(jobs: Command, facts: CommandFacts): void {
  jobs.addCommand(
    filtered(
      command('failed').description('list the failed jobs, the latest first: error, attempts, account'),
      20,
    )
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori jobs failed --account acme-za\n  fluxori jobs failed --code AUTH_REVOKED --json\n',
      )
      .action((options: FailedOptions) => listFailed(contextOf(facts, options), options)),
  );
  jobs.addCommand(
    filtered(
      command('retry').description(
        'put a failed job back, or all that match; each goes on from its last checkpoint',
      ),
    )
      .argument('[job-id]', 'see `fluxori jobs failed`')
      .option('--all', 'all failed jobs that match')
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori jobs retry orders-42\n  fluxori jobs retry --all --account acme-za\n',
      )
      .action((id: string | undefined, options: OneOrAll) => {
        const context = contextOf(facts, options);
        return one(id, options.all)
          ? actOnJob(context, id, 'Put back', (queues) => queues.retry(id))
          : actOnAll(context, options, 'put back', (queues, query) => queues.retryAll(query));
      }),
  );
  jobs.addCommand(
    filtered(
      command('discard').description('throw a failed job away, or all that match, with their checkpoints'),
    )
      .argument('[job-id]', 'see `fluxori jobs failed`')
      .option('--all', 'all failed jobs that match')
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori jobs discard orders-42\n  fluxori jobs discard --all --name orders.import\n',
      )
      .action((id: string | undefined, options: OneOrAll) => {
        const context = contextOf(facts, options);
        return one(id, options.all)
          ? actOnJob(context, id, 'Discarded', (queues) => queues.discard(id))
          : actOnAll(context, options, 'discarded', (queues, query) => queues.discardAll(query));
      }),
  );
}

/** Which of the failed jobs. */
function filtered(base: Command, limit = 1_000): Command {
  return base
    .option(...onlyAccount)
    .option('--name <kind>', 'only this kind, e.g. orders.import')
    .option('--code <code>', 'only those that failed with this code, e.g. AUTH_REVOKED')
    .option(...limitOf(limit));
}

/** One job or all: not both, and not neither by mistake. */
function one(id: string | undefined, all: boolean | undefined): id is string {
  if ((id === undefined) === (all === true)) return id !== undefined;
  throw new ValidationError('Name one job, or say --all for all failed jobs that match.', {
    field: 'job-id',
    remedy: 'Look at `fluxori jobs failed` to see which they are.',
  });
}

/** A slip of the pen in a filter must not look like "there are none". */
function checkFilter({ connectors, queues }: App, { account, name }: FailedOptions, isEmpty: boolean): void {
  connectors.checkKnown(account, isEmpty);
  if (name === undefined || !isEmpty || queues.jobNames.includes(name)) return;
  throw new NotFoundError(`There is no kind of job ${JSON.stringify(name)}.`, {
    code: 'JOB_UNKNOWN',
    field: 'name',
    remedy: `Use one of ${queues.jobNames.join(', ')}.`,
  });
}

function queryOf(options: FailedOptions): FailedQuery {
  return {
    limit: wholeNumber('--limit', 1)(options.limit),
    ...storedAccount(options),
    ...(options.name !== undefined && { name: options.name }),
    ...(options.code !== undefined && { code: options.code }),
  };
}

async function listFailed(context: CommandContext, options: FailedOptions): Promise<void> {
  await context.withApp(async (app) => {
    const failed = await app.queues.failed(queryOf(options));
    checkFilter(app, options, failed.length === 0);
    context.terminal.result(failed, () => {
      context.terminal.table(
        ['job', 'what', 'account', 'ended', 'attempts', 'code', 'error'],
        failed.map((job) => [
          job.jobId,
          job.name,
          job.accountId,
          job.finishedAt?.toISOString().slice(0, 16) ?? '',
          `${job.attempts} of ${job.maxAttempts}`,
          String(job.error?.code ?? ''),
          String(job.error?.message ?? '').slice(0, 70),
        ]),
      );
      if (failed.length === 0) context.terminal.say('No failed jobs.');
    });
  });
}

async function actOnAll(
  context: CommandContext,
  options: FailedOptions,
  done: string,
  change: (queues: OperationQueues, query: FailedQuery) => Promise<BulkOutcome>,
): Promise<void> {
  await context.withApp(async (app) => {
    const outcome = await change(app.queues, queryOf(options));
    const { jobIds, skipped, more } = outcome;
    checkFilter(app, options, jobIds.length + skipped.length === 0);
    context.exitWith(exitKindOfMany({ done: jobIds.length, refused: skipped.length }));
    context.terminal.result(outcome, () => {
      context.terminal.say(`${jobIds.length} ${done}${more ? '; there are more: run it again' : ''}.`);
      for (const { jobId, reason } of skipped) context.terminal.say(`Left as it is: ${jobId}: ${reason}`);
    });
  });
}
