import { invalidInput, notFound } from '../http/refusal.js';
import type { OperationCall } from '../operation/implementation.js';
import type { Work } from '../work/work.js';
import { isOf, pageOfWork, type WorkPageOrder } from '../work/work-list.js';

/** What the operations of reports, feeds and queries do alike. */

type WorkKind = 'report' | 'feed' | 'query';

interface Desk<Item> {
  find(id: string, owner: ReturnType<typeof ownerOf>): Item | undefined;
  cancel(item: Item): boolean;
}

export function ownerOf({ region, seller }: OperationCall<unknown>) {
  return { sellerId: seller.sellerId, region };
}

/** @throws Refusal (404) for what is not the seller's, in the region of the request. */
export function workOf<Item extends Work>(
  call: OperationCall<unknown>,
  desk: Pick<Desk<Item>, 'find'>,
  kind: WorkKind,
  id: string,
): Item {
  const found = desk.find(id, ownerOf(call));
  if (found === undefined)
    throw notFound('The specified resource does not exist.', `There is no ${kind} ${id}.`);
  return found;
}

/** @throws Refusal: 404 as `workOf`; 400 when it is not waiting any more. */
export function cancelWork<Item extends Work>(
  call: OperationCall<unknown>,
  desk: Desk<Item>,
  kind: WorkKind,
  id: string,
): undefined {
  const work = workOf(call, desk, kind, id);
  if (desk.cancel(work)) return undefined;
  const name = kind.charAt(0).toUpperCase() + kind.slice(1);
  throw invalidInput(
    `${name} cannot be cancelled.`,
    `${name} ${work.id} is ${work.status}, and not IN_QUEUE any more.`,
  );
}

/** @param operation - for which the page's token is good. */
export function ownPage<Item extends Work & { readonly marketplaceIds?: readonly string[] }>(
  call: OperationCall<unknown>,
  operation: string,
  all: Iterable<Item>,
  order: WorkPageOrder,
) {
  const { now, pages, region, seller } = call;
  const owner = `${operation}|${seller.sellerId}|${region}`;
  return pageOfWork({ pages, nowMs: now(), owner }, [...all].filter(isOf(ownerOf(call))), order);
}

/** How far it is, and since when. */
export function progressOf({ createdMs, endedMs, startedMs, status }: Work) {
  return {
    createdTime: iso(createdMs),
    processingStatus: status,
    ...(startedMs === undefined ? {} : { processingStartTime: iso(startedMs) }),
    ...(endedMs === undefined ? {} : { processingEndTime: iso(endedMs) }),
  };
}

/** 400, of a request's body. */
export function badBody(details: string): Error {
  return invalidInput('Request body is invalid.', details);
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
