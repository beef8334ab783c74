import type { ErrorCode } from '@fluxori/core';
import type { RefusalSubject } from './token-request.js';

export interface LwaRefusal {
  readonly code: ErrorCode;
  /** What it is about, and so what must change before it is worth asking again. */
  readonly subject: RefusalSubject;
  /** How long it is remembered, in milliseconds. */
  readonly rememberMs: number;
  readonly what: string;
  readonly remedy: string;
}

const day = 24 * 60 * 60_000;
/** An application that is corrected at Amazon keeps its credentials, so its refusal is asked about again soon. */
const shortly = 5 * 60_000;

/**
 * The refusals of Login with Amazon that stay until somebody changes something.
 * Source: amzn/selling-partner-api-models, LWAExceptionErrorCode.java; RFC 6749 sections 4.1.2.1 and 5.2; checked 2026-11.
 */
export const permanentRefusals: Readonly<Record<string, LwaRefusal>> = {
  invalid_grant: {
    code: 'AUTH_REVOKED',
    subject: 'authorisation',
    rememberMs: day,
    what: 'the seller’s authorisation was revoked or has expired',
    remedy:
      'Let the seller authorise the application again and store the new refresh token; it is used at once.',
  },
  access_denied: {
    code: 'AUTH_DENIED',
    subject: 'authorisation',
    rememberMs: shortly,
    what: 'access was denied',
    remedy: 'Let the seller authorise the application with the roles that it needs.',
  },
  invalid_client: {
    code: 'AUTH_CLIENT_INVALID',
    subject: 'credentials',
    rememberMs: shortly,
    what: 'the application’s client id or secret is wrong',
    remedy:
      'Compare client id and secret with those in the developer console; secrets are rotated every 180 days.',
  },
  unauthorized_client: {
    code: 'AUTH_CLIENT_INVALID',
    subject: 'both',
    rememberMs: shortly,
    what: 'the application may not ask for this kind of token',
    remedy:
      'Use the client id to which the seller gave the authorisation, and check the application’s state in the developer console.',
  },
  invalid_scope: {
    code: 'AUTH_DENIED',
    subject: 'both',
    rememberMs: shortly,
    what: 'the application may not have this scope',
    remedy: 'Check the scope’s name and the roles that the application was given.',
  },
  unsupported_grant_type: {
    code: 'AUTH_DENIED',
    subject: 'both',
    rememberMs: shortly,
    what: 'this way of asking for a token is not supported',
    remedy: 'Check that the authorisation URL is that of Login with Amazon.',
  },
  invalid_request: {
    code: 'AUTH_DENIED',
    subject: 'both',
    rememberMs: shortly,
    what: 'the request for a token was malformed',
    remedy: 'Check that client id, client secret and refresh token were copied whole.',
  },
};

/** Refusals that pass by themselves, also when they come with a status below 500. */
export const passingRefusals: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable']);

/** A secret that has run out is told from a wrong one by its description only. */
export const expiredSecret: LwaRefusal = {
  code: 'AUTH_CLIENT_SECRET_EXPIRED',
  subject: 'credentials',
  rememberMs: shortly,
  what: 'the application’s client secret has expired',
  remedy:
    'Rotate the client secret in the developer console (it lasts 180 days) and store the new one; refresh tokens stay valid.',
};

/** What an answer of the authorisation server says. Its body may be anything. */
export interface LwaComplaint {
  readonly error?: string;
  readonly refusal?: LwaRefusal;
  readonly passing: boolean;
}

/** @param body - parsed JSON, or text such as a gateway's HTML page. */
export function readComplaint(status: number, body: unknown): LwaComplaint {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const error =
    typeof fields.error === 'string' && /^[a-z_]{1,40}$/.test(fields.error) ? fields.error : undefined;
  const description = typeof fields.error_description === 'string' ? fields.error_description : '';
  const named = error === undefined ? {} : { error };
  if (
    status >= 500 ||
    status === 429 ||
    status === 408 ||
    (error !== undefined && passingRefusals.has(error))
  ) {
    return { ...named, passing: true };
  }
  const refusal = error === undefined ? undefined : permanentRefusals[error];
  if (refusal?.subject === 'credentials' && /expired/i.test(description)) {
    return { ...named, refusal: expiredSecret, passing: false };
  }
  return { ...named, ...(refusal && { refusal }), passing: false };
}
