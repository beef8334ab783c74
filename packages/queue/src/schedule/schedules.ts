import { createHash } from 'node:crypto';
import { isFluxoriError, type JsonValue, type Logger, type Priority } from '@fluxori/core';
import type { JobSchedulerJson } from 'bullmq';
import { priorityOf, visiblePayload } from '../job/describe-job.js';
import type { JobDefinition } from '../job/job-definition.js';
import { packJob, type StoredJob } from '../job/stored-job.js';
import { unknownJob } from '../job/unknown-job.js';
import type { BullJob, BullQueue } from '../queue/bull-types.js';
import { type Enqueuer, priorityNumber } from '../queue/enqueue.js';
import type { Retention } from '../queue/retention.js';
import { checkSchedule, type ScheduleOptions, wrongCron } from './schedule-spec.js';

/** A schedule as it is kept, fit to be shown. */
export interface ScheduleView {
  readonly name: string;
  readonly section: string;
  readonly job: string;
  readonly accountId: string;
  readonly everyMs?: number;
  readonly cron?: string;
  readonly timeZone?: string;
  readonly priority: Priority;
  /** When it comes due next; in the past when no worker has taken it up yet. */
  readonly nextRunAt?: Date;
  /** How often it has come due. */
  readonly runs: number;
  readonly payload: Readonly<Record<string, JsonValue>>;
}

interface Parts {
  readonly section: string;
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  readonly retention: Retention;
  readonly queue: () => Promise<BullQueue>;
  readonly enqueuer: Enqueuer;
  readonly logger: Logger;
}

/**
 * Jobs that start again and again. BullMQ's job scheduler keeps the time: it has one job of its own in the queue, the clockwork, which is
 * parked until the next run. When it runs it puts the real job in, with a dedupe key, and is done. So a run that takes longer than the
 * interval is not overtaken by itself, parking and retrying the real job do not touch the clock, and after an outage one run is made up
 * for, not all that were missed.
 */
export class Schedules {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Puts a schedule in, or changes the one of that name. Saying the same again leaves the time of the next run as it is.
   * @throws ValidationError (`JOB_PAYLOAD_INVALID`, or naming the field), NotFoundError (`JOB_UNKNOWN`); nothing is changed then.
   */
  async upsert(name: string, options: ScheduleOptions): Promise<ScheduleView> {
    const { definitions, retention } = this.#parts;
    checkSchedule(name, options);
    const definition = definitions.get(options.job);
    if (definition === undefined) throw unknownJob(options.job, definitions.keys());
    const data: StoredJob = { ...packJob(definition, options), schedule: name };
    const priority = priorityNumber(options.priority ?? definition.priority ?? 'normal');
    const { everyMs, cron, timeZone = 'UTC' } = options;
    const queue = await this.#parts.queue();
    const repeat = everyMs === undefined ? { pattern: cron!, tz: timeZone } : { every: Math.round(everyMs) };
    const opts = {
      priority,
      attempts: 5,
      stackTraceLimit: 0,
      removeOnComplete: true,
      removeOnFail: retention.failed,
    };
    const job = await queue
      .upsertJobScheduler(this.#key(name), repeat, { name: options.job, data, opts })
      .catch((error: unknown) => {
        throw cron === undefined || isFluxoriError(error) ? error : wrongCron(name, cron, error);
      });
    if (job === undefined || job === null) throw wrongCron(name, cron ?? '');
    return (await this.get(name))!;
  }

  async get(name: string): Promise<ScheduleView | undefined> {
    const scheduler = await (await this.#parts.queue()).getJobScheduler(this.#key(name));
    return scheduler === undefined ? undefined : this.#view(scheduler);
  }

  /** In order of their next run. */
  async list(): Promise<ScheduleView[]> {
    const schedulers = await (await this.#parts.queue()).getJobSchedulers(0, -1, true);
    return schedulers.map((scheduler) => this.#view(scheduler));
  }

  /** Its next run does not come; a job that it has put in already stays. @returns whether there was one of that name. */
  async remove(name: string): Promise<boolean> {
    return (await this.#parts.queue()).removeJobScheduler(this.#key(name));
  }

  /** The clockwork runs: the real job goes in, unless the last one is still there. May be repeated: the real job's id is its own each time. */
  async tick(job: BullJob): Promise<JsonValue> {
    const { schedule, accountId, payload, version } = job.data;
    const { section, enqueuer, logger } = this.#parts;
    const jobId = jobIdOf(section, job);
    const added = await enqueuer.add(
      await this.#parts.queue(),
      job.name,
      { accountId, payload, version, priority: priorityOf(job.priority), dedupeKey: `schedule/${schedule}` },
      jobId,
    );
    if (added.deduplicated) {
      logger.info(
        { schedule, jobId: added.jobId, account: accountId },
        'The last run of a schedule is not done yet; this one is left out.',
      );
    }
    return { jobId: added.jobId, leftOut: added.deduplicated };
  }

  #key(name: string): string {
    return `${this.#parts.section}/${name}`;
  }

  #view(scheduler: JobSchedulerJson<StoredJob>): ScheduleView {
    const { section, definitions } = this.#parts;
    const { data, opts } = scheduler.template ?? {};
    return {
      name: scheduler.key.slice(section.length + 1),
      section,
      job: scheduler.name,
      accountId: data?.accountId ?? '',
      ...(scheduler.every !== undefined && { everyMs: scheduler.every }),
      ...(scheduler.pattern !== undefined && { cron: scheduler.pattern, timeZone: scheduler.tz ?? 'UTC' }),
      priority: priorityOf(opts?.priority ?? 0),
      ...(scheduler.next !== undefined && { nextRunAt: new Date(scheduler.next) }),
      runs: Math.max((scheduler.iterationCount ?? 1) - 1, 0),
      payload: visiblePayload(data?.payload ?? null, definitions.get(scheduler.name)),
    };
  }
}

/** Like other ids: the section, the time, and something of its own; the same each time for the same run of the clockwork. */
function jobIdOf(section: string, job: BullJob): string {
  const dueAt = Number(job.id!.slice(job.id!.lastIndexOf(':') + 1));
  const time = dueAt.toString(36).padStart(9, '0');
  return `${section}-${time}${createHash('sha256').update(job.id!).digest('hex').slice(0, 10)}`;
}
