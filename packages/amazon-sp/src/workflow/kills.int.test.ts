import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { openBackend } from '@fluxori/backend';
import { ConnectorFactory, type JsonValue, marketplaceId, sku } from '@fluxori/core';
import { FolderContentStore } from '@fluxori/documents';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { sandboxConfig } from '../../testing/connect-to-sandbox.js';
import {
  type DurableBackend,
  describeOnDurableBackends,
  type KillPoint,
  type Life,
  WorkflowRig,
} from '../../testing/workflow-rig.js';
import { amazonSp, type FeedsSubmitResult, type ReportsRunResult } from '../index.js';
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
}

/** 50 kills: each step, and again what comes after it when the process before died there. */
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
};

/** Each step once. */
const brief: Plan = {
  report: kills('intend- create+ look- look+ poll- poll+ keep- keep+ end- end+'),
  stuckReport: kills('cancel- cancel+ intend-'),
  lostReport: kills('look+'),
  feed: kills('reserve- reserve+ send- send+ look+ poll- poll+ read- read+ end- end+'),
  lostFeed: kills('look+'),
};

/** The lives of one job's processes, and what Amazon saw of them. */
interface Tale<Result> {
  readonly kills: readonly KillPoint[];
  readonly lives: readonly Life[];
  readonly result: Result;
  readonly created: number;
}

async function tale<Result>(
  rig: WorkflowRig,
  kind: 'reports' | 'feeds',
  payload: JsonValue,
  points: readonly KillPoint[],
): Promise<Tale<Result>> {
  rig.sandbox.resetCounters();
  const lives = await rig.liveThrough(kind === 'reports' ? 'reports.run' : 'feeds.submit', payload, points);
  const { [kind]: work } = rig.sandbox.counters();
  return { kills: points, lives, result: lives.at(-1)?.result as Result, created: work.created };
}

const reportType = 'GET_LEDGER_DETAIL_VIEW_DATA';
const rows = Array.from({ length: 5_000 }, (_, index) => ({ msku: `SKU-${index}`, quantity: index % 17 }));
const document = [
  '"Date"\t"MSKU"\t"Quantity"',
  ...rows.map(({ msku, quantity }) => `"11/01/2026"\t"${msku}"\t"${quantity}"`),
].join('\r\n');
const expectedRows = rows.map((row) => `${JSON.stringify({ date: '11/01/2026', ...row })}\n`).join('');
const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

async function talesOfReports(backend: DurableBackend, plan: Plan) {
  await using rig = await WorkflowRig.open({ backend, sandbox, timings: { stuckAfterMs: 100 } });
  const given = await rig.sandbox.setReport(reportType, { content: Buffer.from(document) });
  const spec = (name: string, from: number) => ({
    ...{ reportType, from: day(from), to: day(1) },
    output: { content: `${name}.jsonl`, as: 'jsonl' },
  });
  const plain = await tale<ReportsRunResult>(rig, 'reports', spec('plain', 9), plan.report);
  rig.sandbox.setOutcome({ of: 'report', status: 'IN_QUEUE', count: 1 });
  const anew = { ...spec('stuck', 8), stuck: 'ask-again' };
  const stuck = await tale<ReportsRunResult>(rig, 'reports', anew, plan.stuckReport);
  await rig.sandbox.faults.set({ kind: 'drop', when: 'after', operation: 'reports.createReport', count: 1 });
  const lost = await tale<ReportsRunResult>(rig, 'reports', spec('lost', 7), plan.lostReport);
  const contents = new FolderContentStore({ folder: rig.contents });
  const files = { plain: '', stuck: '', lost: '' };
  for (const name of ['plain', 'stuck', 'lost'] as const)
    files[name] = await text(await contents.read(`${name}.jsonl`));
  await contents.close();
  return { plain, stuck, lost, files, given };
}

async function talesOfFeeds(backend: DurableBackend, plan: Plan) {
  await using rig = await WorkflowRig.open({ backend, sandbox });
  const content = await listingsFeed(rig);
  const payload = (price: string): JsonValue => ({ feedType: 'JSON_LISTINGS_FEED', content: content(price) });
  const plain = await tale<FeedsSubmitResult>(rig, 'feeds', payload('129.90'), plan.feed);
  await rig.sandbox.faults.set({ kind: 'drop', when: 'after', operation: 'documents.put', count: 1 });
  await rig.sandbox.faults.set({ kind: 'drop', when: 'after', operation: 'feeds.createFeed', count: 1 });
  const lost = await tale<FeedsSubmitResult>(rig, 'feeds', payload('139.90'), plan.lostFeed);
  return { plain, lost };
}

