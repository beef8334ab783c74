import { createHash } from 'node:crypto';
import { isAbsolute, resolve } from 'node:path';
import {
  findReportType,
  type ReportFileFormat,
  type ReportRun,
  type ReportsRunResult,
  type WrittenReport,
} from '@fluxori/amazon-sp';
import { type JsonValue, ValidationError } from '@fluxori/core';
import { progressOn } from '../output/progress.js';
import { checkFilePlace } from './check-file-place.js';
import type { CommandContext, CommandFacts, CommonOptions } from './command-context.js';
import { momentOption, namesIn, pairsOption, priorityOption, wholeNumber } from './options.js';
import { runJob, tellQueued } from './run-job.js';

export interface RunReportOptions extends CommonOptions {
  account?: string;
  from?: string;
  to?: string;
  marketplace?: string[];
  option?: string[];
  reuse?: string;
  emptyOk?: boolean;
  askAgain?: boolean;
  out?: string;
  as?: string;
  priority?: string;
  wait?: boolean;
}

export const reportFileFormats: readonly ReportFileFormat[] = ['tsv', 'csv', 'jsonl', 'raw'];

/** `fluxori reports run` */
export async function runReport(
  facts: CommandFacts,
  context: CommandContext,
  reportType: string,
  options: RunReportOptions,
): Promise<void> {
  const { terminal, signal } = context;
  const priority = options.priority === undefined ? undefined : priorityOption(options.priority);
  const target = targetOf(facts, context, options);
  const wait = options.wait !== false;
  if (target !== undefined) refusePersonalData(reportType);
  const spec = specOf(reportType, options);
  // Without waiting it is the worker that writes it, where it stands.
  if (target !== undefined && wait) await checkFilePlace(target.path);
  await context.withApp(async (app) => {
    const account = app.connectors.choose(options.account);
    const connector = await app.connectors.get(account);
    // What is wrong is said here, not by a job that has failed.
    connector.reports.check({ ...spec }, spec);
    const payload: JsonValue = {
      ...spec,
      ...(target !== undefined && !wait && { output: { file: target.path, as: target.as } }),
    };
    const outcome = await runJob(
      app,
      {
        ...{ name: 'reports.run', label: 'report', accountId: account, payload },
        dedupeKey: `reports.run.${account}.${digest(payload)}`,
        ...(priority && { priority }),
      },
      { terminal, signal, wait },
    );
    const result = outcome.result as ReportsRunResult | undefined;
    if (result === undefined) {
      terminal.result(outcome, () => tellQueued(terminal, outcome));
      return;
    }
    const file =
      target && (await write(context, await connector.reports.get(result.reportId, { signal }), target));
    terminal.result({ jobId: outcome.jobId, ...result, ...(file && { file }) }, () => {
      terminal.say(`Report ${result.reportId} (${result.reportType}): ${comeBy(result)}.`);
      terminal.say(file === undefined ? whereItIs(result) : written(file));
    });
  });
}

/** `fluxori reports fetch` */
export async function fetchReport(
  facts: CommandFacts,
  context: CommandContext,
  reportId: string,
  options: RunReportOptions,
): Promise<void> {
  const target = targetOf(facts, context, options) as Target;
  await checkFilePlace(target.path);
  await context.withApp(async (app) => {
    const connector = await app.connectors.get(app.connectors.choose(options.account));
    const run = await connector.reports.get(reportId, { signal: context.signal });
    const file = await write(context, run, target);
    context.terminal.result({ ...run.result, file }, () => context.terminal.say(written(file)));
  });
}

interface Target {
  readonly path: string;
  readonly as: ReportFileFormat;
}

