import { DocumentError } from '@fluxori/core';

/** Other names for the charsets that sellers' documents come in. `iso-8859-1` is the true one here, not the web's other name for windows-1252. */
const otherNames: Readonly<Record<string, string>> = {
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  cp1252: 'windows-1252',
  'x-cp1252': 'windows-1252',
  latin1: 'iso-8859-1',
  'latin-1': 'iso-8859-1',
  iso8859_1: 'iso-8859-1',
  'iso8859-1': 'iso-8859-1',
  'iso_8859-1': 'iso-8859-1',
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  'windows-31j': 'shift_jis',
  'windows-932': 'shift_jis',
  'shift-jis': 'shift_jis',
  sjis: 'shift_jis',
  'x-sjis': 'shift_jis',
  'utf-16': 'utf-16le',
  utf16: 'utf-16le',
};

/**
 * The one name that this package has for a charset.
 *
 * @throws DocumentError `DOCUMENT_CHARSET_UNKNOWN`.
 */
export function charsetNamed(label: string): string {
  const name = label.trim().toLowerCase();
  const known = otherNames[name] ?? name;
  if (known === 'iso-8859-1') return known;
  try {
    return new TextDecoder(known).encoding;
  } catch {
    throw new DocumentError(`The charset "${label}" is not known here.`, {
      code: 'DOCUMENT_CHARSET_UNKNOWN',
      remedy: 'Name one that TextDecoder knows, such as utf-8, windows-1252, iso-8859-1 or shift_jis.',
    });
  }
}

/**
 * The charset that a Content-Type names.
 *
 * @param fallback - taken when it names none.
 * @throws DocumentError `DOCUMENT_CHARSET_UNKNOWN`.
 */
export function charsetOf(contentType: string | undefined, fallback: string): string {
  const named = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,]+))/i.exec(contentType ?? '');
  const label = named?.[1] ?? named?.[2] ?? named?.[3];
  return charsetNamed(label === undefined || label.trim() === '' ? fallback : label);
}
