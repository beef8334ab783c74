import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { LimitView } from '../limits/limit-view.js';
import { breakEven, breakEvenTable, planChanges, publishedPace } from './change-plan.js';
import { Gathering } from './gathering.js';
import { livePace } from './live-pace.js';

const subject = {
  ...{ clientId: 'app', sellerId: 'A1', accountId: 'acme-za', region: 'eu' as const },
  limits: {},
};
const plan = (listings: number, facts: Partial<typeof publishedPace> & { unknown?: number } = {}) =>
  planChanges({ ...publishedPace, unknown: 0, ...facts, listings } as never);

function live(key: string, facts: Partial<LimitView>): LimitView {
  return {
    ...{ key: `sp-api/app/A1/eu/${key}`, label: key, ratePerSecond: 5, burst: 5, level: 5 },
    ...{ inFlight: 0, waiting: 0, nextTokenAt: new Date(0), scope: 'seller' },
    ...facts,
  } as LimitView;
}

describe('the plan for changes', () => {
  it('is single calls for few and feeds for many, at Amazon’s published limits', () => {
    expect(plan(1).way).toBe('patches');
    expect(plan(500).way).toBe('patches');
    expect(plan(5_000)).toMatchObject({ way: 'feeds', feeds: 1 });
    expect(plan(100_000)).toMatchObject({ way: 'feeds', feeds: 4 });
  });

  it('turns at the break-even and nowhere else', () => {
    const turn = breakEven(publishedPace);
    expect(plan(turn - 1).way).toBe('patches');
    expect(plan(turn).way).toBe('feeds');
    for (let listings = 1; listings < 5_000; listings += 7) {
      expect(plan(listings).way).toBe(listings < turn ? 'patches' : 'feeds');
    }
  });

  it('counts what must be found out first: for feeds 20 listings a call, for single calls one', () => {
    expect(plan(100_000, { unknown: 100_000 }).feedsMs - plan(100_000).feedsMs).toBe(1_000_000);
    expect(plan(100, { unknown: 100 }).patchesMs).toBe(plan(100).patchesMs);
  });

  it('prefers single calls while a feed cannot be submitted, or would wait behind others', () => {
    const listings = breakEven(publishedPace) + 100;
    expect(plan(listings).way).toBe('feeds');
    expect(plan(listings, { feedWaitMs: 120_000 } as never).way).toBe('patches');
    expect(plan(listings, { feedBusyMs: 300_000 } as never).way).toBe('patches');
  });

  it('takes the limits as they stand', () => {
    const now = 1_000_000;
    const fresh = livePace({ subject, environment: 'production', limits: [], now });
    expect(fresh).toEqual(publishedPace);
    const used = livePace({
      ...{ subject, environment: 'production', now },
      limits: [
        live('listingsItems@2021-08-01.patchListingsItem', {
          level: 0,
          yielding: { share: 0.5, since: new Date(0) },
        } as never),
        live('feeds@2021-06-30.createFeed/JSON_LISTINGS_FEED', {
          ...{ ratePerSecond: 5 / 300, level: 0.2, nextTokenAt: new Date(now + 48_000) },
        }),
      ],
    });
    expect(used).toMatchObject({ patchRate: 2.5, patchBurst: 0, feedsAtOnce: 0, feedWaitMs: 48_000 });
    expect(breakEven(used)).toBeLessThan(breakEven(fresh));
  });

  it('knows limits that a person has set', () => {
    const limits = { 'listingsItems.patchListingsItem': { ratePerSecond: 50, burst: 10 } };
    const pace = livePace({
      ...{ environment: 'production', limits: [], now: 0 },
      subject: { ...subject, limits },
    });
    expect(pace).toMatchObject({ patchRate: 50, patchBurst: 10, searchRate: 5 });
  });

  it('is the one that docs/feeds-or-patches.md shows', () => {
    const page = readFileSync(new URL('../../../../docs/feeds-or-patches.md', import.meta.url), 'utf8');
    expect(page).toContain(breakEvenTable());
  });
});

describe('a feed that is being gathered', () => {
  const options = { quietMs: 2_000, longestGatherMs: 120_000 };

  it('goes when nothing more has come for a while', () => {
    const gathering = new Gathering(options);
    expect(gathering.look(100, 0)).toBe(1_000);
    expect(gathering.look(200, 1_000)).toBe(2_000);
    expect(gathering.look(200, 2_000)).toBe(3_000);
    expect(gathering.look(200, 3_000)).toBeUndefined();
  });

  it('does not wait for ever for what trickles in, but for what soon fills it', () => {
    const looks = (perSecond: number) => {
      const gathering = new Gathering(options);
      for (let seconds = 0; ; seconds++) {
        if (gathering.look(1 + seconds * perSecond, seconds * 1_000) === undefined) return seconds;
      }
    };
    expect(looks(10)).toBe(120);
    expect(looks(150)).toBeGreaterThan(160);
  });

  it('begins anew after the last one has gone', () => {
    const gathering = new Gathering(options);
    gathering.look(100, 0);
    gathering.end();
    expect(gathering.look(50, 60_000)).toBe(61_000);
  });
});
