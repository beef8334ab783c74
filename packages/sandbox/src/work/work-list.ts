import { momentOf } from '../checks/moment.js';
import { invalidInput } from '../http/refusal.js';
import type { PageTokens } from '../operation/page-tokens.js';
import type { Region } from '../world/marketplaces.js';
import type { Work } from './work.js';

/** What Amazon keeps of reports, feeds and queries. Source: feeds_2021-06-30 and reports_2021-06-30, `createdSince`. */
export const keptMs = 90 * 86_400_000;

const pageTokenLifetimeMs = 3_600_000;
const message = 'Request has missing or invalid parameters and cannot be parsed.';

export interface WorkFilter {
  readonly types?: readonly string[] | undefined;
  readonly marketplaceIds?: readonly string[] | undefined;
  readonly processingStatuses?: readonly string[] | undefined;
  readonly createdSince?: string | undefined;
  readonly createdUntil?: string | undefined;
  readonly pageSize?: number | undefined;
}

interface Bookmark {
  readonly filter: WorkFilter;
  /** Frozen by the first page, so that later work shifts nothing. */
  readonly untilMs: number;
  readonly start: number;
}

export interface WorkListParts {
  readonly pages: PageTokens;
  readonly nowMs: number;
  /** Operation, seller and region for whom the token is. */
  readonly owner: string;
}

/** What is asked for: the first page by a filter, or the page of a token that a page before gave. */
export interface WorkPageOrder {
  readonly filter: WorkFilter;
  readonly token?: string | undefined;
  /** Parameters that have to come again with the token; empty where it stands alone, and brings the filter itself. */
  readonly bound?: string;
}

/** A seller's work that fits a filter, the newest first, page by page. */
export function pageOfWork<Item extends Work & { readonly marketplaceIds?: readonly string[] }>(
  { nowMs, owner, pages }: WorkListParts,
  all: Iterable<Item>,
  { filter: asked, token, bound = '' }: WorkPageOrder,
): { readonly items: readonly Item[]; readonly nextToken?: string } {
  const name = bound === '' ? 'nextToken' : 'paginationToken';
  const bookmark = token === undefined ? undefined : pages.read<Bookmark>(owner, bound, token, name);
  const filter = { ...bookmark?.filter, ...(bookmark !== undefined && bound === '' ? {} : asked) };
  const { untilMs, start } = bookmark ?? { untilMs: nowMs, start: 0 };
  const found = [...all].filter((item) => fits(item, filter, nowMs, untilMs)).sort(newestFirst);
  const end = start + (filter.pageSize ?? 10);
  const next: Bookmark = { filter, untilMs, start: end };
  return {
    items: found.slice(start, end),
    ...(end < found.length ? { nextToken: pages.issue(owner, bound, next, pageTokenLifetimeMs) } : {}),
  };
}

/** @throws Refusal (400) when anything but the token comes with it. */
export function checkAlone(params: Readonly<Record<string, unknown>>, needed: string): void {
  const others = Object.keys(params).filter((name) => name !== 'nextToken' && params[name] !== undefined);
  if (params.nextToken !== undefined && others.length > 0)
    throw invalidInput(message, `With nextToken no other parameter may come: ${others.join(', ')}.`);
  if (params.nextToken === undefined && params[needed] === undefined)
    throw invalidInput(message, `Either ${needed} or nextToken is required.`);
}

/** What both name as the seller's own, in the region of the request. */
export function isOf(owner: { readonly sellerId: string; readonly region: Region }): (item: Work) => boolean {
  return (item) => item.sellerId === owner.sellerId && item.region === owner.region;
}

function fits(
  item: Work & { readonly marketplaceIds?: readonly string[] },
  { types, marketplaceIds, processingStatuses, createdSince, createdUntil }: WorkFilter,
  nowMs: number,
  untilMs: number,
): boolean {
  const since = createdSince === undefined ? 0 : (momentOf(createdSince) as number);
  const until = createdUntil === undefined ? untilMs : (momentOf(createdUntil) as number);
  return (
    item.createdMs >= Math.max(since, nowMs - keptMs) &&
    item.createdMs <= Math.min(until, untilMs) &&
    (types?.includes(item.type) ?? true) &&
    (processingStatuses?.includes(item.status) ?? true) &&
    (marketplaceIds?.some((id) => item.marketplaceIds?.includes(id)) ?? true)
  );
}

function newestFirst(a: Work, b: Work): number {
  return b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1);
}
