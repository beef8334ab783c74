import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { openBackend } from '@fluxori/backend';
import { ConnectorFactory, type JsonValue, marketplaceId, sku } from '@fluxori/core';
import { FolderContentStore } from '@fluxori/documents';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { allEnded } from '../../testing/all-ended.js';
import { sandboxConfig } from '../../testing/connect-to-sandbox.js';
import {
  type DurableBackend,
  describeOnDurableBackends,
  durableBackends,
  type KillPoint,
  type Life,
  WorkflowRig,
} from '../../testing/workflow-rig.js';
import {
  amazonSp,
  type DataKioskRunResult,
  type FeedsSubmitResult,
  type ReportsRunResult,
  salesAndTrafficByDate,
} from '../index.js';
import { pricePatch } from '../listings/listing-mapping.js';

/** `create-` dies just before that step is recorded, when all that led to it was done; `create+` just after. */
function kills(points: string): readonly KillPoint[] {
  return points.split(/\s+/).map((point) => ({
    step: point.slice(0, -1),
    when: point.endsWith('-') ? 'before' : 'after',
  }));
}

/** Where processes die, one after the other, each going on where the one before died. */
interface Plan {
  /** One report, and Amazon answers. */
  readonly report: readonly KillPoint[];
  /** The report is stuck: it is cancelled, and another is asked for. */
  readonly stuckReport: readonly KillPoint[];
  /** The answer to createReport is lost. */
  readonly lostReport: readonly KillPoint[];
  readonly feed: readonly KillPoint[];
  /** The answers to the upload and to createFeed are lost. */
  readonly lostFeed: readonly KillPoint[];
  /** A query of Data Kiosk, which has two pages: each is asked for by itself. */
  readonly query: readonly KillPoint[];
}

/** 50 kills of reports and feeds, 11 of queries: each step, and again what comes after it when the process before died there. */
const whole: Plan = {
  report: kills(
    'intend- intend+ create- create+ look- look+ intend- create+ look+ poll- look- look+ poll- poll+ keep- keep+ end- end+',
  ),
  stuckReport: kills('cancel- cancel+ intend- intend+ poll- look+'),
  lostReport: kills('look+'),
  feed: kills(
    'reserve- reserve+ send- send+ look- look+ reserve- reserve+ send+ poll- look- look+ poll- poll+ read- read+ end- end+',
  ),
  lostFeed: kills('reserve- reserve+ look- look+ poll+ read- end+'),
  query: kills('create- create+ look- intend- poll- poll+ intend+ poll- look+ keep- end+'),
};

/** Each step once. */
const brief: Plan = {
  report: kills('intend- create+ look+ poll- keep+ end-'),
  stuckReport: kills('cancel+'),
  lostReport: [],
  feed: kills('reserve- send+ look+ poll- read+ end-'),
  lostFeed: [],
  query: kills('create+ look+ poll+ intend+ poll- keep- end+'),
};

/** One job, and where the processes die that work at it. */
interface Chapter {
  readonly job: string;
  readonly payload: JsonValue;
  readonly kills: readonly KillPoint[];
  /** What the sandbox is told before. */
  readonly before?: () => unknown;
}

/** The lives of one job's processes, and what Amazon saw of them. */
interface Tale<Result = JsonValue> {
  readonly kills: readonly KillPoint[];
  readonly lives: readonly Life[];
  readonly result: Result;
  readonly created: number;
}

const kinds = ['reports', 'feeds', 'queries'] as const;
type Kind = (typeof kinds)[number];

/**
 * Chapters of one job after another, and of all jobs side by side: each process works at a report, a feed and a query, and dies when all are at their
 * points.
 */
async function tell(
  rig: WorkflowRig,
  tracks: Readonly<Record<Kind, readonly Chapter[]>>,
): Promise<Readonly<Record<Kind, readonly Tale[]>>> {
  const tales = { reports: [] as Tale[], feeds: [] as Tale[], queries: [] as Tale[] };
  const created = (kind: Kind) => rig.sandbox.counters()[kind].created;
  const open = kinds.map((kind) => ({
    ...{ kind, chapters: [...tracks[kind]], lives: [] as Life[], before: 0 },
  }));
  for (;;) {
    const running = open.filter(({ chapters }) => chapters.length > 0);
    if (running.length === 0) return tales;
    for (const track of running) {
      if (track.lives.length > 0) continue;
      track.before = created(track.kind);
      await track.chapters[0]?.before?.();
    }
    const lives = await rig.live(
      running.map(({ chapters: [chapter], lives }) => ({
        ...{ job: chapter?.job ?? '', payload: chapter?.payload ?? null, kill: chapter?.kills[lives.length] },
      })),
    );
    for (const [index, track] of running.entries()) {
      const { kind, chapters } = track;
      track.lives.push(lives[index] as Life);
      const { kills: points } = chapters[0] as Chapter;
      if (track.lives.length <= points.length) continue;
      const result = track.lives.at(-1)?.result as JsonValue;
      tales[kind].push({ kills: points, lives: track.lives, result, created: created(kind) - track.before });
      track.lives = [];
      chapters.shift();
    }
  }
}

