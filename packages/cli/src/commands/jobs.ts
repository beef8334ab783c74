import { priorities, ValidationError } from '@fluxori/core';
import { type JobState, type JobView, jobStates } from '@fluxori/queue';
import { parkedReason, spanText, waitText } from '../output/wait-text.js';
import { actOnJob, noSuchJob } from './act-on-job.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';
import { addFailedCommands } from './failed-jobs.js';
import { namesIn, priorityOption, storedAccount, wholeNumber } from './options.js';
import { limitOf, onlyAccount } from './shared-options.js';

interface ListOptions extends CommonOptions {
  account?: string;
  state?: string[];
  limit: string;
}

/** `fluxori jobs list|show|failed|expedite|cancel|retry|discard` */
export const jobsCommand: CommandFactory = (facts) => {
  const jobs = group('jobs');
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
        return actOnJob(contextOf(facts, options), id, 'Expedited', (queues) => queues.expedite(id, wanted));
      }),
  );
  jobs.addCommand(
    command('cancel')
      .description('end a job that is not done yet')
      .argument('<job-id>', 'see `fluxori jobs list`')
      .addHelpText('after', '\nExample:\n  fluxori jobs cancel orders-42\n')
      .action((id: string, options: CommonOptions) =>
        actOnJob(contextOf(facts, options), id, 'Cancelled', (queues) => queues.cancel(id)),
      ),
  );
  addFailedCommands(jobs, facts);
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

function stateOption(text: string): JobState {
  const state = jobStates.find((known) => known === text);
  if (state !== undefined) return state;
  throw new ValidationError(`--state ${JSON.stringify(text)} is not a state of a job.`, {
    field: 'state',
    remedy: `Use ${jobStates.join(', ')}.`,
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
