import type { AccountId, JsonValue, Priority } from '@fluxori/core';
import type { App } from '../composition/open-app.js';
import { progressOn } from '../output/progress.js';
import type { Terminal } from '../output/terminal.js';

export interface JobRequest {
  readonly name: string;
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
 * Puts a job into its queue and, unless told otherwise, works the queue in this process until the job is done, showing its progress.
 * Interrupted, it leaves the job in the queue: the same command, or a worker, goes on with it.
 */
export async function runJob(app: App, request: JobRequest, options: RunJobOptions): Promise<JobOutcome> {
  const { name, accountId, payload, priority, dedupeKey } = request;
  const { jobId, deduplicated } = await app.queues.add(name, {
    accountId,
    payload,
    ...(priority && { priority }),
    ...(dedupeKey && { dedupeKey }),
  });
  if (!options.wait) return { jobId, joined: deduplicated };

  const progress = progressOn(options.terminal);
  const stopListening = [
    app.queues.on('progress', (event) => {
      if (event.jobId === jobId) progress.update(name, event.progress);
    }),
    app.queues.on('parked', (event) => {
      if (event.jobId === jobId)
        progress.say(`  ${name} waits until ${event.until.toISOString()}: ${event.reason}`);
    }),
  ];
  try {
    await app.queues.start();
    const result = await app.queues.waitFor(jobId, { signal: options.signal });
    return { jobId, joined: deduplicated, ...(result !== undefined && { result: result as JsonValue }) };
  } finally {
    for (const stop of stopListening) stop();
    progress.close();
  }
}
