import { type Charset, encode } from '../charset/encode.js';
import { contentOf } from '../documents/content-spool.js';
import { findMarketplace, type Marketplace } from '../world/marketplaces.js';
import type { Seller } from '../world/seller.js';
import type { World } from '../world/world.js';
import type { GivenReport } from './report-desk.js';
import { reportTypes } from './report-types.js';
import type { StoredReport } from './stored-report.js';

/** Smaller documents are not compressed, as some of Amazon's are not. */
const gzipFromBytes = 1_024;

/** Makes a report out of the world as it is now. */
export function makeReport(facts: {
  readonly world: World;
  readonly seller: Seller;
  readonly report: StoredReport;
}): GivenReport | undefined {
  const type = reportTypes[facts.report.type];
  const marketplaces = facts.report.marketplaceIds
    .map(findMarketplace)
    .filter((one): one is Marketplace => one !== undefined);
  const text = type?.make?.({ ...facts, marketplaces });
  if (type === undefined || text === undefined) return undefined;
  const charset = type.format === 'flat' ? charsetOf(facts.report, marketplaces, type.charset) : 'utf-8';
  const bytes = encode(text, charset);
  const gzipped = bytes.length >= gzipFromBytes;
  const contentType = contentTypeOf(type.format, charset, type.tellsCharset ?? true);
  return {
    content: contentOf(bytes, gzipped),
    gzipped,
    ...(contentType === undefined ? {} : { contentType }),
  };
}

/** Flat files speak the charset of the marketplace's past: Shift_JIS in Japan, Windows-1252 elsewhere. */
function charsetOf(
  _report: StoredReport,
  marketplaces: readonly Marketplace[],
  own: Charset | 'local' | undefined,
): Charset {
  if (own !== undefined && own !== 'local') return own;
  return marketplaces.some((one) => one.countryCode === 'JP')
    ? 'shift_jis'
    : own === 'local'
      ? 'windows-1252'
      : 'utf-8';
}

const charsetNames = { 'utf-8': 'UTF-8', 'windows-1252': 'windows-1252', shift_jis: 'Shift_JIS' } as const;

function contentTypeOf(
  format: 'flat' | 'json' | 'xml',
  charset: Charset,
  tells: boolean,
): string | undefined {
  if (!tells) return undefined;
  if (format === 'json') return 'application/json;charset=UTF-8';
  if (format === 'xml') return 'text/xml;charset=UTF-8';
  return `text/plain;charset=${charsetNames[charset]}`;
}
