import { NotFoundError, priorities, ValidationError } from '@fluxori/core';
import { type BulkOutcome, type FailedQuery, type JobState, type JobView, jobStates } from '@fluxori/queue';
import type { Command } from 'commander';
import { exitKindOfMany } from '../exit/exit-code.js';
import { parkedReason, spanText, waitText } from '../output/wait-text.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';
import { namesIn, priorityOption, storedAccount, wholeNumber } from './options.js';
import { limitOf, onlyAccount } from './shared-options.js';

interface ListOptions extends CommonOptions {
  account?: string;
  state?: string[];
  limit: string;
}

interface FailedOptions extends CommonOptions {
  account?: string;
  name?: string;
  code?: string;
  limit: string;
}

/** `fluxori jobs list|show|failed|expedite|cancel|retry|discard` */
export const jobsCommand: CommandFactory = (facts) => {
  const jobs = group('jobs').description('see what waits and why; expedite, cancel or retry it');
  jobs.addCommand(
    command('list')
      .description('list jobs, the running ones first')
      .option(...onlyAccount)
      .option('-s, --state <states...>', `only these, by spaces or commas: ${jobStates.join(', ')}`)
      .option(...limitOf(20))
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori jobs list --state parked,failed\n  fluxori jobs list --json\n',
      )
      .action((options: ListOptions) => listJobs(contextOf(facts, options), options)),
  );
  jobs.addCommand(
    command('show')
      .description('show one job: what it is, why it waits, how it ended')
      .argument('<job-id>', 'see `fluxori jobs list`')
      .addHelpText('after', '\nExample:\n  fluxori jobs show orders-42\n')
      .action((id: string, options: CommonOptions) => showJob(contextOf(facts, options), id)),
  );
  jobs.addCommand(
    command('expedite')
      .description('give a job a higher priority')
      .argument('<job-id>', 'see `fluxori jobs list`')
      .option('--priority <priority>', Object.keys(priorities).join(', '), 'critical')
      .addHelpText('after', '\nExample:\n  fluxori jobs expedite orders-42\n')
      .action((id: string, options: CommonOptions & { priority: string }) => {
        const wanted = priorityOption(options.priority);
        return act(contextOf(facts, options), id, 'Expedited', (queues) => queues.expedite(id, wanted));
      }),
  );
  jobs.addCommand(
    command('cancel')
      .description('end a job that is not done yet')
      .argument('<job-id>', 'see `fluxori jobs list`')
      .addHelpText('after', '\nExample:\n  fluxori jobs cancel orders-42\n')
      .action((id: string, options: CommonOptions) =>
        act(contextOf(facts, options), id, 'Cancelled', (queues) => queues.cancel(id)),
      ),
  );
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
      .action((id: string | undefined, options: FailedOptions & { all?: boolean }) => {
        const context = contextOf(facts, options);
        return one(id, options.all)
          ? act(context, id, 'Put back', (queues) => queues.retry(id))
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
      .action((id: string | undefined, options: FailedOptions & { all?: boolean }) => {
        const context = contextOf(facts, options);
        return one(id, options.all)
          ? act(context, id, 'Discarded', (queues) => queues.discard(id))
          : actOnAll(context, options, 'discarded', (queues, query) => queues.discardAll(query));
      }),
  );
  return jobs;
};

async function listJobs(context: CommandContext, options: ListOptions): Promise<void> {
  const limit = wholeNumber('--limit', 1)(options.limit);
  const states = options.state && namesIn(options.state).map(stateOption);
  await context.withApp(async (app) => {
    const jobs = await app.queues.list({
      limit,
      ...(states && { states }),
      ...storedAccount(options),
    });
    app.connectors.checkKnown(options.account, jobs.length === 0);
    context.terminal.result(jobs, () => {
      context.terminal.table(
        ['job', 'what', 'account', 'state', 'priority', 'progress', 'note'],
        jobs.map((job) => [
          job.jobId,
          job.name,
          job.accountId,
          job.state,
          job.priority,
          progressOf(job),
          noteOf(job),
        ]),
      );
      if (jobs.length === 0) context.terminal.say('No jobs.');
    });
  });
}

async function showJob(context: CommandContext, id: string): Promise<void> {
  await context.withApp(async (app) => {
    const job = await app.queues.get(id);
    if (job === undefined) throw noSuchJob(id);
    context.terminal.result(job, () => {
      const lines: [string, string][] = [
        ['job', job.jobId],
        ['what', job.name],
        ['account', job.accountId],
        ['state', job.state],
        ['priority', job.priority],
        ['created', job.createdAt.toISOString()],
        ['progress', progressOf(job)],
        ['attempts failed', `${job.attempts} of ${job.maxAttempts}`],
        ['payload', JSON.stringify(job.payload)],
      ];
      if (job.parked)
        lines.push(
          ['waits', job.parked.for === 'pause' ? 'until it is resumed' : waitText(job.parked.until)],
          ['because', parkedReason(job.parked.reason)],
        );
      if (job.error)
        lines.push(['error', String(job.error.message)], ['what to do', String(job.error.remedy ?? '')]);
      if (job.result !== undefined) lines.push(['result', JSON.stringify(job.result)]);
      if (job.finishedAt) lines.push(['ended', job.finishedAt.toISOString()]);
      for (const [name, value] of lines)
        if (value !== '') context.terminal.say(`${name.padEnd(16)} ${value}`);
    });
  });
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
  change: (queues: Queues, query: FailedQuery) => Promise<BulkOutcome>,
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

type App = Parameters<Parameters<CommandContext['withApp']>[0]>[0];
type Queues = App['queues'];

async function act(
  context: CommandContext,
  id: string,
  done: string,
  change: (queues: Queues) => Promise<unknown>,
): Promise<void> {
  await context.withApp(async (app) => {
    if ((await app.queues.get(id)) === undefined) throw noSuchJob(id);
    await change(app.queues);
    const job = await app.queues.get(id);
    context.terminal.result(job ?? { jobId: id }, () => context.terminal.say(`${done}: ${id}.`));
  });
}

function stateOption(text: string): JobState {
  const state = jobStates.find((known) => known === text);
  if (state !== undefined) return state;
  throw new ValidationError(`--state ${JSON.stringify(text)} is not a state of a job.`, {
    field: 'state',
    remedy: `Use ${jobStates.join(', ')}.`,
  });
}

function noSuchJob(id: string): NotFoundError {
  return new NotFoundError(`There is no job ${id}.`, {
    code: 'JOB_UNKNOWN',
    field: 'job-id',
    remedy: 'Look at `fluxori jobs list`. Finished jobs are kept for a limited time.',
  });
}

function progressOf({ progress }: JobView): string {
  if (progress === undefined) return '';
  return `${progress.done}${progress.total === undefined ? '' : `/${progress.total}`} ${progress.unit ?? ''}`.trim();
}

function noteOf(job: JobView): string {
  if (job.parked) {
    // Nobody knows when an operator will resume it.
    if (job.parked.for === 'pause') return job.parked.reason.slice(0, 70);
    const waitMs = job.parked.until.getTime() - Date.now();
    if (waitMs <= 0) return 'its turn has come; a worker takes it up';
    return `for ${spanText(waitMs)}: ${parkedReason(job.parked.reason)}`.slice(0, 70);
  }
  return job.error ? String(job.error.message).slice(0, 70) : '';
}
