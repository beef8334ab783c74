import { contentOf } from '../documents/content-spool.js';
import { Prng } from '../random/prng.js';
import { endFacts, WorkDesk, type WorkDeskParts } from '../work/work-desk.js';
import { keptMs } from '../work/work-list.js';
import type { Region } from '../world/marketplaces.js';
import type { Seller } from '../world/seller.js';
import { datasets, selected } from './datasets.js';
import { minified, type QueryField } from './parse-query.js';
import type { StoredQuery } from './stored-query.js';

export interface QueryDeskParts extends WorkDeskParts {
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
export class QueryDesk extends WorkDesk<StoredQuery, QueryDeskParts> {
  /** Where the page of a token begins, and of which query. */
  readonly #pages = new Map<string, { readonly sameness: string; readonly start: number }>();

  constructor(parts: QueryDeskParts) {
    super(parts, { counts: 'queries' });
  }

  /** @returns `undefined` when the token is not of this query. */
  create(order: QueryOrder): StoredQuery | undefined {
    const { now, outcomes, seed, times } = this.parts;
    const { applicationId, dataset: type, paginationToken, query, region, seller, view } = order;
    const { sellerId } = seller;
    const sameness = `${sellerId} ${region} ${minified(query)}`;
    const page = paginationToken === undefined ? { sameness, start: 0 } : this.#pages.get(paginationToken);
    if (page?.sameness !== sameness) return undefined;
    const prng = Prng.of(seed, 'query', this.taken);
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
    return this.take(stored, `${sameness} ${page.start}`);
  }

  protected override finish(query: StoredQuery): 'DONE' | 'FATAL' {
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
    const { pageRows, world } = this.parts;
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
      Prng.of(this.parts.seed, 'query-page', this.#pages.size).text(24, hex),
    ).toString('base64url');
    this.#pages.set(token, { sameness: `${sellerId} ${region} ${minified(query)}`, start });
    return token;
  }

  #shelve({ region, sellerId }: StoredQuery, text: string): string {
    return this.parts.shelf.add({
      ...{ kind: 'query', sellerId, region, gzipped: true, lifetimeMs: keptMs },
      contentType: 'application/jsonl;charset=UTF-8',
      content: contentOf(Buffer.from(text), true),
    }).id;
  }

  protected override tell(stored: StoredQuery): void {
    const { dataDocumentId, errorDocumentId, id: queryId, nextToken, query } = stored;
    this.parts.notify({
      ...{ kind: 'query-finished', ...endFacts(stored), queryId, query },
      ...(dataDocumentId === undefined ? {} : { dataDocumentId }),
      ...(errorDocumentId === undefined ? {} : { errorDocumentId }),
      ...(nextToken === undefined ? {} : { nextToken }),
    });
  }
}

const hex = '0123456789abcdef';