const reportType = 'GET_LEDGER_DETAIL_VIEW_DATA';
const rows = Array.from({ length: 2_000 }, (_, index) => ({ msku: `SKU-${index}`, quantity: index % 17 }));
const document = [
  '"Date"\t"MSKU"\t"Quantity"',
  ...rows.map(({ msku, quantity }) => `"11/01/2026"\t"${msku}"\t"${quantity}"`),
].join('\r\n');
const expectedRows = rows.map((row) => `${JSON.stringify({ date: '11/01/2026', ...row })}\n`).join('');
const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

const names = ['plain', 'stuck', 'lost'] as const;

async function storyOn(backend: DurableBackend) {
  const plan = backend === 'pglite' ? whole : brief;
  await using rig = await WorkflowRig.open({ backend, sandbox, timings: { stuckAfterMs: 100 } });
  const given = await rig.sandbox.setReport(reportType, { content: Buffer.from(document) });
  const feed = await listingsFeed(rig);
  const report = (name: string, from: number) => ({
    job: 'reports.run',
    payload: {
      ...{ reportType, from: day(from), to: day(1), stuck: 'ask-again' },
      output: { content: `${name}.jsonl`, as: 'jsonl' },
    },
  });
  const submit = (price: string) => ({
    ...{ job: 'feeds.submit', payload: { feedType: 'JSON_LISTINGS_FEED', content: feed(price) } },
  });
  const { query } = salesAndTrafficByDate({
    ...{ startDate: day(14), endDate: day(1) },
    marketplaceIds: [marketplaceId(rig.sandbox.credentials.marketplaceId)],
  });
  const lose = (operation: string) =>
    rig.sandbox.faults.set({ kind: 'drop', when: 'after', operation, count: 1 });
  const { reports, feeds, queries } = await tell(rig, {
    reports: [
      { ...report('plain', 9), kills: plan.report },
      {
        ...report('stuck', 8),
        kills: plan.stuckReport,
        before: () => rig.sandbox.setOutcome({ of: 'report', status: 'IN_QUEUE', count: 1 }),
      },
      { ...report('lost', 7), kills: plan.lostReport, before: () => lose('reports.createReport') },
    ],
    feeds: [
      { ...submit('129.90'), kills: plan.feed },
      {
        ...submit('139.90'),
        kills: plan.lostFeed,
        before: () => Promise.all([lose('documents.put'), lose('feeds.createFeed')]),
      },
    ],
    queries: [
      {
        ...{ job: 'datakiosk.run', kills: plan.query },
        payload: { query, maxPages: 2, output: { content: 'days.jsonl', as: 'jsonl' } },
      },
    ],
  });
  const contents = new FolderContentStore({ folder: rig.contents });
  const read = async (name: string) => text(await contents.read(`${name}.jsonl`));
  const files = await Promise.all(names.map(read));
  const days = await read('days');
  await contents.close();
  return {
    reports: reports as unknown as readonly Tale<ReportsRunResult>[],
    feeds: feeds as unknown as readonly Tale<FeedsSubmitResult>[],
    queries: queries as unknown as readonly Tale<DataKioskRunResult>[],
    ...{ files, days, given, duplicates: rig.sandbox.counters().queries.duplicates },
  };
}

const fast = { queueMs: 2, progressMs: 2 };
const sandbox = { orders: 400, skus: 5, reports: fast, feeds: fast, dataKiosk: { ...fast, pageRows: 6 } };

/** Prices for all listings of the seller, and one for a listing that there is not. */
async function listingsFeed({ sandbox }: WorkflowRig): Promise<(price: string) => string> {
  await using backend = await openBackend('memory:');
  const factory = new ConnectorFactory().register(amazonSp);
  await using connector = factory.create('amazon-sp', sandboxConfig(sandbox), { backend });
  const home = marketplaceId(sandbox.credentials.marketplaceId);
  const skus = [
    ...(await Array.fromAsync(connector.listings.list())).map((one) => one.sku),
    sku('NOT-THERE'),
  ];
  return (amount) => {
    const change = (one: (typeof skus)[number]) => ({
      ...{ sku: one, operationType: 'PATCH' as const, productType: 'PRODUCT' },
      patches: [pricePatch({ sku: one, marketplaceId: home, price: { amount, currency: 'ZAR' } })],
    });
    const [part] = [...connector.feeds.build(skus.map(change))];
    return Buffer.from(part?.content ?? '').toString('utf8');
  };
}

