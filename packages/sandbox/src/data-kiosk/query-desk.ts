import type { Counters } from '../counters/counters.js';
import { contentOf } from '../documents/content-spool.js';
import type { DocumentShelf } from '../documents/document-shelf.js';
import type { Notify } from '../events/far-side-event.js';
import { Prng } from '../random/prng.js';
import type { OutcomeBoard } from '../work/outcome-board.js';
import { WorkLine } from '../work/work-line.js';
import { keptMs } from '../work/work-list.js';
import type { Region } from '../world/marketplaces.js';
import type { Seller } from '../world/seller.js';
import type { World } from '../world/world.js';
import { datasets, selected } from './datasets.js';
import { minified, type QueryField } from './parse-query.js';
import type { StoredQuery } from './stored-query.js';

export interface QueryDeskParts {
  readonly seed: number;
  readonly now: () => number;
  readonly world: World;
  readonly shelf: DocumentShelf;
  readonly outcomes: OutcomeBoard;
  readonly counters: Counters;
  readonly notify: Notify;
  readonly times: { readonly queueMs: number; readonly progressMs: number };
  /** How many rows one document has at most. */
  readonly pageRows: number;
}

export interface QueryOrder {
  readonly seller: Seller;
  readonly region: Region;
  readonly applicationId: string;
  readonly dataset: string;
  readonly view: QueryField;
  readonly query: string;
  readonly paginationToken?: string | undefined;
}

/** Answers the queries of Data Kiosk. */
export class QueryDesk {
  readonly #parts: QueryDeskParts;
  readonly #byId = new Map<string, StoredQuery>();
  /** Where the page of a token begins, and of which query. */
  readonly #pages = new Map<string, { readonly sameness: string; readonly start: number }>();
  readonly #line: WorkLine<StoredQuery>;

  constructor(parts: QueryDeskParts) {
    this.#parts = parts;
    this.#line = new WorkLine<StoredQuery>({
      now: parts.now,
      finish: (query) => this.#finish(query),
      ended: (query) => this.#tell(query),
    });
  }

  /** @returns `undefined` when the token is not of this query. */
  create(order: QueryOrder): StoredQuery | undefined {
    const { counters, now, outcomes, seed, times } = this.#parts;
    const { applicationId, dataset: type, paginationToken, query, region, seller, view } = order;
    const { sellerId } = seller;
    const sameness = `${sellerId} ${region} ${minified(query)}`;
    const page = paginationToken === undefined ? { sameness, start: 0 } : this.#pages.get(paginationToken);
    if (page?.sameness !== sameness) return undefined;
    const prng = Prng.of(seed, 'query', this.#byId.size);
    const stored: StoredQuery = {
      ...{
        id: String(prng.integer(100_000_000_000, 899_999_999_999)),
        sellerId,
        region,
        applicationId,
        type,
      },
      ...{ query, view, start: page.start, createdMs: now(), status: 'IN_QUEUE' },
      plan: outcomes.planOf({ of: 'query', type, sellerId }, times),
    };
    this.#byId.set(stored.id, stored);
    counters.queries.created({ id: stored.id, sellerId, type, sameness: `${sameness} ${page.start}` });
    this.#line.add(stored);
    return stored;
  }

  all(): Iterable<StoredQuery> {
    this.#line.advance();
    return this.#byId.values();
  }

  find(id: string, owner: { readonly sellerId: string; readonly region: Region }): StoredQuery | undefined {
    this.#line.advance();
    const found = this.#byId.get(id);
    return found?.sellerId === owner.sellerId && found.region === owner.region ? found : undefined;
  }

  cancel(query: StoredQuery): boolean {
    return this.#line.cancel(query);
  }

  /** Brings queries that are under way to their end at once. */
  hurry(id?: string): void {
    this.#line.hurry((query) => id === undefined || query.id === id);
  }

  close(): void {
    this.#line.close();
  }

  #finish(query: StoredQuery): 'DONE' | 'FATAL' {
    const { outcome } = query.plan;
    if (outcome?.status === 'FATAL') {
      if (outcome.document !== undefined) query.errorDocumentId = this.#shelve(query, outcome.document);
      return 'FATAL';
    }
    const text = outcome?.document ?? this.#rows(query);
    if (text !== '') query.dataDocumentId = this.#shelve(query, text);
    return 'DONE';
  }

  /** One line of JSON for each row of the query's page. */
  #rows(query: StoredQuery): string {
    const { pageRows, world } = this.#parts;
    const seller = world.seller(query.sellerId);
    const { args, fields, name } = query.view;
    const rowsOf = datasets[query.type]?.[name]?.rowsOf;
    if (seller === undefined || rowsOf === undefined) return '';
    const { endDate, marketplaceIds, startDate } = args as { [name: string]: string } & {
      marketplaceIds: string[];
    };
    const lines: string[] = [];
    let at = 0;
    for (const row of rowsOf({
      world,
      seller,
      marketplaceIds,
      startDate: startDate as string,
      endDate: endDate as string,
      args,
    })) {
      if (at >= query.start + pageRows) {
        query.nextToken = this.#tokenFor(query, at);
        break;
      }
      if (at++ >= query.start) lines.push(JSON.stringify(selected(row, fields)));
    }
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }

  #tokenFor({ query, region, sellerId }: StoredQuery, start: number): string {
    const token = Buffer.from(
      Prng.of(this.#parts.seed, 'query-page', this.#pages.size).text(24, hex),
    ).toString('base64url');
    this.#pages.set(token, { sameness: `${sellerId} ${region} ${minified(query)}`, start });
    return token;
  }

  #shelve({ region, sellerId }: StoredQuery, text: string): string {
    return this.#parts.shelf.add({
      ...{ kind: 'query', sellerId, region, gzipped: true, lifetimeMs: keptMs },
      contentType: 'application/jsonl;charset=UTF-8',
      content: contentOf(Buffer.from(text), true),
    }).id;
  }

  #tell(query: StoredQuery): void {
    const {
      applicationId,
      dataDocumentId,
      endedMs,
      errorDocumentId,
      id,
      nextToken,
      region,
      sellerId,
      status,
    } = query;
    this.#parts.notify({
      ...{ kind: 'query-finished', sellerId, region, queryId: id, query: query.query },
      atMs: endedMs as number,
      status: status as 'DONE' | 'CANCELLED' | 'FATAL',
      ...(applicationId === undefined ? {} : { applicationId }),
      ...(dataDocumentId === undefined ? {} : { dataDocumentId }),
      ...(errorDocumentId === undefined ? {} : { errorDocumentId }),
      ...(nextToken === undefined ? {} : { nextToken }),
    });
  }
}

const hex = '0123456789abcdef';
