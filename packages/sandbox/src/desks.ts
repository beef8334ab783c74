import type { Counters } from './counters/counters.js';
import type { DocumentShelf } from './documents/document-shelf.js';
import type { FeedDesk } from './feeds/feed-desk.js';
import type { FeedQuota } from './feeds/feed-quota.js';
import type { ReportDesk } from './reports/report-desk.js';

/** Where work is done that takes its time, and where its documents lie. */
export interface Desks {
  readonly shelf: DocumentShelf;
  readonly reports: ReportDesk;
  readonly feeds: FeedDesk;
  readonly feedQuota: Pick<FeedQuota, 'take'>;
  readonly counters: Counters;
}
