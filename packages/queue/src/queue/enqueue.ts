import { createHash, randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { type Priority, priorities, shown, type Tracing, ValidationError } from '@fluxori/core';
import type { JobsOptions } from 'bullmq';
import type { JobDefinition } from '../job/job-definition.js';
import { isStorable } from '../job/storable-text.js';
import { packJob, type StoredJob } from '../job/stored-job.js';
import { unknownJob } from '../job/unknown-job.js';
import type { BullQueue } from './bull-types.js';
import type { JobReader } from './job-reader.js';
import type { Retention } from './retention.js';
import type { RetriedKeys } from './retried-keys.js';

export interface AddOptions {
  /** Whose work it is: the limits of this account apply. */
  readonly accountId: string;
  readonly payload: unknown;
  /** The job kind's own by default. */
  readonly priority?: Priority;
  /** While a job of this kind and account with this key is waiting, parked or active, adding gives that job. */
  readonly dedupeKey?: string;
  /**
   * What the job is put in for, e.g. a notification and the time at which it was published. Adding a job of this kind and account for the same
   * again gives the first one, also after it has ended, for as long as it is kept (`retention`); also when two processes add it at once.
   */
  readonly once?: { readonly key: string; readonly at: Date };
  /** Starts no earlier than this many milliseconds from now. */
  readonly delayMs?: number;
  /** The payload's version, when it was made elsewhere; the present one by default. */
  readonly version?: number;
}

export type BulkItem = { readonly name: string } & AddOptions;

export interface AddResult {
  readonly jobId: string;
  /** The job was there already. */
  readonly deduplicated: boolean;
}

interface Parts {
  readonly section: string;
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  readonly retention: Retention;
  readonly reader: JobReader;
  readonly retriedKeys: RetriedKeys;
  readonly tracing: Tracing;
}

interface Entry {
  readonly name: string;
  readonly data: StoredJob;
  readonly opts: JobsOptions & { readonly jobId: string };
}

/** So many jobs go into one statement: few enough that an embedded database does not keep the process waiting. */
const chunkSize = 250;
const defaultAttempts = 5;
const countEvery = 50;

/** Puts jobs into the queue, each checked first: one that is refused leaves nothing behind. */
export class Enqueuer {
  readonly #parts: Parts;
  #added = 0;
  #ids = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws what adding these would throw for what they are. */
  check(items: readonly BulkItem[]): void {
    for (const { name, ...options } of items) this.#entry(name, options);
  }

  /** @param jobId - when it is known beforehand; a job of that id that is there already is left as it is. */
  async add(queue: BullQueue, name: string, options: AddOptions, jobId?: string): Promise<AddResult> {
    const made = this.#entry(name, options);
    const entry = jobId === undefined ? made : { ...made, opts: { ...made.opts, jobId } };
    const live = (await this.#retriedJob(entry)) ?? (await this.#sameJob(entry, options));
    if (live !== undefined) return { jobId: live, deduplicated: true };
    const job = await queue.add(entry.name, entry.data, entry.opts);
    return { jobId: job.id!, deduplicated: job.id !== entry.opts.jobId };
  }

  async addBulk(queue: BullQueue, items: readonly BulkItem[]): Promise<AddResult[]> {
    const entries = items.map(({ name, ...options }) => this.#entry(name, options));
    const results: AddResult[] = [];
    for (let start = 0; start < entries.length; start += chunkSize) {
      const chunk = entries.slice(start, start + chunkSize);
      const live = await Promise.all(
        chunk.map(
          async (entry, index) =>
            (await this.#retriedJob(entry)) ?? this.#sameJob(entry, items[start + index] as BulkItem),
        ),
      );
      const jobs = await queue.addBulk(chunk.filter((_, index) => live[index] === undefined));
      for (const [index, entry] of chunk.entries()) {
        const there = live[index];
        const jobId = there ?? jobs.shift()!.id!;
        results.push({ jobId, deduplicated: there !== undefined || jobId !== entry.opts.jobId });
      }
      await turn();
    }
    return results;
  }

  #entry(name: string, options: AddOptions): Entry {
    const { section, definitions, retention, tracing } = this.#parts;
    const definition = definitions.get(name);
    if (definition === undefined) throw unknownJob(name, definitions.keys());
    const data = packJob(definition, options);
    const traceparent = tracing.current();
    const { dedupeKey, once, delayMs = 0, priority = definition.priority ?? 'normal' } = options;
    if (dedupeKey !== undefined) checkDedupeKey(name, dedupeKey);
    checkDelay(name, delayMs);
    if (once !== undefined) checkOnce(name, once);
    return {
      name,
      data: traceparent === undefined ? data : { ...data, traceparent },
      opts: {
        jobId: once === undefined ? newJobId(section, this.#ids++) : onceJobId(section, name, data, once),
        priority: priorityNumber(priority),
        attempts: definition.attempts ?? defaultAttempts,
        // What failed is told in our own words, without a stack.
        stackTraceLimit: 0,
        ...this.#keep(retention),
        ...(delayMs > 0 && { delay: Math.round(delayMs) }),
        ...(dedupeKey !== undefined && { deduplication: { id: `${data.accountId}/${name}/${dedupeKey}` } }),
      },
    };
  }

  /** Counting what is kept costs as much as the rest of a short job, so that one job in fifty does it for all. */
  #keep({ completed, failed }: Retention): Pick<JobsOptions, 'removeOnComplete' | 'removeOnFail'> {
    const counts = this.#added++ % countEvery === 0;
    return {
      removeOnComplete: counts ? completed : { age: completed.age },
      removeOnFail: counts ? failed : { age: failed.age },
    };
  }

  /** The store would leave it as it is, but not say so. */
  async #sameJob({ opts }: Entry, { once }: AddOptions): Promise<string | undefined> {
    if (once === undefined) return undefined;
    return (await this.#parts.reader.get(opts.jobId)) === undefined ? undefined : opts.jobId;
  }

  async #retriedJob({ opts }: Entry): Promise<string | undefined> {
    const key = opts.deduplication?.id;
    if (key === undefined) return undefined;
    const jobId = await this.#parts.retriedKeys.holder(key);
    if (jobId === undefined) return undefined;
    const found = await this.#parts.reader.find(jobId);
    if (found !== undefined && ['waiting', 'parked', 'active'].includes(found.state)) return jobId;
    await this.#parts.retriedKeys.drop(key);
    return undefined;
  }
}

function checkDedupeKey(name: string, dedupeKey: string): void {
  if (typeof dedupeKey === 'string' && isStorable(dedupeKey)) return;
  throw new ValidationError(
    `The dedupe key of the job ${name} is no text that a database keeps: it may hold no NUL character and no half of a surrogate pair.`,
    { field: 'dedupeKey', operation: name, remedy: 'Make the key of plain text, e.g. of ids.' },
  );
}

function checkOnce(name: string, once: NonNullable<AddOptions['once']>): void {
  if (typeof once?.key === 'string' && once.at instanceof Date) return;
  throw new ValidationError(`What the job ${name} is put in for has no key, or no time: ${shown(once)}.`, {
    field: 'once',
    operation: name,
    remedy: 'Give `once: { key, at }`: a text and a Date.',
  });
}

/** No job is meant to wait longer; whoever says so has mixed up units. */
const longestDelayMs = 366 * 24 * 60 * 60_000;

function checkDelay(name: string, delayMs: number): void {
  if (typeof delayMs === 'number' && delayMs >= 0 && delayMs <= longestDelayMs) return;
  throw new ValidationError(
    `The delay of the job ${name} is ${shown(delayMs)} ms, which is no time from now on.`,
    {
      field: 'delayMs',
      operation: name,
      remedy: 'Give milliseconds from 0 up to a year.',
    },
  );
}

/** @throws ValidationError for a priority that does not exist: it may come from a command line. */
export function priorityNumber(priority: Priority): number {
  if (typeof priority === 'string' && Object.hasOwn(priorities, priority)) return priorities[priority];
  throw new ValidationError(`There is no priority ${shown(priority)}.`, {
    field: 'priority',
    remedy: `Use one of: ${Object.keys(priorities).join(', ')}.`,
  });
}

/**
 * The section in front, so that a job is found by its id alone; then the time, and a count for those of one millisecond, so that ids sort by age.
 * @param count - how many ids this process has made before.
 */
function newJobId(section: string, count: number): string {
  const time = Date.now().toString(36).padStart(9, '0');
  const inOrder = (count % 36 ** 4).toString(36).padStart(4, '0');
  return `${section}-${time}${inOrder}${randomUUID().replaceAll('-', '').slice(0, 7)}`;
}

/** The same for the same, in the form of the others: it sorts by the time of what the job is put in for. */
function onceJobId(
  section: string,
  name: string,
  { accountId }: StoredJob,
  { key, at }: { key: string; at: Date },
): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([accountId, name, key]))
    .digest('hex');
  const digits = BigInt(`0x${hash}`).toString(36).slice(0, 11);
  const ms = Number.isNaN(at.getTime()) ? 0 : Math.max(at.getTime(), 0);
  return `${section}-${ms.toString(36).padStart(9, '0')}${digits}`;
}

/** @returns the section that a job's id names. */
export function sectionOf(jobId: string): string {
  // It may come from a command line, or from somebody's JSON.
  if (typeof jobId !== 'string') return '';
  return sectionOfClockwork(jobId) ?? jobId.slice(0, Math.max(jobId.lastIndexOf('-'), 0));
}

/** The clockwork of a schedule has an id of BullMQ's making: repeat:<section>/<name>:<time>. Undefined for any other job. */
export function sectionOfClockwork(jobId: string): string | undefined {
  return /^repeat:([^/:]+)\//.exec(jobId)?.[1];
}
