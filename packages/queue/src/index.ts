export type { PausedView, PauseOptions } from './control/queue-control.js';
export type {
  CallTerms,
  CheckpointBatch,
  CheckpointOptions,
  JobContext,
  ParkOrder,
  Progress,
  PruneOrder,
} from './job/job-context.js';
export { defineJob, type JobDefinition, type JobSpec } from './job/job-definition.js';
export { type JobState, type JobView, jobStates, type ParkedView } from './job/job-view.js';
export { queueMetrics } from './metric-names.js';
export { type Outcome, outcomeOf, type ParkedFor, type RunFacts } from './outcome/outcome.js';
export { reviveError, type StoredError, storeError } from './outcome/stored-error.js';
export type { ForgottenJobs, MentionQuery } from './privacy/forget-jobs.js';
export { JobsHolder } from './privacy/jobs-holder.js';
export type { BulkOutcome, FailedQuery } from './queue/dead-letters.js';
export type { AddOptions, AddResult, BulkItem } from './queue/enqueue.js';
export type { JobEventMap, JobEventName, JobListener } from './queue/job-events.js';
export type { ListQuery } from './queue/job-reader.js';
export { OperationQueue, type QueueOverview } from './queue/operation-queue.js';
export type { OperationQueueOptions } from './queue/operation-queue-options.js';
export { OperationQueues, type OperationQueuesOptions } from './queue/operation-queues.js';
export { queueGauges } from './queue/queue-gauges.js';
export type { RetentionOptions } from './queue/retention.js';
export type { RegisteredWorker } from './recovery/worker-register.js';
export { AllSchedules } from './schedule/all-schedules.js';
export type { ScheduleOptions } from './schedule/schedule-spec.js';
export { Schedules, type ScheduleView } from './schedule/schedules.js';
