import type { App } from '../composition/open-app.js';
import { openListener } from '../composition/open-listener.js';
import type { LoadedConfig } from '../config/load-config.js';
import { deskPath, folderOf } from '../desk/desk-path.js';
import { openDesk } from '../desk/open-desk.js';
import { exitCodes, exitKindOfMany } from '../exit/exit-code.js';
import { parkedReason, waitText } from '../output/wait-text.js';
import { scheduleSweep } from '../privacy/sweep-job.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommandFacts,
  type CommonOptions,
  command,
  contextOf,
} from './command-context.js';
import { wholeNumber } from './options.js';
import { openWorkerMonitor, type WorkerMonitor } from './worker-monitor.js';

interface WorkerOptions extends CommonOptions {
  untilIdle?: boolean;
  metricsPort?: string;
  metricsHost?: string;
  queueUrl?: string;
  listen: boolean;
}

const idleCheckMs = 250;

/** `fluxori worker`: works all queues until it is told to stop. */
export const workerCommand: CommandFactory = (facts) =>
  command('worker')
    .option(
      '--until-idle',
      `end when no job is left; with ${exitCodes.partly} when some failed, with ${exitCodes.refused} when all did`,
    )
    .option('--metrics-port <port>', 'serve /metrics, /healthz and /readyz there; 0 takes a free one')
    .option('--metrics-host <address>', 'whom they are served to (default: this machine, 127.0.0.1)')
    .option(
      '--queue-url <url>',
      'listen to notifications in this SQS queue (default: notifications.queueUrl)',
    )
    .option('--no-listen', 'listen to none')
    .addHelpText(
      'after',
      '\nExamples:\n  fluxori worker\n  fluxori worker --until-idle --json\n  fluxori worker --metrics-port 9464\n',
    )
    .action(async (options: WorkerOptions) => {
      const context = contextOf(facts, options, 'warn');
      let monitor: WorkerMonitor | undefined;
      const work = async (app: App, loaded: LoadedConfig) => {
        const counting = monitor?.watch(app);
        if (app.backend.shared && loaded.sealKeys === undefined) {
          context
            .logger(loaded)
            .warn(
              { backend: app.backend.url },
              'Tokens lie unsealed in the shared backend. Set FLUXORI_SEAL_KEY or FLUXORI_SEAL_KEY_FILE (`fluxori secrets generate-key` makes a key).',
            );
        }
        const done = { completed: 0, failed: 0, cancelled: 0 };
        const stopListening = narrate(app, context, done);
        try {
          for (const account of app.connectors.accountIds) await app.connectors.get(account);
          await app.queues.start();
          await scheduleSweep(app.queues, loaded.config.privacy);
          {
            await using listener = await listenerFor(app, loaded, context, options, monitor);
            if (listener !== undefined) context.terminal.say(`Listening to ${listener.queueUrl}.`);
            await using _desk = await deskFor(app, loaded, context, facts);
            // Who waits for this may give commands at once: they need the desk.
            counting?.started();
            context.terminal.say(
              `Working on ${app.backend.url}. Ctrl-C ends it; what is not done stays in the queue.`,
            );
            if (options.untilIdle) await idle(app, context.signal);
            else await aborted(context.signal);
          }
          // The store has the end of a job before it is told here, and counted: once the queues are closed, every end was told.
          if (!context.signal.aborted) await app.queues.close({ graceMs: loaded.config.worker.graceMs });
        } finally {
          for (const stop of stopListening) stop();
        }
        context.terminal.say(
          context.signal.aborted
            ? `Stopping: running jobs have ${loaded.config.worker.graceMs / 1000} s to reach a checkpoint.`
            : 'No job is left.',
        );
        // Told to stop, it has done what it was told; till the queues are empty, what failed counts.
        if (options.untilIdle && !context.signal.aborted)
          context.exitWith(exitKindOfMany({ done: done.completed, refused: done.failed }));
        context.terminal.result(done, () =>
          context.terminal.say(`${done.completed} done, ${done.failed} failed, ${done.cancelled} cancelled.`),
        );
      };
      await context.withApp(work, async (loaded, logger) => {
        monitor = await openWorkerMonitor(monitorOptions(options, loaded, context.signal), logger);
        if (monitor.url !== undefined) context.terminal.say(`Metrics: ${monitor.url}/metrics`);
        return monitor;
      });
    });

/** The command line wins over the file. Polling does the same, later, while the queue cannot be read: that stops no worker. */
async function listenerFor(
  app: App,
  loaded: LoadedConfig,
  context: CommandContext,
  { queueUrl = loaded.config.notifications.queueUrl, listen }: WorkerOptions,
  monitor: WorkerMonitor | undefined,
) {
  if (queueUrl === undefined || !listen) return undefined;
  const listener = await openListener(app, {
    ...{ queueUrl, env: context.env, logger: context.logger(loaded) },
    ...(monitor && { metrics: monitor.metrics }),
  });
  monitor?.watchListener(listener);
  listener.start();
  return {
    queueUrl,
    [Symbol.asyncDispose]: () => listener.close({ graceMs: loaded.config.worker.graceMs }),
  };
}

/** The command line wins over the file. */
function monitorOptions(options: WorkerOptions, { config }: LoadedConfig, signal: AbortSignal) {
  const { metricsPort, metricsHost } = config.worker;
  const port = options.metricsPort === undefined ? metricsPort : portOption(options.metricsPort);
  return { port, host: options.metricsHost ?? metricsHost, signal };
}

function portOption(text: string): number {
  return wholeNumber('--metrics-port')(text);
}

/** Where nobody else can open the backend, other commands are run here. */
async function deskFor(
  app: App,
  loaded: LoadedConfig,
  context: CommandContext,
  facts: CommandFacts,
): Promise<AsyncDisposable | undefined> {
  const folder = folderOf(app.backend.url);
  const path = folder === undefined ? undefined : deskPath(folder);
  if (path === undefined) return undefined;
  const { env, cwd } = context;
  return openDesk(
    path,
    (args, io) => facts.run(args, { ...io, env, cwd, shared: { app, loaded } }),
    context.logger(loaded),
  );
}

function narrate(
  app: App,
  context: CommandContext,
  done: Record<'completed' | 'failed' | 'cancelled', number>,
) {
  const say = (jobId: string, text: string) =>
    context.terminal.say(`${new Date().toISOString()} ${jobId} ${text}`);
  return [
    app.queues.on('active', ({ jobId, name, accountId }) => say(jobId, `${name} for ${accountId} begins`)),
    app.queues.on('parked', ({ jobId, until, reason }) =>
      say(jobId, `waits ${waitText(until)}: ${parkedReason(reason)}`),
    ),
    app.queues.on('completed', ({ jobId, result }) => {
      done.completed++;
      say(jobId, `done ${JSON.stringify(result ?? null)}`);
    }),
    app.queues.on('failed', ({ jobId, error }) => {
      done.failed++;
      say(jobId, `failed: ${String(error.message)}`);
    }),
    app.queues.on('cancelled', ({ jobId }) => {
      done.cancelled++;
      say(jobId, 'cancelled');
    }),
  ];
}

async function idle(app: App, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (!(await app.queues.hasWork())) return;
    await new Promise((resolve) => setTimeout(resolve, idleCheckMs));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