describe('the plan of kills', () => {
  it('has 50 of them for reports and feeds, and every recorded step of the workflows is among them, in each plan', async () => {
    const { query: ofQueries, ...ofReportsAndFeeds } = whole;
    expect(Object.values(ofReportsAndFeeds).flat()).toHaveLength(50);
    expect(ofQueries).toHaveLength(11);

    await using backend = await openBackend('memory:');
    const config = { accountId: 'a', sellerId: 'A1', marketplaceIds: ['ZA'], clientId: 'c' };
    await using connector = new ConnectorFactory()
      .register(amazonSp)
      .create('amazon-sp', { ...config, clientSecret: 's', refreshToken: 'r' }, { backend });
    for (const plan of [whole, brief]) {
      const { report, stuckReport, lostReport, feed, lostFeed, query } = plan;
      const steps = (points: readonly KillPoint[]) => [...new Set(points.map(({ step }) => step))].sort();
      // How they begin is not recorded.
      const recorded = (all: readonly string[]) => all.slice(1).sort();
      expect(steps([...report, ...stuckReport, ...lostReport])).toEqual(recorded(connector.reports.steps));
      expect(steps([...feed, ...lostFeed])).toEqual(recorded(connector.feeds.steps));
      // The second page begins with a step that is.
      expect(steps(query)).toEqual([...connector.dataKiosk.steps].sort());
    }
  });
});

describe('jobs whose process is killed at each recorded step', () => {
  const stories = new Map<DurableBackend, Awaited<ReturnType<typeof storyOn>>>();
  const storyOf = (backend: DurableBackend) => stories.get(backend) as Awaited<ReturnType<typeof storyOn>>;

  // All at the same time: a process that opens its backend leaves room for another.
  beforeAll(async () => {
    await allEnded(durableBackends.map(async (backend) => stories.set(backend, await storyOn(backend))));
  }, 900_000);

  describeOnDurableBackends('at each step', (backend) => {
    it('died where they were to, each of them', () => {
      const { reports, feeds, queries } = storyOf(backend);
      expect([reports.length, feeds.length, queries.length]).toEqual([3, 2, 1]);
      for (const { kills: points, lives } of [...reports, ...feeds, ...queries]) {
        expect(lives.map(({ killed }) => killed)).toEqual([...points, undefined]);
        expect(lives.at(-1)?.error).toBeUndefined();
      }
    });

    it('asked for exactly one report, and one more where the first was stuck', () => {
      const { reports } = storyOf(backend);
      expect(reports.map(({ created }) => created)).toEqual([1, 2, 1]);
      const [plain, stuck, lost] = reports.map(({ result }) => result);
      expect(stuck?.processingStatus).toBe('DONE');
      for (const found of [plain, lost])
        expect(found).toMatchObject({ processingStatus: 'DONE', provenance: 'found-after-lost-answer' });
    });

    it('wrote every row of each, and kept the documents as Amazon had them', () => {
      const { reports, files, given } = storyOf(backend);
      const sha256 = createHash('sha256').update(expectedRows).digest('hex');
      for (const [index, name] of names.entries()) {
        expect(files[index]).toBe(expectedRows);
        expect(reports[index]?.result).toMatchObject({
          rows: rows.length,
          copied: true,
          output: { content: `${name}.jsonl`, as: 'jsonl', sha256 },
          document: { bytes: given.wireBytes, sha256: given.wireSha256 },
        });
      }
    });

    it('submitted exactly one feed each, and told what became of every message of it', () => {
      const { feeds } = storyOf(backend);
      expect(feeds.map(({ created }) => created)).toEqual([1, 1]);
      for (const { result } of feeds) {
        expect(result).toMatchObject({
          feedType: 'JSON_LISTINGS_FEED',
          processingStatus: 'DONE',
          counts: { accepted: 5, warning: 0, error: 1 },
          problems: [{ sku: 'NOT-THERE', status: 'error' }],
        });
      }
    });

    it('asked exactly one query for each page, and wrote the rows of both', () => {
      const { queries, days, duplicates } = storyOf(backend);
      const [{ result, created }] = queries as [Tale<DataKioskRunResult>];
      expect(result).toMatchObject({ rows: 12, copied: true, more: true });
      expect([result.pages.length, created, duplicates]).toEqual([2, 2, []]);
      const rows = days
        .trimEnd()
        .split('\n')
        .map((row) => (JSON.parse(row) as { startDate: string }).startDate);
      expect([rows.length, new Set(rows).size]).toEqual([12, 12]);
    });
  });
});
