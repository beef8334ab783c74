import type { AccountId, JsonValue, Priority } from '@fluxori/core';
import type { App } from '../composition/open-app.js';
import { progressOn } from '../output/progress.js';
import type { Terminal } from '../output/terminal.js';
import { parkedReason, waitText } from '../output/wait-text.js';

export interface JobRequest {
  readonly name: string;
  /** What people call it, when the name alone does not tell; its progress is shown under it. */
  readonly label?: string;
  readonly accountId: AccountId;
  readonly payload: JsonValue;
  readonly priority?: Priority;
  /** While a job with this key waits or runs, asking again joins it. */
  readonly dedupeKey?: string;
}

export interface RunJobOptions {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** False: only put it into the queue, for a worker to do. */
  readonly wait: boolean;
}

export interface JobOutcome {
  readonly jobId: string;
  /** It was in the queue already. */
  readonly joined: boolean;
  /** Undefined when nobody waited. */
  readonly result?: JsonValue;
}

/**
 * Puts jobs into their queues and, unless told otherwise, works the queues in this process until they are done, showing their progress.
 * Interrupted, it leaves them in the queue: the same command, or a worker, goes on with them.
 */
export async function runJobs(
  app: App,
  requests: readonly JobRequest[],
  options: RunJobOptions,
): Promise<JobOutcome[]> {
  const labels = new Map<string, string>();
  const outcomes: JobOutcome[] = [];
  for (const { name, label, accountId, payload, priority, dedupeKey } of requests) {
    const { jobId, deduplicated } = await app.queues.add(name, {
      accountId,
      payload,
      ...(priority && { priority }),
      ...(dedupeKey && { dedupeKey }),
    });
    labels.set(jobId, label ?? name);
    outcomes.push({ jobId, joined: deduplicated });
  }
  if (!options.wait) return outcomes;

  const progress = progressOn(options.terminal);
  const stopListening = [
    app.queues.on('progress', (event) => {
      const label = labels.get(event.jobId);
      if (label === undefined) return;
      const { label: note, ...step } = event.progress;
      progress.update(label, { ...step, ...(note !== undefined && { note }) });
    }),
    app.queues.on('parked', (event) => {
      const label = labels.get(event.jobId);
      if (label === undefined || event.until.getTime() - Date.now() < worthTellingMs) return;
      const long = waitText(event.until);
      const wait = event.wakeOn === undefined ? `waits ${long}` : `waits to be woken, or ${long}`;
      progress.say(`  ${label} ${wait}: ${parkedReason(event.reason)}`);
    }),
  ];
  try {
    await app.queues.start();
    return await Promise.all(
      outcomes.map(async (outcome) => {
        const result = await app.queues.waitFor(outcome.jobId, { signal: options.signal });
        return { ...outcome, ...(result !== undefined && { result: result as JsonValue }) };
      }),
    );
  } finally {
    for (const stop of stopListening) stop();
    progress.close();
  }
}

/** As `runJobs`, for one. */
export async function runJob(app: App, request: JobRequest, options: RunJobOptions): Promise<JobOutcome> {
  const [outcome] = await runJobs(app, [request], options);
  return outcome as JobOutcome;
}

/** Shorter waits are the ordinary rhythm of a limit. */
const worthTellingMs = 3_000;

/** What a command says that only queued its job. */
export function tellQueued(terminal: Terminal, ...outcomes: readonly JobOutcome[]): void {
  const ids = outcomes.map(({ jobId, joined }) => (joined ? `${jobId} (it was there already)` : jobId));
  terminal.say(`Queued as ${ids.join(' and ')}. A worker will do it: fluxori worker`);
}
