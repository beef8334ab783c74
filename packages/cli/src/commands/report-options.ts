import { isAbsolute, resolve } from 'node:path';
import { findReportType, type ReadAs, type ReportFileFormat } from '@fluxori/amazon-sp';
import { ValidationError } from '@fluxori/core';
import { charsetNamed, type RowFormat } from '@fluxori/documents';
import { purposeOption } from '../privacy/purpose-option.js';
import type { CommandContext, CommandFacts, CommonOptions } from './command-context.js';
import { momentOption, namesIn, pairsOption, wholeNumber } from './options.js';

/** How a report's document is to be read, and where its rows go: of `reports run` and `reports fetch`. */
export interface WriteOptions extends CommonOptions {
  account?: string;
  out?: string;
  as?: string;
  charset?: string;
  readAs?: string;
  check?: boolean;
  restricted?: boolean;
  personal?: string;
}

export interface RunReportOptions extends WriteOptions {
  from?: string;
  to?: string;
  marketplace?: string[];
  option?: string[];
  reuse?: string;
  emptyOk?: boolean;
  askAgain?: boolean;
  unchecked?: boolean;
  priority?: string;
  wait?: boolean;
}

export const reportFileFormats: readonly ReportFileFormat[] = ['tsv', 'csv', 'jsonl', 'raw'];

export interface Target {
  readonly path: string;
  readonly as: ReportFileFormat;
  /** For what personal data may go there. */
  readonly purpose?: string;
}

/** The format that was named, else that of the file's ending. */
export function targetOf(
  facts: Pick<CommandFacts, 'shared'>,
  { cwd }: Pick<CommandContext, 'cwd'>,
  options: WriteOptions,
): Target | undefined {
  const { out, as: named } = options;
  if (out === undefined) return refuseWithoutFile(options);
  if (facts.shared !== undefined && !isAbsolute(out)) {
    throw new ValidationError(`--out ${JSON.stringify(out)} is not an absolute path.`, {
      field: 'out',
      remedy:
        'Write the whole path: a worker has the data, runs this command for you, and stands in another folder.',
    });
  }
  const ending = named ?? /\.([a-z]+)$/i.exec(out)?.[1]?.toLowerCase();
  const as = ending === 'txt' ? 'tsv' : reportFileFormats.find((format) => format === ending);
  const purpose = options.personal === undefined ? {} : { purpose: purposeOption(options.personal) };
  if (as !== undefined) return { path: resolve(cwd, out), as, ...purpose };
  throw new ValidationError(
    named === undefined
      ? `--out ${JSON.stringify(out)} does not say by its ending how to write it.`
      : `--as ${JSON.stringify(named)} is no format.`,
    { field: 'as', remedy: `Use --as with one of ${reportFileFormats.join(', ')}.` },
  );
}

/** Options that say how to write a file, where there is none. */
function refuseWithoutFile({ as, charset, readAs, check, personal }: WriteOptions): undefined {
  const [option] = Object.entries({ as, charset, 'read-as': readAs, check, personal }).find(
    ([, value]) => value !== undefined,
  ) ?? [undefined];
  if (option === undefined) return undefined;
  throw new ValidationError(`--${option} says how to write a file, and there is none.`, {
    field: 'out',
    remedy: 'Name the file with --out.',
  });
}

/** How the document is read. */
export function readAsOf({ charset, readAs, restricted }: WriteOptions): ReadAs {
  return {
    ...(charset !== undefined && { charset: charsetOption(charset) }),
    ...(readAs !== undefined && { format: formatOption(readAs) }),
    ...(restricted && { restricted }),
  };
}

/** Of a type that is not known here nobody knows how to read it. @throws ValidationError before minutes are spent on it. */
export function checkReadable(reportType: string, { as }: Target, { format }: ReadAs): void {
  if (as === 'raw' || format !== undefined || findReportType(reportType)?.format !== undefined) return;
  throw new ValidationError(`How to read rows of ${reportType} is not known here.`, {
    field: 'as',
    remedy: 'Write it as Amazon made it with --as raw, or say what it is with --read-as, e.g. --read-as tsv.',
  });
}

/** What is asked for. */
export function specOf(reportType: string, options: RunReportOptions) {
  const { from, to, marketplace, option, reuse, emptyOk, askAgain, unchecked, restricted } = options;
  if (restricted && !unchecked && findReportType(reportType) !== undefined) {
    throw new ValidationError(`What ${reportType} holds is known here.`, {
      field: 'restricted',
      remedy: 'Leave --restricted away; it is for types that need --unchecked.',
    });
  }
  return {
    reportType,
    ...(marketplace && { marketplaceIds: namesIn(marketplace) }),
    ...(from !== undefined && { from: momentOf('--from', from) }),
    ...(to !== undefined && { to: momentOf('--to', to) }),
    ...(option && { options: pairsOption(option) }),
    ...(unchecked && { unchecked }),
    ...(restricted && { restricted }),
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

function charsetOption(text: string): string {
  try {
    return charsetNamed(text);
  } catch (cause) {
    throw new ValidationError(`--charset ${JSON.stringify(text)} is not known here.`, {
      field: 'charset',
      remedy: 'Write e.g. utf-8, windows-1252, iso-8859-1 or shift_jis.',
      cause,
    });
  }
}

function formatOption(text: string): RowFormat {
  if (text === 'tsv') return { kind: 'flat', delimiter: '\t', quotes: 'data' };
  if (text === 'csv') return { kind: 'flat', delimiter: ',', quotes: 'quoted' };
  const [, kind, at = ''] = /^(json|xml):(.+)$/.exec(text) ?? [];
  if (kind !== undefined) return { kind: kind as 'json' | 'xml', at };
  throw new ValidationError(`--read-as ${JSON.stringify(text)} is no format of a document.`, {
    field: 'read-as',
    remedy: 'Write tsv, csv, json:<path of the array of rows> or xml:<name of the element that is a row>.',
  });
}
