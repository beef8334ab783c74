const redacted = '[redacted]';

/** The most of Amazon's text that goes into one of our messages, in characters. */
const longestText = 300;

/**
 * What must not be repeated, by shape: LWA tokens and codes (`Atza|…`), application secrets, bearer tokens and signed URLs, e-mail addresses,
 * telephone numbers.
 */
const shapes: readonly RegExp[] = [
  /\bAtz[a-z]?(\.[a-z]+)?\|[^\s"',;]+/gi,
  /\bamzn1\.oa2-cs\.[^\s"',;]+/gi,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_.-]+/g,
  /\b(X-Amz-(Signature|Credential|Security-Token)|access_token|refresh_token|client_secret)=[^\s"'&]+/gi,
  /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/gu,
  /(?<![\w-])\+?\d{1,3}[ -]\(?\d{2,3}\)?[ -]\d{3,4}[ -]\d{3,4}(?![\w-])/g,
];

/** Fields of a request's body whose values say something about a person. */
const personalField =
  /name|address|line\d|street|city|county|district|postal|zip|phone|e-?mail|buyer|recipient|customer|gift|message|comment|^text$|tax/i;

/** Fields that match above and yet are not about a person. */
const impersonalField = /^(attributeName|carrierName|marketplaceName|packageReferenceId)$/i;

/**
 * Amazon's own words, fit for a message or a log: without tokens, without what looks like a person's data, without markup, and not too long.
 *
 * @param personal - values that the request held about a person; Amazon may quote them.
 */
export function scrub(text: string, personal: readonly string[] = []): string {
  let clean = text.replaceAll(/<[^>]{0,200}>/g, ' ');
  for (const value of personal) clean = clean.replaceAll(inAnyCase(value), redacted);
  for (const shape of shapes) clean = clean.replaceAll(shape, redacted);
  clean = clean
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const told = clean.length > longestText ? `${clean.slice(0, longestText - 1)}…` : clean;
  // No database keeps half of a surrogate pair, whether Amazon sent it or the cut made it.
  return told.toWellFormed();
}

/** Amazon quotes addresses in capitals, too. */
function inAnyCase(value: string): RegExp {
  return new RegExp(value.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'giu');
}

/** The values in a request's body that are about a person, longest first, so that a part of one does not leave the rest behind. */
export function personalValues(body: unknown): readonly string[] {
  const found = new Set<string>();
  const visit = (value: unknown, personal: boolean): void => {
    if (typeof value === 'string') {
      if (personal && value.trim().length >= 3) found.add(value);
    } else if (Array.isArray(value)) {
      for (const one of value) visit(one, personal);
    } else if (typeof value === 'object' && value !== null) {
      for (const [field, inner] of Object.entries(value)) {
        visit(inner, !impersonalField.test(field) && (personal || personalField.test(field)));
      }
    }
  };
  visit(body, false);
  return [...found].sort((a, b) => b.length - a.length);
}
