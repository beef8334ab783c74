import { Readable } from 'node:stream';
import { DocumentError } from '@fluxori/core';
import { rowsOf } from '@fluxori/documents';
import type { FeedIssue, FeedSummary } from './feed-result.js';
import type { FeedFormat } from './feed-types.js';

/** An issue of a processing report, and the message that it is about; of the feed as a whole when it names none. */
export interface ReportedIssue extends FeedIssue {
  readonly messageId?: number;
  readonly sku?: string;
}

/** Amazon's processing report, of whichever format. */
export interface FeedReport {
  readonly summary?: FeedSummary;
  readonly issues: readonly ReportedIssue[];
}

/**
 * Reads a processing report: JSON for listings feeds, XML for XML feeds, text for flat files.
 * @throws DocumentError `DOCUMENT_MALFORMED` when it is none.
 */
export async function readFeedReport(bytes: Uint8Array, format: FeedFormat): Promise<FeedReport> {
  const text = new TextDecoder('utf-8').decode(bytes).trimStart();
  if (text.startsWith('{')) return fromJson(text);
  if (text.startsWith('<')) return fromXml(bytes);
  if (format === 'flat' || format === 'pdf') return fromText(text);
  throw malformed('it is neither JSON nor XML');
}

interface JsonReport {
  readonly issues?: readonly {
    readonly messageId?: number;
    readonly sku?: string;
    readonly code?: string;
    readonly severity: string;
    readonly message: string;
    readonly attributeName?: string;
  }[];
  readonly summary?: {
    readonly errors: number;
    readonly warnings: number;
    readonly messagesProcessed: number;
    readonly messagesAccepted: number;
    readonly messagesInvalid: number;
  };
}

function fromJson(text: string): FeedReport {
  let report: JsonReport;
  try {
    report = JSON.parse(text) as JsonReport;
  } catch {
    throw malformed('its JSON is broken');
  }
  const { summary, issues = [] } = report;
  return {
    ...(summary && {
      summary: {
        processed: summary.messagesProcessed,
        accepted: summary.messagesAccepted,
        invalid: summary.messagesInvalid,
        errors: summary.errors,
        warnings: summary.warnings,
      },
    }),
    issues: issues.map(({ messageId, sku, code = '', severity, message, attributeName }) => ({
      code,
      message,
      severity: severityOf(severity),
      ...(attributeName !== undefined && { attribute: attributeName }),
      ...(messageId !== undefined && { messageId }),
      ...(sku !== undefined && { sku }),
    })),
  };
}

type Element = Readonly<Record<string, unknown>>;

async function fromXml(bytes: Uint8Array): Promise<FeedReport> {
  const [summary] = await elements(bytes, 'ProcessingSummary');
  const results = await elements(bytes, 'Result');
  if (summary === undefined && results.length === 0) throw malformed('it holds no ProcessingSummary');
  return {
    ...(summary && {
      summary: {
        processed: count(summary.MessagesProcessed),
        accepted: count(summary.MessagesSuccessful),
        invalid: count(summary.MessagesWithError),
        errors: count(summary.MessagesWithError),
        warnings: count(summary.MessagesWithWarning),
      },
    }),
    issues: results.map((result) => {
      const about = (result.AdditionalInfo ?? {}) as Element;
      const subject = about.SKU ?? about.AmazonOrderID;
      const messageId = count(result.MessageID);
      return {
        code: String(result.ResultMessageCode ?? ''),
        message: String(result.ResultDescription ?? ''),
        severity: severityOf(String(result.ResultCode ?? 'Error')),
        ...(messageId > 0 && { messageId }),
        ...(typeof subject === 'string' && { sku: subject }),
      };
    }),
  };
}

async function elements(bytes: Uint8Array, at: string): Promise<Element[]> {
  const rows = rowsOf<Element>(Readable.from([Buffer.from(bytes)]), {
    format: { kind: 'xml', at },
    charset: 'utf-8',
    operation: 'A feed’s processing report',
  });
  const found: Element[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

/** Lines such as `Number of records processed	12`, then a table of records with errors under a line of headers. */
function fromText(text: string): FeedReport {
  const lines = text.split(/\r\n|\r|\n/);
  const counted = (what: string): number | undefined => {
    const line = lines.find((one) => one.toLowerCase().includes(what));
    return line === undefined ? undefined : count(/(\d+)\s*$/.exec(line)?.[1]);
  };
  const processed = counted('records processed');
  const accepted = counted('records successful');
  const at = lines.findIndex((line) => line.includes('original-record-number'));
  const headers = at < 0 ? [] : (lines[at] as string).split('\t').map((name) => name.trim());
  const issues = at < 0 ? [] : lines.slice(at + 1).filter((line) => line.trim() !== '');
  const reported = issues.map((line) => {
    const cells = line.split('\t');
    const cell = (name: string) => cells[headers.indexOf(name)]?.trim() ?? '';
    const messageId = count(cell('original-record-number'));
    return {
      code: cell('error-code'),
      message: cell('error-message'),
      severity: severityOf(cell('error-type')),
      ...(messageId > 0 && { messageId }),
      ...(cell('sku') !== '' && { sku: cell('sku') }),
    };
  });
  if (processed === undefined && at < 0) throw malformed('it holds neither counts nor records');
  const errors = reported.filter(({ severity }) => severity === 'error').length;
  return {
    ...(processed !== undefined && {
      summary: {
        processed,
        accepted: accepted ?? 0,
        invalid: processed - (accepted ?? 0),
        errors,
        warnings: reported.length - errors,
      },
    }),
    issues: reported,
  };
}

function severityOf(word: string): FeedIssue['severity'] {
  const lower = word.toLowerCase();
  if (lower.startsWith('warn')) return 'warning';
  return lower.startsWith('info') ? 'info' : 'error';
}

function count(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}

function malformed(why: string): DocumentError {
  return new DocumentError(`A feed’s processing report cannot be read: ${why}.`, {
    code: 'DOCUMENT_MALFORMED',
    operation: 'feeds.getFeedDocument',
    remedy: 'Fetch it with `documents.openDocument` to look at it, and tell Amazon’s support its feed id.',
  });
}
