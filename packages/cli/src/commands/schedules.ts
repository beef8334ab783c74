import { NotFoundError, ValidationError } from '@fluxori/core';
import type { ScheduleView } from '@fluxori/queue';
import { waitText } from '../output/wait-text.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';
import { priorityOption } from './options.js';
import { oneAccount, priority } from './shared-options.js';

interface SetOptions extends CommonOptions {
  account?: string;
  every?: string;
  cron?: string;
  timeZone?: string;
  priority?: string;
  payload: string;
}

/** `fluxori schedules list|set|remove` */
export const schedulesCommand: CommandFactory = (facts) => {
  const schedules = group('schedules');
  schedules.addCommand(
    command('list')
      .description('list the schedules, the next to run first')
      .addHelpText('after', '\nExamples:\n  fluxori schedules list\n  fluxori schedules list --json\n')
      .action((options: CommonOptions) => listSchedules(contextOf(facts, options))),
  );
  schedules.addCommand(
    command('set')
      .description('put a schedule in, or change the one of this name')
      .argument('<name>', 'e.g. orders-often')
      .argument('<job>', 'the kind of job, e.g. orders.import')
      .option(...oneAccount)
      .option('--every <span>', 'at once and again after each span, e.g. 30s, 15m, 6h, 1d')
      .option('--cron <expression>', 'minute hour day month weekday, e.g. "0 6 * * *"')
      .option(
        '--time-zone <name>',
        'whose hours the expression means, e.g. Africa/Johannesburg (default: UTC)',
      )
      .option(...priority)
      .option('--payload <json>', 'what the job is given', '{}')
      .addHelpText(
        'after',
        [
          '',
          'A run that takes longer than the interval is not overtaken: the runs that come due meanwhile are left out.',
          '',
          'Examples:',
          '  fluxori schedules set orders-often orders.import --every 15m',
          '  fluxori schedules set stock-daily inventory.sync --cron "0 6 * * *" --time-zone Africa/Johannesburg',
          '',
        ].join('\n'),
      )
      .action((name: string, job: string, options: SetOptions) =>
        setSchedule(contextOf(facts, options), name, job, options),
      ),
  );
  schedules.addCommand(
    command('remove')
      .description('its next run does not come; a job that it has put in already stays')
      .argument('<name>', 'see `fluxori schedules list`')
      .addHelpText('after', '\nExample:\n  fluxori schedules remove orders-often\n')
      .action((name: string, options: CommonOptions) => removeSchedule(contextOf(facts, options), name)),
  );
  return schedules;
};

async function listSchedules(context: CommandContext): Promise<void> {
  await context.withApp(async (app) => {
    const schedules = await app.queues.schedules.list();
    context.terminal.result(schedules, () => {
      context.terminal.table(
        ['schedule', 'job', 'account', 'when', 'priority', 'next run'],
        schedules.map((schedule) => [
          schedule.name,
          schedule.job,
          schedule.accountId,
          whenText(schedule),
          schedule.priority,
          nextText(schedule),
        ]),
      );
      if (schedules.length === 0) context.terminal.say('No schedules.');
    });
  });
}

async function setSchedule(
  context: CommandContext,
  name: string,
  job: string,
  options: SetOptions,
): Promise<void> {
  checkWhen(options);
  await context.withApp(async (app) => {
    const schedule = await app.queues.schedules.upsert(name, {
      job,
      accountId: app.connectors.choose(options.account),
      payload: payloadOption(options.payload),
      ...(options.every !== undefined && { everyMs: spanOption(options.every) }),
      ...(options.cron !== undefined && { cron: options.cron }),
      ...(options.timeZone !== undefined && { timeZone: options.timeZone }),
      ...(options.priority !== undefined && { priority: priorityOption(options.priority) }),
    });
    context.terminal.result(schedule, () =>
      context.terminal.say(
        `${name}: ${job} for ${schedule.accountId}, ${whenText(schedule)}; next ${nextText(schedule)}.`,
      ),
    );
  });
}

async function removeSchedule(context: CommandContext, name: string): Promise<void> {
  await context.withApp(async (app) => {
    if (!(await app.queues.schedules.remove(name))) {
      throw new NotFoundError(`There is no schedule ${JSON.stringify(name)}.`, {
        field: 'name',
        remedy: 'Look at `fluxori schedules list`.',
      });
    }
    context.terminal.result({ name }, () => context.terminal.say(`Removed: ${name}.`));
  });
}

/** In the words of this command line; the queue speaks of the fields that a program gives. */
function checkWhen({ every, cron, timeZone }: SetOptions): void {
  if ((every === undefined) === (cron === undefined)) {
    throw new ValidationError('A schedule needs either --every or --cron.', {
      field: 'every',
      remedy: 'Give one of the two, e.g. --every 15m or --cron "0 6 * * *".',
    });
  }
  if (every !== undefined && timeZone !== undefined) {
    throw new ValidationError('--time-zone says whose hours --cron means; an interval has none.', {
      field: 'time-zone',
      remedy: 'Leave --time-zone out, or use --cron instead of --every.',
    });
  }
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function spanOption(text: string): number {
  const span = /^(\d{1,6})([smhd])$/.exec(text);
  if (span !== null) return Number(span[1]) * unitMs[span[2] as keyof typeof unitMs];
  throw new ValidationError(`--every ${JSON.stringify(text)} is not a span of time.`, {
    field: 'every',
    remedy: 'Write a number and s, m, h or d, e.g. 15m.',
  });
}

function payloadOption(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ValidationError('--payload is not JSON.', {
      field: 'payload',
      remedy: `Write it in single quotes, e.g. '{"since":"2026-11-01T00:00:00Z"}'.`,
    });
  }
}

function whenText({ everyMs, cron, timeZone }: ScheduleView): string {
  if (everyMs === undefined) return `${cron} ${timeZone}`;
  const [unit, ms] = Object.entries(unitMs).findLast(([, ms]) => everyMs % ms === 0) ?? ['ms', 1];
  return `every ${everyMs / ms} ${unit}`;
}

function nextText({ nextRunAt }: ScheduleView): string {
  if (nextRunAt === undefined) return '';
  return nextRunAt.getTime() <= Date.now() ? 'now, when a worker takes it up' : `in ${waitText(nextRunAt)}`;
}
