import type { OperationQueues, QueueOverview } from '@fluxori/queue';
import {
  type CommandContext,
  type CommandFactory,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';
import { onlyAccount } from './shared-options.js';

interface PauseOptions extends CommonOptions {
  account?: string;
  stopRunning?: boolean;
}

/** `fluxori queues list|pause|resume` */
export const queuesCommand: CommandFactory = (facts) => {
  const queues = group('queues');
  queues.addCommand(
    command('list')
      .description('list the sections: how many jobs, what is paused, who works')
      .addHelpText('after', '\nExamples:\n  fluxori queues list\n  fluxori queues list --json\n')
      .action((options: CommonOptions) => listQueues(contextOf(facts, options))),
  );
  queues.addCommand(
    command('pause')
      .description('let nothing begin any more, in no process, until it is resumed')
      .argument('[section]', 'only this section, e.g. orders; all when left out')
      .option('-a, --account <name>', 'only the jobs of this account; those of others go on')
      .option('--stop-running', 'running jobs leave at their next checkpoint; else they finish')
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori queues pause orders\n  fluxori queues pause --account acme-za --stop-running\n',
      )
      .action((section: string | undefined, options: PauseOptions) =>
        change(contextOf(facts, options), section, options, 'Paused', (all, what) =>
          all.pause({ ...what, stopRunning: options.stopRunning ?? false }),
        ),
      ),
  );
  queues.addCommand(
    command('resume')
      .description('go on with what was paused, the most urgent first')
      .argument('[section]', 'only this section; all when left out')
      .option(...onlyAccount)
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori queues resume\n  fluxori queues resume --account acme-za\n',
      )
      .action((section: string | undefined, options: PauseOptions) =>
        change(contextOf(facts, options), section, options, 'Resumed', (all, what) => all.resume(what)),
      ),
  );
  return queues;
};

async function listQueues(context: CommandContext): Promise<void> {
  await context.withApp(async (app) => {
    const sections = await app.queues.overview();
    context.terminal.result(sections, () => {
      context.terminal.table(
        ['section', 'waiting#', 'parked#', 'active#', 'failed#', 'schedules#', 'workers#', 'paused'],
        sections.map(({ section, counts, schedules, workers, ...paused }) => [
          section,
          counts.waiting,
          counts.parked,
          counts.active,
          counts.failed,
          schedules,
          // Where the folder is one process' own, nobody keeps a list of workers.
          app.backend.shared ? workers.length : '',
          pausedText(paused),
        ]),
      );
    });
  });
}

function pausedText({ pausedSince, pausedAccounts }: Pick<QueueOverview, 'pausedSince' | 'pausedAccounts'>) {
  const accounts = pausedAccounts.map(({ accountId, since }) => `${accountId} since ${minute(since)}`);
  return [...(pausedSince === undefined ? [] : [`all since ${minute(pausedSince)}`]), ...accounts].join(', ');
}

function minute(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

type What = NonNullable<Parameters<OperationQueues['resume']>[0]>;

async function change(
  context: CommandContext,
  section: string | undefined,
  options: PauseOptions,
  done: string,
  work: (queues: OperationQueues, what: What) => Promise<string[]>,
): Promise<void> {
  await context.withApp(async (app) => {
    const account = options.account === undefined ? undefined : app.connectors.choose(options.account);
    const sections = await work(app.queues, {
      ...(section !== undefined && { section }),
      ...(account !== undefined && { accountId: account }),
    });
    context.terminal.result({ sections, ...(account !== undefined && { account }) }, () => {
      const whose = account === undefined ? '' : ` for ${account}`;
      context.terminal.say(
        sections.length === 0
          ? `Nothing to do: it is so already${whose}.`
          : `${done}${whose}: ${sections.join(', ')}.`,
      );
    });
  });
}
