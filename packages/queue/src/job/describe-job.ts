import { type JsonValue, type Priority, priorities } from '@fluxori/core';
import type { BullJob } from '../queue/bull-types.js';
import type { Progress } from './job-context.js';
import type { JobDefinition } from './job-definition.js';
import { readNote } from './job-note.js';
import type { JobState, JobView, ParkedView } from './job-view.js';

/** Turns BullMQ's job into what people and programs see. */
export function describeJob(
  job: BullJob,
  state: JobState,
  section: string,
  definition: JobDefinition | undefined,
): JobView {
  const note = readNote(job.failedReason);
  const progress = job.progress;
  return {
    jobId: job.id!,
    name: job.name,
    section,
    accountId: job.data.accountId,
    state,
    priority: priorityOf(job.priority),
    ...(isProgress(progress) && { progress }),
    ...(state === 'parked' && { parked: parkedView(job) }),
    attempts: state === 'completed' ? Math.max(job.attemptsMade - 1, 0) : job.attemptsMade,
    maxAttempts: job.opts.attempts ?? 1,
    ...(state === 'failed' && note !== undefined && 'error' in note && { error: note.error }),
    ...(state === 'completed' && job.returnvalue !== null && { result: job.returnvalue as JsonValue }),
    createdAt: new Date(job.timestamp),
    ...(job.finishedOn !== undefined && job.finishedOn !== null && { finishedAt: new Date(job.finishedOn) }),
    payload: visiblePayload(job.data.payload, definition),
  };
}

/** By number, as the queue and the token buckets know it. */
export function priorityOf(value: number): Priority {
  const named = (Object.keys(priorities) as Priority[]).find((name) => priorities[name] === value);
  return named ?? 'normal';
}

function parkedView(job: BullJob): ParkedView {
  const note = readNote(job.failedReason);
  if (note === undefined || !('parked' in note)) {
    const { schedule } = job.data;
    const reason =
      schedule === undefined
        ? 'It was added to start later.'
        : `It is the next run of the schedule "${schedule}".`;
    return { until: new Date(job.timestamp + (job.delay ?? 0)), reason };
  }
  const { for: parkedFor, until, reason, host, wakeOn } = note.parked;
  return {
    for: parkedFor,
    until: new Date(until),
    reason,
    ...(host !== undefined && { host }),
    ...(wakeOn !== undefined && { wakeOn }),
  };
}

function isProgress(value: unknown): value is Progress {
  return typeof value === 'object' && value !== null && 'done' in value;
}

/** A definition says itself what may be seen; else nothing that could be a person. */
export function visiblePayload(
  payload: JsonValue,
  definition: JobDefinition | undefined,
): Record<string, JsonValue> {
  if (definition?.describe !== undefined) {
    try {
      return { ...definition.describe(payload) };
    } catch {
      // A payload of another version: what is safe of it is shown below.
    }
  }
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return {};
  return Object.fromEntries(Object.entries(payload).map(([field, value]) => [field, visible(value)]));
}

const isoDate = /^\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/;

function visible(value: JsonValue): JsonValue {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return isoDate.test(value) ? value : `text of ${value.length}`;
  if (Array.isArray(value)) return `list of ${value.length}`;
  return `object of ${Object.keys(value).length}`;
}
