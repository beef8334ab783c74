import { noMetrics, noTracing, silentLogger, systemClock, systemRandom } from '@fluxori/core';
import { AccountSlots } from '../control/account-slots.js';
import { Admission } from '../control/admission.js';
import { Pauses } from '../control/pauses.js';
import { QueueControl } from '../control/queue-control.js';
import { jobsByName } from '../job/job-definition.js';
import { WorkerRegister } from '../recovery/worker-register.js';
import { Checkpoints } from '../run/checkpoints.js';
import { Schedules } from '../schedule/schedules.js';
import { GatheredKeyValues } from '../store/gathered-key-values.js';
import { Wakes, wakeRoom } from '../wake/wakes.js';
import { CancelledJobs } from './cancelled-jobs.js';
import { DeadLetters } from './dead-letters.js';
import { Enqueuer } from './enqueue.js';
import { HostGate } from './host-gate.js';
import { JobEvents } from './job-events.js';
import { JobReader } from './job-reader.js';
import { JobSteering } from './job-steering.js';
import { JobWorker, leaseMs } from './job-worker.js';
import type { OperationQueueOptions } from './operation-queue-options.js';
import { QueueLink } from './queue-link.js';
import { retentionOf } from './retention.js';
import { RetriedKeys } from './retried-keys.js';
import { RunOrders } from './run-orders.js';

const defaultNewerReleaseMs = 3_600_000;

export type QueueParts = ReturnType<typeof queueParts>;

/**
 * What a queue consists of, put together.
 * @param worker - the one of this queue object, once it is started.
 * @throws ConfigurationError when a job belongs to another section or two have one name.
 */
export function queueParts(options: OperationQueueOptions, worker: () => JobWorker | undefined) {
  const { section, backend, prefix = 'fluxori', clock = systemClock, tracing = noTracing } = options;
  const definitions = jobsByName(section, options.jobs);
  const logger = (options.logger ?? silentLogger).child({ section });
  const retention = retentionOf(options.retention);
  const name = `${prefix}-${section}`;
  const room = `queue/${name}`;
  const keyValues = new GatheredKeyValues(backend.keyValues);
  const link = new QueueLink(backend, name, logger);
  const queue = () => link.queue();
  const events = new JobEvents(logger);
  const gate = new HostGate();
  const slots = new AccountSlots(options.perAccountConcurrency);
  const pauses = new Pauses(backend.keyValues, room);
  const control = new QueueControl({ pauses, slots, queue, clock, logger });
  const checkpoints = new Checkpoints(backend, options.sink, room);
  const cancelled = new CancelledJobs(backend.keyValues, room, retention.cancelledMs);
  const orders = new RunOrders(keyValues, room);
  const retriedKeys = new RetriedKeys(backend.keyValues, room);
  const wakes = new Wakes(keyValues, wakeRoom(prefix));
  const reader = new JobReader(queue, section, definitions, cancelled);
  const enqueuer = new Enqueuer({ section, definitions, retention, reader, retriedKeys, tracing });

  const forgetWaiter = (jobId: string): void => {
    if (options.onForget !== undefined) {
      options.onForget(jobId);
      return;
    }
    backend.buckets.forget(jobId).catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : 'unknown';
      logger.warn({ jobId, problem }, 'A place at the token buckets could not be given up.');
    });
  };

  const steering = new JobSteering({
    section,
    reader,
    cancelled,
    checkpoints,
    retriedKeys,
    orders,
    gate,
    slots,
    events,
    clock,
    worker,
    forgetWaiter,
  });
  return {
    section,
    definitions,
    logger,
    clock,
    tracing,
    retention,
    link,
    events,
    gate,
    slots,
    pauses,
    control,
    wakes,
    checkpoints,
    cancelled,
    orders,
    reader,
    enqueuer,
    steering,
    forgetWaiter,
    register: new WorkerRegister(backend.keyValues, room),
    schedules: new Schedules({ section, definitions, retention, queue, enqueuer, logger }),
    deadLetters: new DeadLetters({ reader, steering, checkpoints, queue }),
  };
}

/** The worker of a queue. */
export async function makeWorker(parts: QueueParts, options: OperationQueueOptions): Promise<JobWorker> {
  const { backend, metrics = noMetrics, random = systemRandom, concurrency = 32, maxCrashes = 5 } = options;
  const { shared, locks } = backend;
  const { link, definitions, pauses, slots, clock, schedules } = parts;
  const { queue, connection } = await link.open();
  // With no other worker there can be none of a newer release.
  const newerReleaseMs = shared ? (options.newerReleaseMs ?? defaultNewerReleaseMs) : 0;
  return new JobWorker({
    ...parts,
    queue,
    connection,
    metrics,
    random,
    locks,
    admission: new Admission({ definitions, pauses, slots, clock, random, newerReleaseMs }),
    onTrouble: (listener) => link.onTrouble(listener),
    tick: (job) => schedules.tick(job),
    leaseMs: shared ? leaseMs : Number.POSITIVE_INFINITY,
    concurrency,
    maxCrashes,
    keepFailedMs: parts.retention.failed.age * 1_000,
    exclusive: !shared,
  });
}
