const hidden = '[redacted]';

/**
 * What must not be read by whoever reads a log, wherever in a text it stands. Order matters: whole values before parts of them.
 * A text that only looks like one of these loses some of its words, which is the lesser evil.
 */
const masks: readonly (readonly [RegExp, string])[] = [
  // user:password@ in a URL (bounded, or a long text without any @ would take its time). A password may hold what a URL would have written as %2F or %40; a port is no password.
  [/(\w:\/\/)[^\s"'<>/?#@:]{0,512}:(?!\d{1,5}(?:[/?#,\s"'<>)]|$))[^\s"'<>]{0,512}@/g, `$1${hidden}@`],
  [/(\w:\/\/)[^\s"'<>/?#]{0,512}@/g, `$1${hidden}@`],
  // Parameters of a URL or a form by their names, those of presigned addresses included.
  [
    /([?&;\s"'{,]|^)((?:[\w-]*(?:passw(?:or)?d|passphrase|secret|token|api_?key|signature|credential|oauth_code)|pwd|pass|sig|AWSAccessKeyId)=)[^&;\s"'<>]+/gi,
    `$1$2${hidden}`,
  ],
  [/([?&]code=)[^&;\s"'<>]+/gi, `$1${hidden}`],
  // The same as JSON that was written into a text.
  [
    /(\\?"(?:[\w-]*(?:passw(?:or)?d|passphrase|secret|token|api_?key|signature)|authorization)\\?"\s*:\s*\\?")[^"\\]*/gi,
    `$1${hidden}`,
  ],
  // Tokens of Login with Amazon and client secrets. Source: shapes in Amazon's SP-API documentation, checked 2026-11.
  [/\bAtz[a-z]{1,2}\|[\w+/=|-]+/g, hidden],
  [/\bamzn1\.oa2-cs\.v\d+\.[\w-]+/g, hidden],
  [/\b(Bearer|Basic)\s+[\w+/=.~-]{8,}/gi, `$1 ${hidden}`],
  // A JWT, or a sealed value (JWE): base64url of {" with dots.
  [/\beyJ[\w-]{8,}\.[\w-]*\.[\w.-]+/g, hidden],
];

/** Only texts with one of these can hold anything to hide; most lines have none. */
const suspicious = /:\/\/|=|"\s*:|Atz|amzn1\.oa2-cs|bearer|basic|eyJ/i;

/** The text without passwords in URLs, secret parameters, and tokens that are known by their shape. */
export function maskCredentials(text: string): string {
  if (!suspicious.test(text)) return text;
  return masks.reduce((masked, [pattern, instead]) => masked.replace(pattern, instead), text);
}
