import { type FluxoriBackend, openBackend } from '@fluxori/backend';
import { ManualClock, NotFoundError } from '@fluxori/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SectionContext } from '../pipeline/section-context.js';
import { ReportOwnership } from '../reports/report-ownership.js';
import type { Terms } from '../workflow/terms.js';
import { defaultTimings } from '../workflow/timings.js';
import { runWorkflow } from '../workflow/workflow.js';
import type { QueryState } from './query-state.js';
import { queryWorkflow } from './query-workflow.js';

const clock = new ManualClock(Date.parse('2026-11-21T08:00:00Z'));
const intent = { id: 'x#2', visible: 'q', options: 't', spec: 'q/t' };
let backend: FluxoriBackend;

beforeEach(async () => {
  backend = await openBackend('memory:', { clock });
});
afterEach(() => backend.close());

/** Goes on with a second page that was asked for `ageMs` ago; `getQuery` is Amazon. */
function goOn(getQuery: () => Promise<unknown>, ageMs: number) {
  const saved: QueryState[] = [];
  const askedAt = clock.now() - ageMs;
  const pages = [{ queryId: '1' }];
  const state: QueryState = {
    ...{ step: 'poll', intent, pages, token: 'T', asks: 2, lost: 0, queryId: '2', askedAt },
  };
  const context = {
    ...{ api: () => ({ getQuery }), clock, config: { accountId: 'acme-za' } },
  } as unknown as SectionContext;
  const terms: Terms = {
    signal: new AbortController().signal,
    call: (work) => work({}),
    wait: async ({ until }) => clock.advance(Math.max(0, until.getTime() - clock.now())),
    progress: async () => {},
  };
  const ownership = new ReportOwnership({ ...backend, room: 'A@eu' });
  const documents = { getDocumentContent: () => Promise.reject(new Error('none')) };
  const order = { query: 'query { a }', dataset: 'd', view: 'v', id: 'x', maxPages: 9 };
  const ended = runWorkflow(
    queryWorkflow(order, { context, ownership, documents, timings: defaultTimings }),
    { terms, journal: { state, save: async (one) => void saved.push(one) } },
  );
  return { ended, saved };
}

const anew = { step: 'intend', asks: 3, token: 'T', pages: [{ queryId: '1' }], intent: { id: 'x#3' } };
const notFound = () => Promise.reject(new NotFoundError('nothing there', {}));

describe('a query that is waited for', () => {
  it('and that Amazon no longer knows is told, and the next run asks for that page anew', async () => {
    const { ended, saved } = goOn(notFound, 3_600_000);
    await expect(ended).rejects.toMatchObject({
      name: 'NotFoundError',
      field: 'queryId',
      message: 'There is no query 2 (d, v) for acme-za any more.',
    });
    expect(saved).toMatchObject([anew]);
  });

  it('and that is too new to be shown is waited for', async () => {
    let asked = 0;
    const { ended } = goOn(
      () => (++asked === 1 ? notFound() : Promise.resolve({ processingStatus: 'DONE', dataDocumentId: 'd' })),
      1_000,
    );
    expect(await ended).toMatchObject({ pages: [{ queryId: '1' }, { queryId: '2', documentId: 'd' }] });
    expect(asked).toBe(2);
  });

  it('whose next page is the same one is told, and can be asked again', async () => {
    const { ended, saved } = goOn(
      async () => ({ processingStatus: 'DONE', pagination: { nextToken: 'T' } }),
      60_000,
    );
    await expect(ended).rejects.toMatchObject({ code: 'PAGE_TOKEN_REPEATED' });
    expect(saved).toMatchObject([anew]);
  });
});