const fast = { queueMs: 2, progressMs: 2 };
const sandbox = { orders: 0, skus: 5, reports: fast, feeds: fast };

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
  it('has 50 of them, and every recorded step of both workflows is among them, in each plan', async () => {
    expect(Object.values(whole).flat()).toHaveLength(50);
    await using backend = await openBackend('memory:');
    const config = { accountId: 'a', sellerId: 'A1', marketplaceIds: ['ZA'], clientId: 'c' };
    await using connector = new ConnectorFactory()
      .register(amazonSp)
      .create('amazon-sp', { ...config, clientSecret: 's', refreshToken: 'r' }, { backend });
    for (const plan of [whole, brief]) {
      const { report, stuckReport, lostReport, feed, lostFeed } = plan;
      const steps = (points: readonly KillPoint[]) => [...new Set(points.map(({ step }) => step))].sort();
      // How they begin is not recorded.
      const recorded = (all: readonly string[]) => all.slice(1).sort();
      expect(steps([...report, ...stuckReport, ...lostReport])).toEqual(recorded(connector.reports.steps));
      expect(steps([...feed, ...lostFeed])).toEqual(recorded(connector.feeds.steps));
    }
  });
});

describeOnDurableBackends('jobs whose process is killed at each recorded step', (backend) => {
  let reports: Awaited<ReturnType<typeof talesOfReports>>;
  let feeds: Awaited<ReturnType<typeof talesOfFeeds>>;

  beforeAll(async () => {
    const plan = backend === 'pglite' ? whole : brief;
    [reports, feeds] = await Promise.all([talesOfReports(backend, plan), talesOfFeeds(backend, plan)]);
  }, 300_000);

  it('died where they were to, each of them', () => {
    for (const { kills: points, lives } of [...Object.values(tales(reports)), ...Object.values(feeds)]) {
      expect(lives.map(({ killed }) => killed)).toEqual([...points, undefined]);
      expect(lives.at(-1)?.error).toBeUndefined();
    }
  });

  it('asked for exactly one report', () => {
    expect(reports.plain.created).toBe(1);
    expect(reports.plain.result).toMatchObject({
      processingStatus: 'DONE',
      provenance: 'found-after-lost-answer',
    });
  });

  it('asked for exactly one more where the first was stuck', () => {
    expect(reports.stuck.created).toBe(2);
    expect(reports.stuck.result.processingStatus).toBe('DONE');
  });

  it('asked for exactly one report although Amazon’s answer was lost', () => {
    expect(reports.lost.created).toBe(1);
    expect(reports.lost.result.provenance).toBe('found-after-lost-answer');
  });

  it('wrote every row of it, and kept the document as Amazon had it', () => {
    const { files, given } = reports;
    const sha256 = createHash('sha256').update(expectedRows).digest('hex');
    for (const name of ['plain', 'stuck', 'lost'] as const) {
      expect(files[name]).toBe(expectedRows);
      expect(reports[name].result).toMatchObject({
        rows: rows.length,
        copied: true,
        output: { content: `${name}.jsonl`, as: 'jsonl', sha256 },
        document: { bytes: given.wireBytes, sha256: given.wireSha256 },
      });
    }
  });

  it('submitted exactly one feed', () => {
    expect(feeds.plain.created).toBe(1);
    expect(feeds.lost.created).toBe(1);
  });

  it('told what became of every message of it', () => {
    for (const { result } of [feeds.plain, feeds.lost]) {
      expect(result).toMatchObject({
        feedType: 'JSON_LISTINGS_FEED',
        processingStatus: 'DONE',
        counts: { accepted: 5, warning: 0, error: 1 },
        problems: [{ sku: 'NOT-THERE', status: 'error' }],
      });
    }
  });
});

function tales({ plain, stuck, lost }: Awaited<ReturnType<typeof talesOfReports>>) {
  return { plain, stuck, lost };
}
