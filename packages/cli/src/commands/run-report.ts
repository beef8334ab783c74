import { createHash } from 'node:crypto';
import type { ReportsRunResult } from '@fluxori/amazon-sp';
import { type JsonValue, ValidationError } from '@fluxori/core';
import { checkFilePlace } from './check-file-place.js';
import type { CommandContext, CommandFacts } from './command-context.js';
import { priorityOption } from './options.js';
import {
  checkReadable,
  type RunReportOptions,
  readAsOf,
  specOf,
  type Target,
  targetOf,
  type WriteOptions,
} from './report-options.js';
import { runJob, tellQueued } from './run-job.js';
import { checkPurpose, holdsPersonalData, writeReport, writtenText } from './write-report.js';

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
  const readAs = readAsOf(options);
  const wait = options.wait !== false;
  const spec = specOf(reportType, options);
  // Without waiting it is the worker that writes it, where it stands.
  if (target !== undefined && wait) await checkFilePlace(target.path);
  await context.withApp(async (app) => {
    const account = app.connectors.choose(options.account);
    const connector = await app.connectors.get(account);
    // What is wrong is said here, not by a job that has failed.
    connector.reports.check({ ...spec }, spec);
    if (target !== undefined) {
      checkTarget(reportType, target, options);
      checkReadable(reportType, target, readAs);
    }
    const { charset } = readAs;
    const payload: JsonValue = {
      ...spec,
      ...(target !== undefined &&
        !wait && { output: { file: target.path, as: target.as }, ...(charset && { charset }) }),
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
    const run = target && (await connector.reports.get(result.reportId, { signal, ...readAs }));
    const file = run && (await writeReport({ app, connector, context }, run, target, options));
    terminal.result({ jobId: outcome.jobId, ...result, ...(file && { file }) }, () => {
      terminal.say(`Report ${result.reportId} (${result.reportType}): ${comeBy(result)}.`);
      for (const line of file === undefined ? [whereItIs(result, options)] : writtenText(file))
        terminal.say(line);
    });
  });
}

/** `fluxori reports fetch` */
export async function fetchReport(
  facts: CommandFacts,
  context: CommandContext,
  reportId: string,
  options: WriteOptions,
): Promise<void> {
  const { terminal, signal } = context;
  const target = targetOf(facts, context, options) as Target;
  const readAs = readAsOf(options);
  await checkFilePlace(target.path);
  await context.withApp(async (app) => {
    const connector = await app.connectors.get(app.connectors.choose(options.account));
    const run = await connector.reports.get(reportId, { signal, ...readAs });
    checkReadable(run.result.reportType, target, readAs);
    const file = await writeReport({ app, connector, context }, run, target, options);
    terminal.result({ ...run.result, file }, () => {
      for (const line of writtenText(file)) terminal.say(line);
    });
  });
}

/** What can be known before a report is there. */
function checkTarget(reportType: string, target: Target, options: RunReportOptions): void {
  if (holdsPersonalData(reportType, options.restricted)) checkPurpose(reportType, target);
  if (options.wait !== false) return;
  const onlyHere = [
    ['--personal', target.purpose !== undefined],
    ['--read-as', options.readAs !== undefined],
    ['--check', options.check === true],
  ].find(([, isSo]) => isSo)?.[0];
  if (onlyHere === undefined) return;
  throw new ValidationError(`${onlyHere} is for who waits for the report; a worker does not write it so.`, {
    field: 'wait',
    remedy: 'Leave --no-wait away, or run it without --out and fetch it later: fluxori reports fetch.',
  });
}

function comeBy({ provenance, processingStatus }: ReportsRunResult): string {
  if (provenance === 'reused') return `${processingStatus}, and made before`;
  return provenance === 'asked'
    ? processingStatus
    : `${processingStatus}, found after Amazon's answer was lost`;
}

function whereItIs(
  { reportId, reportType, processingStatus, copied }: ReportsRunResult,
  { restricted }: RunReportOptions,
): string {
  if (processingStatus === 'CANCELLED') return 'There is no data for it.';
  if (holdsPersonalData(reportType, restricted)) {
    return copied
      ? `It holds personal data, and is kept sealed. A program reads its rows: connector.reports.get('${reportId}'); for a file: fluxori reports fetch ${reportId} --out <file> --personal <what for>`
      : 'It holds personal data, so it was not fetched: without a sealing key (FLUXORI_SEAL_KEY) it cannot be kept sealed.';
  }
  const kept = copied ? 'Its document is kept. ' : '';
  return `${kept}For its rows: fluxori reports fetch ${reportId} --as csv --out <file>`;
}

function digest(payload: JsonValue): string {
  return createHash('sha256').update(JSON.stringify(payload)).digest('base64url').slice(0, 16);
}
