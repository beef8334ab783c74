import type { Counters } from '../counters/counters.js';
import { QueryDesk } from '../data-kiosk/query-desk.js';
import { DocumentShelf } from '../documents/document-shelf.js';
import { UrlSigner } from '../documents/url-signer.js';
import type { Notify } from '../events/far-side-event.js';
import { FeedDesk } from '../feeds/feed-desk.js';
import { FeedQuota } from '../feeds/feed-quota.js';
import type { CheckedOptions } from '../options.js';
import { Prng } from '../random/prng.js';
import { ReportDesk } from '../reports/report-desk.js';
import { ReportSchedules } from '../reports/report-schedules.js';
import type { World } from '../world/world.js';
import { OutcomeBoard } from './outcome-board.js';
import { WorkControl } from './work-control.js';

export interface BackOfficeParts {
  readonly options: CheckedOptions;
  readonly world: World;
  readonly counters: Counters;
  readonly notify: Notify;
  readonly now: () => number;
  readonly monotonicNow: () => number;
  /** Where the documents are served, without a trailing slash; known once they are. */
  readonly documentsUrl: () => string;
}

/** Where everything is done that takes its time: reports, feeds, queries, and their documents. */
export class BackOffice {
  readonly urls: UrlSigner;
  readonly shelf: DocumentShelf;
  readonly reports: ReportDesk;
  readonly schedules: ReportSchedules;
  readonly feeds: FeedDesk;
  readonly queries: QueryDesk;
  readonly feedQuota: FeedQuota;
  readonly control: WorkControl;

  constructor({ options, documentsUrl: ownUrl, monotonicNow, ...rest }: BackOfficeParts) {
    const { dataKiosk, documents, feeds, rateLimits, reports } = options;
    const { now } = rest;
    // An id that Amazon has given it never gives again: not by a sandbox that is started anew with the same seed, either.
    const seed = Prng.of(options.seed, 'work', now()).integer(0, 0x7fff_ffff);
    const outcomes = new OutcomeBoard();
    this.urls = new UrlSigner({ seed, now, lifetimeMs: documents.urlLifetimeMs, ownUrl });
    this.shelf = new DocumentShelf({ seed, now, urls: this.urls });
    const desk = { ...rest, seed, outcomes, shelf: this.shelf };
    this.reports = new ReportDesk({ ...desk, times: reports });
    this.schedules = new ReportSchedules({ seed, now, desk: this.reports });
    this.feeds = new FeedDesk({ ...desk, times: feeds });
    this.queries = new QueryDesk({ ...desk, times: dataKiosk, pageRows: dataKiosk.pageRows });
    const count = rateLimits ? feeds.listingsFeeds.count : Number.POSITIVE_INFINITY;
    this.feedQuota = new FeedQuota({ ...feeds.listingsFeeds, count }, monotonicNow);
    this.control = new WorkControl({
      ...{ outcomes, spool: this.shelf.spool },
      ...{ reports: this.reports, feeds: this.feeds, queries: this.queries },
    });
  }

  /** Ends what runs by itself, and gives back what lies on the machine's disk. */
  async close(): Promise<void> {
    for (const desk of [this.schedules, this.reports, this.feeds, this.queries]) desk.close();
    await this.shelf.spool.close();
  }
}
