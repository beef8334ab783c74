import { ConfigurationError, type JsonValue, type Priority } from '@fluxori/core';
import type { z } from 'zod';
import type { JobContext } from './job-context.js';

/** What a kind of job is: its name, its payload, and what to do. */
export interface JobSpec<Payload = unknown, State = unknown, Result = unknown> {
  /** Unique over all sections, e.g. `orders.import`. */
  readonly name: string;
  /** The queue that it belongs to, e.g. `orders`. */
  readonly section: string;
  /** The payload's version, from 1; raise it when a payload that is already stored could no longer be read. */
  readonly version: number;
  readonly payload: z.ZodType<Payload>;
  /** `normal` by default. */
  readonly priority?: Priority;
  /** How often it is tried when the remote side fails; 5 by default. Waiting for a limit or a network uses none. */
  readonly attempts?: number;
  /** Brings the payload of an older version up to date; without it an older job is kept and fails with a clear error. */
  migrate?(payload: unknown, fromVersion: number): unknown;
  /** What people may see of the payload in lists: no personal data. By default the fields' names, numbers, dates and sizes. */
  describe?(payload: Payload): Readonly<Record<string, JsonValue>>;
  /** Does the work. It may be stopped at any moment and run again: go on from `ctx.state`. What it returns must survive JSON. */
  run(ctx: JobContext<Payload, State>): Promise<Result>;
}

export type JobDefinition = JobSpec;

const namePattern = /^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*$/;
const sectionPattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Declares a kind of job, with the types of its payload, state and result checked against each other.
 * @throws ConfigurationError listing every fault of the declaration.
 */
export function defineJob<Payload, State = undefined, Result = void>(
  spec: JobSpec<Payload, State, Result>,
): JobDefinition {
  const problems: string[] = [];
  if (!namePattern.test(spec.name)) problems.push('name: use words joined by dots, e.g. orders.import');
  if (!sectionPattern.test(spec.section)) problems.push('section: use lower-case words joined by dashes');
  if (!Number.isSafeInteger(spec.version) || spec.version < 1) problems.push('version: use 1, 2, 3 …');
  if (spec.attempts !== undefined && (!Number.isSafeInteger(spec.attempts) || spec.attempts < 1)) {
    problems.push('attempts: use 1 or more');
  }
  if (problems.length > 0) {
    throw new ConfigurationError(
      `The job ${JSON.stringify(spec.name)} is declared wrongly: ${problems.join('; ')}.`,
      {
        problems,
        remedy: 'Correct the call of defineJob.',
      },
    );
  }
  return spec as JobDefinition;
}

/**
 * The kinds of job of one section, by name.
 * @throws ConfigurationError when a job belongs to another section or two have one name.
 */
export function jobsByName(
  section: string,
  jobs: readonly JobDefinition[],
): ReadonlyMap<string, JobDefinition> {
  const problems: string[] = [];
  const known = new Map<string, JobDefinition>();
  for (const job of jobs) {
    if (job.section !== section) problems.push(`${job.name} belongs to the section ${job.section}`);
    if (known.has(job.name)) problems.push(`${job.name} is declared twice`);
    known.set(job.name, job);
  }
  if (problems.length === 0) return known;
  throw new ConfigurationError(
    `The queue of the section ${section} cannot be made: ${problems.join('; ')}.`,
    { problems, remedy: 'Give each queue the jobs of its own section, each once.' },
  );
}
