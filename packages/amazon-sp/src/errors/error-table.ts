import type { ErrorCode } from '@fluxori/core';

/** Which of our classes an answer becomes. */
export type ErrorClass = 'validation' | 'authentication' | 'not-found' | 'rate-limit' | 'remote';

/** One case: when it applies, what it becomes, and what a person can do. The first row that fits wins. */
export interface ErrorRow {
  /** For tests and for readers. */
  readonly name: string;
  readonly status: readonly number[];
  /** Fits Amazon's `code`. */
  readonly code?: RegExp;
  /** Fits Amazon's `message` and `details`, joined. */
  readonly text?: RegExp;
  /** Only when the body was not Amazon's own. */
  readonly unreadable?: true;
  /** Only for these operations. */
  readonly operation?: RegExp;
  readonly becomes: ErrorClass;
  readonly ourCode?: ErrorCode;
  readonly retryable?: boolean;
  readonly remedy: string;
}

/**
 * Every error that the Selling Partner API documents, and some that it only gives.
 * Sources: the models' responses; developer-docs.amazon.com/sp-api/docs/resolve-common-http-and-authorization-error-codes; the developer
 * guide (details of a 403); docs/listings-items-api-rate-limits (texts of a 429). Checked November 2026.
 */
export const errorTable: readonly ErrorRow[] = [
  {
    name: 'page token refused',
    status: [400],
    text: /(next|page|pagination)\s*token|paginationToken/i,
    becomes: 'validation',
    remedy: 'The page token has expired or was changed: begin the listing anew.',
  },
  {
    name: 'bad request that is not Amazon’s JSON',
    status: [400],
    unreadable: true,
    becomes: 'remote',
    ourCode: 'REMOTE_UNREADABLE',
    retryable: false,
    remedy:
      'A gateway refused the request before the API saw it: look at the length of parameters and at proxies in between.',
  },
  {
    name: 'invalid input',
    status: [400],
    becomes: 'validation',
    remedy: 'Correct the input that Amazon names.',
  },
  {
    name: 'not authenticated',
    status: [401],
    becomes: 'authentication',
    ourCode: 'AUTH_TOKEN_REJECTED',
    remedy: 'Check the application’s credentials and the seller’s authorisation.',
  },
  {
    name: 'client secret expired',
    status: [403],
    text: /secret[^.]*expired/i,
    becomes: 'authentication',
    ourCode: 'AUTH_CLIENT_SECRET_EXPIRED',
    remedy:
      'Rotate the application’s client secret in the developer console and configure the new one; sellers need not authorise again.',
  },
  {
    name: 'access token expired',
    status: [403],
    text: /token[^.]*expired/i,
    becomes: 'authentication',
    ourCode: 'AUTH_TOKEN_REJECTED',
    remedy: 'A fresh token was refused too: check the clock of this machine, then try again.',
  },
  {
    name: 'access token missing',
    status: [403],
    text: /token[^.]*missing|missing[^.]*token/i,
    becomes: 'authentication',
    ourCode: 'AUTH_TOKEN_REJECTED',
    remedy: 'The token did not reach Amazon: look for a proxy that removes the header x-amz-access-token.',
  },
  {
    name: 'access token revoked or malformed',
    status: [403],
    text: /revoked|malformed or invalid/i,
    becomes: 'authentication',
    ourCode: 'AUTH_REVOKED',
    remedy: 'Let the seller authorise the application again, and configure the new refresh token.',
  },
  {
    name: 'forbidden without Amazon’s JSON',
    status: [403],
    unreadable: true,
    becomes: 'authentication',
    ourCode: 'AUTH_DENIED',
    remedy:
      'Something before the API refused the request: look for a proxy or firewall; after long throttling Amazon answers this way too.',
  },
  {
    name: 'access denied',
    status: [403],
    becomes: 'authentication',
    ourCode: 'AUTH_DENIED',
    remedy:
      'Check that the application has the role that this operation needs, that the seller authorised it since the role was added, and that the seller sells in this marketplace.',
  },
  {
    name: 'not found',
    status: [404],
    becomes: 'not-found',
    remedy: 'Check the id, and that it belongs to this seller and marketplace.',
  },
  {
    name: 'timed out at Amazon',
    status: [408],
    becomes: 'remote',
    ourCode: 'REMOTE_FAILED',
    retryable: true,
    remedy: 'Try again later, or ask for less at once.',
  },
  {
    name: 'conflict',
    status: [409],
    becomes: 'remote',
    ourCode: 'REMOTE_CONFLICT',
    retryable: false,
    remedy: 'Somebody else changed or locked it: read its state anew, then decide.',
  },
  {
    name: 'gone',
    status: [410],
    becomes: 'not-found',
    remedy: 'It is no longer there; for an operation that Amazon removed, use its successor.',
  },
  {
    name: 'too large',
    status: [413],
    becomes: 'validation',
    remedy: 'Send less at once.',
  },
  {
    name: 'wrong content type',
    status: [415],
    becomes: 'validation',
    remedy: 'The body is not of a content type that Amazon takes here.',
  },
  {
    name: 'understood and refused',
    status: [422],
    becomes: 'validation',
    remedy: 'Correct the input that Amazon names; its form was right.',
  },
  {
    name: 'quota of the application for listings',
    status: [429],
    text: /application/i,
    operation: /^listingsItems/,
    becomes: 'rate-limit',
    remedy:
      'The application has used up its own limit over all sellers; spread the changes, or send a JSON_LISTINGS_FEED.',
  },
  {
    name: 'quota of relationship updates',
    status: [429],
    text: /relationship/i,
    operation: /^listingsItems/,
    becomes: 'rate-limit',
    remedy: 'Too many variation changes: spread them over a longer time.',
  },
  {
    name: 'quota of product data updates',
    status: [429],
    text: /product data/i,
    operation: /^listingsItems/,
    becomes: 'rate-limit',
    remedy: 'Too many changes of product data: spread them, or leave out what has not changed.',
  },
  {
    name: 'quota exceeded',
    status: [429],
    becomes: 'rate-limit',
    remedy:
      'Nothing to do: the call goes again when the limit allows. If it happens often, another program uses the same authorisation.',
  },
  {
    name: 'failed at Amazon',
    status: [500, 502, 503, 504],
    becomes: 'remote',
    ourCode: 'REMOTE_FAILED',
    retryable: true,
    remedy: 'Try again later; if it stays, give Amazon’s support the request id.',
  },
];

/** What a status becomes that no row names. */
export function otherRow(status: number): ErrorRow {
  return status >= 500
    ? {
        name: 'other failure',
        status: [status],
        becomes: 'remote',
        ourCode: 'REMOTE_FAILED',
        retryable: true,
        remedy: 'Try again later; if it stays, give Amazon’s support the request id.',
      }
    : {
        name: 'other refusal',
        status: [status],
        becomes: 'remote',
        ourCode: 'REMOTE_REFUSED',
        retryable: false,
        remedy: 'Give Amazon’s support the request id.',
      };
}
