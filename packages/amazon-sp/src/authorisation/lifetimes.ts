const dayMs = 24 * 60 * 60_000;

/**
 * How long credentials live, in milliseconds.
 * Source: developer-docs.amazon.com/sp-api/docs/lwa-credentials-faq (a client secret must be rotated every 180 days) and
 * /selling-partner-appstore-authorization-workflow-renew (sellers renew their authorisation annually); checked November 2026.
 */
export const lifetimes = {
  clientSecretMs: 180 * dayMs,
  authorisationMs: 365 * dayMs,
  /** `spapi_oauth_code`. */
  codeMs: 5 * 60_000,
} as const;

/** When a client secret made at `issuedAt` stops being accepted. */
export function clientSecretEnd(issuedAt: Date): Date {
  return new Date(issuedAt.getTime() + lifetimes.clientSecretMs);
}

/** When a seller who agreed at `authorizedAt` must have renewed it. */
export function authorisationEnd(authorizedAt: Date): Date {
  return new Date(authorizedAt.getTime() + lifetimes.authorisationMs);
}
