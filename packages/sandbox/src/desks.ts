import type { Counters } from './counters/counters.js';
import type { QueryDesk } from './data-kiosk/query-desk.js';
import type { DocumentShelf } from './documents/document-shelf.js';
import type { FeedDesk } from './feeds/feed-desk.js';
import type { FeedQuota } from './feeds/feed-quota.js';
import type { InboundDesk } from './inbound/inbound-desk.js';
import type { NotificationDesk } from './notifications/notification-desk.js';
import type { ReportDesk } from './reports/report-desk.js';
import type { ReportSchedules } from './reports/report-schedules.js';

/** Where work is done that takes its time, and where its documents lie. */
export interface Desks {
  readonly shelf: DocumentShelf;
  readonly reports: ReportDesk;
  readonly schedules: ReportSchedules;
  readonly feeds: FeedDesk;
  readonly queries: QueryDesk;
  readonly feedQuota: FeedQuota;
  readonly inbound: InboundDesk;
  readonly notifications: NotificationDesk;
  readonly counters: Counters;
}
