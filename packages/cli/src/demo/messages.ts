import type { InventoryLevel, Order } from '@fluxori/core';
import type { CliConfig } from '../config/config.js';

/** What the demo tells its worker process to do. */
export interface WorkOrder {
  readonly backendUrl: string;
  readonly home: string;
  readonly accounts: CliConfig['accounts'];
  readonly accountId: string;
  readonly logLevel: string;
  /** Names of the jobs that an earlier worker of this run has done; they are not put in again. */
  readonly done?: readonly string[];
}

/** What came in, as the worker found it in the backend at the end. */
export interface Harvest {
  readonly orders: number;
  readonly inventory: number;
  readonly latestOrders: readonly Order[];
  readonly someInventory: readonly InventoryLevel[];
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
    }
  | { readonly type: 'parked'; readonly name: string; readonly until: string; readonly reason: string }
  | { readonly type: 'completed'; readonly name: string }
  | { readonly type: 'harvest'; readonly harvest: Harvest }
  | { readonly type: 'failed'; readonly error: Readonly<Record<string, unknown>> };
