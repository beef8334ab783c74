import {
  type AmazonSPConnector,
  findReportType,
  type ReportRun,
  type WrittenReport,
} from '@fluxori/amazon-sp';
import { ValidationError } from '@fluxori/core';
import { writeBytes, writeRows } from '@fluxori/documents';
import type { App } from '../composition/open-app.js';
import { progressOn } from '../output/progress.js';
import type { CommandContext } from './command-context.js';
import type { Target, WriteOptions } from './report-options.js';

export interface WriteParts {
  readonly app: App;
  readonly connector: AmazonSPConnector;
  readonly context: CommandContext;
}

/** A file with personal data, and until when it may lie there. */
export interface WrittenPersonalReport extends WrittenReport {
  readonly personal: { readonly purpose: string; readonly deleteBy: string };
}

const dayMs = 86_400_000;

/** Writes a report to a file, which appears whole or not at all, for its owner only. */
export async function writeReport(
  { app, connector, context }: WriteParts,
  run: ReportRun,
  target: Target,
  { check, restricted }: Pick<WriteOptions, 'check' | 'restricted'>,
): Promise<WrittenReport | WrittenPersonalReport> {
  const { terminal, signal } = context;
  const isRestricted = holdsPersonalData(run.result.reportType, restricted);
  if (isRestricted) checkPurpose(run.result.reportType, target);
  const progress = progressOn(terminal);
  const options = {
    signal,
    ...(check && { check }),
    onProgress: ({ bytes, totalBytes }: { readonly bytes: number; readonly totalBytes?: number }) =>
      progress.update('download', {
        ...{ done: bytes, unit: 'bytes' },
        ...(totalBytes !== undefined && { total: totalBytes }),
      }),
  };
  try {
    const { purpose, path, as } = target;
    if (purpose === undefined) return await run.toFile(path, as, options);
    const { reportId, reportType, documentId } = run.result;
    // Who cannot be told does not get it.
    await app.privacy.audit.record({
      ...{ action: 'exported', accountId: connector.accountId, what: [reportType], purpose, place: path },
      subjects: [reportId, ...(documentId === undefined ? [] : [documentId])],
    });
    const days = connector.config.retention.restrictedDocumentsDays;
    const personal = { purpose, deleteBy: new Date(Date.now() + days * dayMs).toISOString().slice(0, 10) };
    if (as === 'raw' && documentId !== undefined) {
      const ref = { kind: 'report', documentId, reportType, restricted: isRestricted } as const;
      const document = await connector.documents.openDocument(ref, options);
      return { path, ...(await writeBytes(document.bytes, { file: path }, { signal })), personal };
    }
    // Without a document there are no rows, however they would be written.
    const format = as === 'raw' ? 'tsv' : as;
    return {
      path,
      ...(await writeRows(run.rows(options), { file: path }, { as: format, signal })),
      personal,
    };
  } finally {
    progress.close();
  }
}

/** What a type is known to hold wins over what is said of it. */
export function holdsPersonalData(reportType: string, restricted = false): boolean {
  return findReportType(reportType)?.restricted ?? restricted;
}

/** @throws ValidationError for a report with personal data that nobody has said what for. */
export function checkPurpose(reportType: string, { purpose }: Pick<Target, 'purpose'>): void {
  if (purpose !== undefined) return;
  throw new ValidationError(
    `${reportType} holds personal data, which is not written to a plain file without a purpose.`,
    {
      field: 'personal',
      remedy:
        'Leave --out away: it is kept in the sealed content store, if there is one. Where a person or a program needs the file, say what for: --personal "shipping labels". It is told to the audit trail, and the file is yours to delete.',
    },
  );
}

export function writtenText(file: WrittenReport | WrittenPersonalReport): readonly string[] {
  const { path, rows, bytes } = file;
  const count = (number: number) => number.toLocaleString('en-GB');
  const line = `${rows === undefined ? '' : `${count(rows)} rows, `}${count(bytes)} bytes in ${path}`;
  if (!('personal' in file)) return [line];
  return [
    line,
    'It holds personal data in the open: only you can read it, and nothing here deletes it, neither a sweep nor `fluxori privacy erase`.',
    `Delete it when it has served, by ${file.personal.deleteBy} at the latest. The audit trail has it: fluxori privacy audit --action exported`,
  ];
}
