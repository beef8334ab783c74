import type { QueueTarget } from '@fluxori/backend';
import type { IQueueBackend, Job, JobProgress, Queue, Worker } from 'bullmq';
import type { StoredJob } from '../job/stored-job.js';

/** BullMQ's classes with what we put into them, on whichever database the backend runs. */
export type BullJob = Job<StoredJob, unknown, string>;
export type BullQueue = Queue<
  StoredJob,
  unknown,
  string,
  StoredJob,
  unknown,
  string,
  IQueueBackend,
  QueueTarget
>;
export type BullWorker = Worker<StoredJob, unknown, string, IQueueBackend, JobProgress, QueueTarget>;