/** The format that was named, else that of the file's ending. */
function targetOf(
  facts: CommandFacts,
  { cwd }: CommandContext,
  options: RunReportOptions,
): Target | undefined {
  const { out, as: named } = options;
  if (out === undefined) {
    if (named === undefined) return undefined;
    throw new ValidationError('--as says how to write a file, and there is none.', {
      field: 'out',
      remedy: 'Name the file with --out.',
    });
  }
  if (facts.shared !== undefined && !isAbsolute(out)) {
    throw new ValidationError(`--out ${JSON.stringify(out)} is not an absolute path.`, {
      field: 'out',
      remedy:
        'Write the whole path: a worker has the data, runs this command for you, and stands in another folder.',
    });
  }
  const ending = named ?? /\.([a-z]+)$/i.exec(out)?.[1]?.toLowerCase();
  const as = ending === 'txt' ? 'tsv' : reportFileFormats.find((format) => format === ending);
  if (as !== undefined) return { path: resolve(cwd, out), as };
  throw new ValidationError(
    named === undefined
      ? `--out ${JSON.stringify(out)} does not say by its ending how to write it.`
      : `--as ${JSON.stringify(named)} is no format.`,
    { field: 'as', remedy: `Use --as with one of ${reportFileFormats.join(', ')}.` },
  );
}

function refusePersonalData(reportType: string): void {
  if (!findReportType(reportType)?.restricted) return;
  throw new ValidationError(`${reportType} holds personal data, which is not written to a plain file.`, {
    field: 'out',
    remedy: 'Leave --out away: it is kept in the sealed content store, if there is one.',
  });
}

function specOf(reportType: string, options: RunReportOptions) {
  const { from, to, marketplace, option, reuse, emptyOk, askAgain } = options;
  return {
    reportType,
    ...(marketplace && { marketplaceIds: namesIn(marketplace) }),
    ...(from !== undefined && { from: momentOf('--from', from) }),
    ...(to !== undefined && { to: momentOf('--to', to) }),
    ...(option && { options: pairsOption(option) }),
    ...(reuse !== undefined && { reuse: { maxAgeMinutes: wholeNumber('--reuse', 1)(reuse) } }),
    ...(emptyOk && { noData: 'empty' as const }),
    ...(askAgain && { stuck: 'ask-again' as const }),
  };
}

/** A span back begins with its day, hour or minute, so that the same command, given again, means the same report. */
function momentOf(option: string, text: string): string {
  const unit = /^\d+([dhm])$/.exec(text)?.[1] as 'd' | 'h' | 'm' | undefined;
  const wholeMs = unit === undefined ? 1 : { d: 86_400_000, h: 3_600_000, m: 60_000 }[unit];
  const ms = momentOption(option, text).getTime();
  return new Date(ms - (ms % wholeMs)).toISOString();
}

async function write(
  { terminal, signal }: CommandContext,
  run: ReportRun,
  target: Target,
): Promise<WrittenReport> {
  const progress = progressOn(terminal);
  try {
    return await run.toFile(target.path, target.as, {
      signal,
      onProgress: ({ bytes, totalBytes }) =>
        progress.update('download', {
          ...{ done: bytes, unit: 'bytes' },
          ...(totalBytes !== undefined && { total: totalBytes }),
        }),
    });
  } finally {
    progress.close();
  }
}

function comeBy({ provenance, processingStatus }: ReportsRunResult): string {
  if (provenance === 'reused') return `${processingStatus}, and made before`;
  return provenance === 'asked'
    ? processingStatus
    : `${processingStatus}, found after Amazon's answer was lost`;
}

function whereItIs({ reportId, reportType, processingStatus, copied }: ReportsRunResult): string {
  if (processingStatus === 'CANCELLED') return 'There is no data for it.';
  if (findReportType(reportType)?.restricted) {
    return copied
      ? `It holds personal data, and is kept sealed. A program reads its rows: connector.reports.get('${reportId}').`
      : 'It holds personal data, so it was not fetched: without a sealing key (FLUXORI_SEAL_KEY) it cannot be kept sealed.';
  }
  const kept = copied ? 'Its document is kept. ' : '';
  return `${kept}For its rows: fluxori reports fetch ${reportId} --as csv --out <file>`;
}

function written({ path, rows, bytes }: WrittenReport): string {
  const count = (number: number) => number.toLocaleString('en-GB');
  return `${rows === undefined ? '' : `${count(rows)} rows, `}${count(bytes)} bytes in ${path}`;
}

function digest(payload: JsonValue): string {
  return createHash('sha256').update(JSON.stringify(payload)).digest('base64url').slice(0, 16);
}
