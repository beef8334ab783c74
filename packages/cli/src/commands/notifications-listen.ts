import { amazonMetrics, type NotificationOutcome } from '@fluxori/amazon-sp';
import { ConfigurationError, type Metrics, noMetrics, ValidationError } from '@fluxori/core';
import { openListener } from '../composition/open-listener.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommandFacts,
  type CommonOptions,
  command,
  contextOf,
} from './command-context.js';

interface ListenOptions extends CommonOptions {
  queueUrl?: string;
}

/** `fluxori notifications listen`: puts in what notifications are for; workers do it. */
export const listenCommand: CommandFactory = (facts) =>
  command('listen')
    .description('fetch notifications until Ctrl-C, and put in the jobs that they are for')
    .option('--queue-url <url>', 'the SQS queue (default: notifications.queueUrl in the file)')
    .addHelpText(
      'after',
      [
        '',
        'A worker listens by itself when notifications.queueUrl is in the file. This is for workers on other machines; AWS credentials',
        'are found as by AWS’s own tools (environment, profile, role).',
        '',
        'Example:',
        '  fluxori notifications listen --queue-url https://sqs.eu-west-1.amazonaws.com/123456789012/sp-api',
        '',
      ].join('\n'),
    )
    .action((options: ListenOptions) => listen(contextOf(facts, options, 'warn'), options, facts));

async function listen(context: CommandContext, options: ListenOptions, facts: CommandFacts): Promise<void> {
  const { terminal, signal, env } = context;
  if (facts.shared !== undefined)
    throw new ConfigurationError('A worker has this folder for itself; it can listen, too.', {
      field: 'notifications.queueUrl',
      remedy: 'Put the queue into notifications.queueUrl, or start the worker with --queue-url.',
    });
  await context.withApp(async (app, loaded) => {
    const { queueUrl = loaded.config.notifications.queueUrl } = options;
    if (queueUrl === undefined)
      throw new ValidationError('No queue is named.', {
        field: 'queue-url',
        remedy: 'Give --queue-url, or put notifications.queueUrl into the file.',
      });
    const told: Record<NotificationOutcome, number> = {
      done: 0,
      duplicate: 0,
      ignored: 0,
      dead: 0,
      postponed: 0,
    };
    const metrics = narrated((type, outcome) => {
      told[outcome] += 1;
      terminal.say(`${new Date().toISOString()} ${type} ${outcome}`);
    });
    const logger = context.logger(loaded);
    await using listener = await openListener(app, { queueUrl, env, logger, metrics });
    // What is wrong with the queue or the credentials is told at once, instead of tried again for ever.
    const { waiting, redrive } = await listener.look({ signal });
    terminal.say(`Listening to ${queueUrl}: about ${waiting} are waiting. Ctrl-C ends it.`);
    if (redrive === undefined)
      terminal.say(
        'The queue has no dead-letter queue of its own; what cannot be worked on is kept here (`fluxori notifications dead`).',
      );
    if (!app.backend.shared)
      terminal.say(
        `Nobody else can work on ${app.backend.url} meanwhile: \`fluxori worker --queue-url …\` listens and works.`,
      );
    listener.start();
    await aborted(signal);
    await listener.close({ graceMs: loaded.config.worker.graceMs });
    terminal.result(told, () =>
      terminal.say(
        `${told.done} done, ${told.duplicate} copies, ${told.ignored} ignored, ${told.dead} put aside, ${told.postponed} to come again.`,
      ),
    );
  });
}

/** Each notification is counted once, when it has been worked on. */
function narrated(tell: (type: string, outcome: NotificationOutcome) => void): Metrics {
  return {
    ...noMetrics,
    count(name, { type = '', outcome } = {}) {
      if (name === amazonMetrics.notifications.name) tell(type, outcome as NotificationOutcome);
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
