import type { Work } from '../work/work.js';

export interface StoredReport extends Work {
  readonly marketplaceIds: readonly string[];
  readonly dataStartMs: number;
  readonly dataEndMs: number;
  readonly options: Readonly<Record<string, string>>;
  /** The schedule that made it. */
  readonly scheduleId?: string | undefined;
  documentId?: string;
}
