import type { InventoryLevel, Order } from '@fluxori/core';
import type { CliConfig } from '../config/config.js';

/** What one run of the demo does by documents: one report and one feed, whatever happens to the worker. */
export interface DocumentWork {
  readonly run: number;
  /** When the run began, as ISO 8601. */
  readonly startedAt: string;
  /** Where the report's rows are written. */
  readonly folder: string;
}

/** What the demo tells its worker process to do. */
export interface WorkOrder {
  readonly backendUrl: string;
  readonly home: string;
  readonly accounts: CliConfig['accounts'];
  readonly accountId: string;
  readonly logLevel: string;
  /** Names of the jobs that an earlier worker of this run has done; they are not put in again. */
  readonly done?: readonly string[];
  /** Left out: orders and stock only. */
  readonly documents?: DocumentWork;
}

/** What came in, as the worker found it in the backend at the end. */
export interface Harvest {
  readonly orders: number;
  readonly inventory: number;
  readonly latestOrders: readonly Order[];
  readonly someInventory: readonly InventoryLevel[];
  readonly report?: { readonly reportId: string; readonly rows: number; readonly file: string };
  readonly feed?: { readonly feedId: string; readonly messages: number; readonly accepted: number };
}

/** What the worker process tells the demo. `name`: what the job is called for people. */
export type WorkerMessage =
  | {
      readonly type: 'ready';
      /** How many orders there were before the work began. */
      readonly orders: number;
      /** Tokens in the buckets that were not full then, by operation as the sandbox names it. */
      readonly levels: Readonly<Record<string, number>>;
    }
  | { readonly type: 'queued'; readonly name: string; readonly resumed: boolean }
  | {
      readonly type: 'progress';
      readonly name: string;
      readonly done: number;
      readonly total?: number;
      readonly unit?: string;
      /** What it is doing or waiting for. */
      readonly note?: string;
    }
  | { readonly type: 'parked'; readonly name: string; readonly until: string; readonly reason: string }
  | { readonly type: 'completed'; readonly name: string }
  | { readonly type: 'harvest'; readonly harvest: Harvest }
  | { readonly type: 'failed'; readonly error: Readonly<Record<string, unknown>> };
