import { isFluxoriError, Secret } from '@fluxori/core';
import { maskCredentials } from './mask-credentials.js';

const hidden = '[redacted]';

/** Fields that are hidden by their name, at any depth, written in any way (`refresh_token`, `refreshToken`, `Refresh-Token`). */
const secretFields: ReadonlySet<string> = new Set(
  [
    // Authority.
    'accesstoken refreshtoken idtoken clientsecret secret password passwd passphrase pwd authorization proxyauthorization',
    'apikey privatekey sealkey cookie setcookie xamzaccesstoken xamzsecuritytoken restricteddatatoken signature',
    // Buyers: who it was sent to never belongs into a log.
    'shipto shippingaddress deliveryaddress recipient buyer buyerinfo buyeremail buyername buyerphone buyercompanyname',
    'addressline1 addressline2 addressline3 addresslines postalcode phone phonenumber email giftmessage customername',
    'taxid taxnumber taxregistrationid vatnumber vatregistrationnumber nationalid idnumber',
  ].flatMap((line) => line.split(' ')),
);

const deepest = 8;
/** More than this of a list, or of a text, is no log line any more. */
const longestList = 100;
const longestText = 16_384;
/** More than this is not even searched for what must be hidden: it is cut off unseen. */
const longestSearched = 65_536;

/**
 * A line's fields, fit to be read by whoever reads logs: secrets and buyers' data hidden by name, credentials hidden in every text, errors
 * with their causes as plain objects, cycles broken. Never throws.
 */
export function cleanFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return clean(fields, 0, []) as Record<string, unknown>;
}

/** A text as it may stand in a log. */
export function cleanText(text: string): string {
  const masked = maskCredentials(text.length > longestSearched ? text.slice(0, longestSearched) : text);
  return masked.length > longestText
    ? `${masked.slice(0, longestText)}… (${text.length} characters)`
    : masked;
}

function clean(value: unknown, depth: number, path: readonly object[]): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Secret) return hidden;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof URL) return cleanText(value.href);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (path.includes(value)) return '[circular]';
  if (depth >= deepest) return '[deeper]';
  try {
    return cleanObject(value, depth + 1, [...path, value]);
  } catch {
    return '[unreadable]';
  }
}

function cleanObject(value: object, depth: number, path: readonly object[]): unknown {
  if (isErrorLike(value)) return cleanError(value, depth, path);
  if (Array.isArray(value) || value instanceof Set) {
    const items = [...value];
    const shown = items.slice(0, longestList).map((item) => clean(item, depth, path));
    return items.length > longestList ? [...shown, `… ${items.length - longestList} more`] : shown;
  }
  if (value instanceof Map) return cleanEntries(value.entries(), depth, path);
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const plain: unknown = value.toJSON();
    return plain === value ? '[unreadable]' : clean(plain, depth, path);
  }
  return cleanEntries(Object.entries(value), depth, path);
}

function cleanEntries(
  entries: Iterable<readonly [unknown, unknown]>,
  depth: number,
  path: readonly object[],
): Record<string, unknown> {
  const cleaned: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    const name = String(key);
    cleaned[name] = isSecretField(name) && value != null ? hidden : clean(value, depth, path);
  }
  return cleaned;
}

function isSecretField(name: string): boolean {
  return secretFields.has(name.replace(/[-_\s]/g, '').toLowerCase());
}

/** Errors of another realm are no `Error` here, and are errors all the same. */
function isErrorLike(value: object): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

/** Ours say themselves what may be told; of others, name, code, message and stack: their further fields may hold anything. */
function cleanError(error: Error, depth: number, path: readonly object[]): Record<string, unknown> {
  const told: Record<string, unknown> = isFluxoriError(error)
    ? error.toJSON()
    : {
        name: error.name,
        code: (error as { code?: unknown }).code,
        message: error.message,
        stack: error.stack,
      };
  const causes = error as { cause?: unknown; errors?: unknown };
  return cleanEntries(
    Object.entries({ ...told, cause: causes.cause, errors: causes.errors }).filter(
      ([, value]) => value !== undefined,
    ),
    depth,
    path,
  );
}
