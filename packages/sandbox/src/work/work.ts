import type { FinalStatus } from '../events/far-side-event.js';
import type { Region } from '../world/marketplaces.js';

export type WorkStatus = 'IN_QUEUE' | 'IN_PROGRESS' | FinalStatus;

/** Something that Amazon was asked to do in its own time: a report, a feed or a query. */
export interface Work {
  readonly id: string;
  readonly sellerId: string;
  readonly region: Region;
  readonly applicationId?: string | undefined;
  /** The type of the report or feed; for a query, its dataset. */
  readonly type: string;
  readonly createdMs: number;
  readonly plan: WorkPlan;
  status: WorkStatus;
  startedMs?: number;
  endedMs?: number;
}

/** How it will go, settled when it is created. */
export interface WorkPlan {
  readonly queueMs: number;
  readonly progressMs: number;
  /** Without one, whatever the work itself comes to. */
  readonly outcome?: PlannedOutcome;
}

export interface PlannedOutcome {
  /** IN_QUEUE and IN_PROGRESS: it stays so for ever. */
  readonly status: WorkStatus;
  /** What the document says that tells of it. Absent: there is none. */
  readonly document?: string;
  /** Of a feed that ends FATAL: how many of its messages take effect. */
  readonly applied?: 'none' | 'some' | 'all';
}
