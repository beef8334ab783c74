import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bar, BenchResult } from './bench-report.js';
import type { LineFacts } from './report/broken-line.js';
import { measure, ReportServer } from './report/in-processes.js';
import type { Measured } from './report/read.js';
import type { Way } from './report/readers.js';

const megabyte = 1e6;
const rounds = 4;
/** What the bars hold for. */
const fullMb = 1_200;
/** How often the line breaks during one download. */
const drops = 20;

/** One round of what is compared with each other. */
const compared = [
  'plain gunzip',
  'plain gunzip + udsv',
  'rows, by batches',
  'rows, one by one',
  'to a file, as it is',
  'to a file, tsv',
] as const;

/** What is told without a bar for its time: once. `jsonl` is three times as large as the report, so that the disk decides. */
const told = [
  'to a file, csv',
  'to a file, jsonl',
  'reports.run, rows by batches',
  'reports.run, to a file, tsv',
] as const;

/**
 * A gzipped report of all orders over HTTP on this machine, from a process that serves it into one that reads it: as the product does, by plain gunzip,
 * by plain gunzip and `udsv`, and by `amazon-sp-api`; and as a caller has it read, by `connector.reports.run`. Rounds alternate; the best time of each
 * counts, and the most memory.
 */
export async function reportBench(options: { mb?: number } = {}): Promise<BenchResult> {
  const mb = options.mb ?? fullMb;
  const quarterMb = mb / 4;
  const folder = await mkdtemp(join(tmpdir(), 'fluxori-bench-'));
  try {
    await using server = await ReportServer.start([quarterMb, mb, 2 * mb]);
    const read = async (way: Way, size: number, execArgv?: string[]): Promise<Measured> => {
      const measured = await measure(way, server.url(size), join(folder, 'report'), execArgv);
      checkWhole(way, measured, server.sizes[size]?.rows);
      return measured;
    };
    const runs = new Map<Way, Measured[]>(compared.map((way) => [way, []]));
    for (let round = 0; round < rounds; round += 1)
      for (const way of compared) runs.get(way)?.push(await read(way, mb));
    for (const way of told) runs.set(way, [await read(way, mb)]);
    const figures: Record<string, number> = {};
    for (const [way, measured] of runs) {
      figures[`${mb} MB, ${way}: s`] = seconds(measured);
      figures[`${mb} MB, ${way}: s of CPU`] = round(Math.min(...measured.map((one) => one.cpuSeconds)));
      figures[`${mb} MB, ${way}: MB resident`] = peakMb(measured);
      if (way.includes('to a file'))
        figures[`${mb} MB, ${way}: times plain gunzip`] = ratio(measured, runs.get('plain gunzip') ?? []);
    }
    const twice = await read('rows, by batches', 2 * mb);
    figures[`${2 * mb} MB, rows, by batches: s`] = seconds([twice]);
    figures[`${2 * mb} MB, rows, by batches: MB resident`] = peakMb([twice]);
    const dropped = await measure('rows, over a line that drops', server.droppingUrl(mb, drops), '');
    checkWhole('rows, over a line that drops', dropped, server.sizes[mb]?.rows);
    const line = await server.line();
    figures[`${mb} MB, rows, ${drops} drops: s`] = seconds([dropped]);
    figures[`${mb} MB, rows, ${drops} drops: bytes sent twice`] = line.bytesAgain;
    tell('rows, by batches', await read('rows, by batches', quarterMb));
    // So much heap that it is not the heap that it fails for.
    const other = (size: number) => read('amazon-sp-api, text', size, ['--max-old-space-size=4096']);
    tell('amazon-sp-api, text', await other(quarterMb));
    const { error, ...failed } = await other(mb);
    figures[`${mb} MB, amazon-sp-api, text: s${error === undefined ? '' : ` until "${error}"`}`] = seconds([
      failed,
    ]);
    return { figures, bars: [...barsOf(runs, twice), ...barsOfLine(dropped, line)] };

    function tell(way: Way, measured: Measured): void {
      figures[`${quarterMb} MB, ${way}: s`] = seconds([measured]);
      figures[`${quarterMb} MB, ${way}: MB resident`] = peakMb([measured]);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function barsOf(runs: ReadonlyMap<Way, readonly Measured[]>, twice: Measured): Bar[] {
  const of = (way: Way) => runs.get(way) ?? [];
  const rows = [...of('rows, by batches'), ...of('rows, one by one')];
  const files = ['to a file, tsv', 'to a file, csv', 'to a file, jsonl'] as const;
  const times = (way: Way, to: Way) => ratio(of(way), of(to));
  return [
    atMost('typed rows: MB resident', peakMb(rows), 200),
    atMost('typed rows of twice as much: MB resident', peakMb([twice]), 200),
    atMost('typed rows of reports.run: MB resident', peakMb(of('reports.run, rows by batches')), 200),
    atMost('rows to a file, of any kind: MB resident', peakMb(files.flatMap(of)), 200),
    atMost(
      'typed rows, by batches: times gunzip + udsv',
      times('rows, by batches', 'plain gunzip + udsv'),
      1.4,
    ),
    atMost(
      'typed rows, one by one: times gunzip + udsv',
      times('rows, one by one', 'plain gunzip + udsv'),
      1.4,
    ),
    atMost('to a file, as it is: times plain gunzip', times('to a file, as it is', 'plain gunzip'), 2),
    atMost('to a file, tsv: times plain gunzip', times('to a file, tsv', 'plain gunzip'), 2),
  ];
}

function barsOfLine(dropped: Measured, line: LineFacts): Bar[] {
  const broke = line.connections - 1;
  const whole = dropped.sha256 === line.sha256 ? 1 : 0;
  return [
    { what: `connections that broke, of ${drops}`, value: broke, limit: drops, ok: broke === drops },
    {
      what: 'digest of what came is that of what was sent, 1 for yes',
      value: whole,
      limit: 1,
      ok: whole === 1,
    },
    atMost('stretches sent twice for each drop', round(line.stretchesAgain / Math.max(broke, 1)), 1),
  ];
}

function atMost(what: string, value: number, limit: number): Bar {
  return { what: `${what}, at most`, value, limit, ok: value <= limit };
}

/** A reading that lost rows, or stopped, is no reading. */
function checkWhole(way: Way, { rows, error }: Measured, expected: number | undefined): void {
  if (way.startsWith('amazon-sp-api')) return;
  if (error !== undefined) throw new Error(`"${way}" failed: ${error}`);
  if (rows !== undefined && rows !== expected) throw new Error(`"${way}" gave ${rows} rows of ${expected}.`);
}

/** The best of all rounds: what others do on this machine can only make it longer. */
function seconds(measured: readonly Measured[]): number {
  return round(Math.min(...measured.map((one) => one.seconds)));
}

function ratio(measured: readonly Measured[], to: readonly Measured[]): number {
  return round(seconds(measured) / seconds(to));
}

function peakMb(measured: readonly Measured[]): number {
  return Math.round(Math.max(...measured.map((one) => one.peakBytes)) / megabyte);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
