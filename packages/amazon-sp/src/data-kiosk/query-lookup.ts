import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import type { AmazonQuery } from './query-state.js';
import { queryKey } from './query-text.js';

/** What Amazon's and our clocks may differ by beyond what its answer tells, in milliseconds. */
const clockMarginMs = 5_000;

/**
 * Queries that may be what an unanswered request made: of the same text, made since it was intended. Oldest first. Whose they are and which page they
 * give, the list does not tell. Costs a scarce token for each page of the list: 0.0222 a second.
 *
 * @param about.intendedAtMs - by our clock.
 */
export async function findMade(
  context: SectionContext,
  about: { query: string; intendedAtMs: number; clockSkewMs: number },
  options: SpCallOptions,
): Promise<readonly AmazonQuery[]> {
  const { query, intendedAtMs, clockSkewMs } = about;
  const first = {
    pageSize: 100,
    createdSince: new Date(intendedAtMs - Math.max(clockSkewMs, 3_600_000)).toISOString(),
  };
  const found: AmazonQuery[] = [];
  const seen = new Set<string>();
  let skewMs: number | undefined;
  let token: string | undefined;
  do {
    const answer = await context.api('dataKiosk').getQueries(
      { ...first, ...(token !== undefined && { paginationToken: token }) },
      {
        ...callOptions(options),
        onAnswer({ headers, receivedAt }) {
          const amazonMs = Date.parse(headers.date ?? '');
          if (!Number.isNaN(amazonMs)) skewMs = amazonMs - receivedAt.getTime();
        },
      },
    );
    found.push(...answer.queries);
    token = answer.pagination?.nextToken;
    // A token that comes back would never end.
    if (token !== undefined && seen.has(token)) break;
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
  const sinceMs = skewMs === undefined ? intendedAtMs - clockSkewMs : intendedAtMs + skewMs - clockMarginMs;
  const key = queryKey(query);
  return found
    .filter((one) => Date.parse(one.createdTime) >= sinceMs && queryKey(one.query) === key)
    .sort((a, b) => Date.parse(a.createdTime) - Date.parse(b.createdTime));
}
