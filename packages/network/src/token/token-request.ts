import { createHash } from 'node:crypto';
import { type Secret, secret } from '@fluxori/core';

interface Application {
  readonly clientId: string;
  readonly clientSecret: string | Secret;
}

/** Acts for a seller who has authorised the application. */
export interface SellerTokenRequest extends Application {
  readonly account: string;
  readonly refreshToken: string | Secret;
}

/** Acts for the application itself, in operations that need no seller. */
export interface GrantlessTokenRequest extends Application {
  /** E.g. `sellingpartnerapi::notifications`. */
  readonly scope: string;
}

export type TokenRequest = SellerTokenRequest | GrantlessTokenRequest;

export function isGrantless(request: TokenRequest): request is GrantlessTokenRequest {
  return 'scope' in request;
}

/** A key for stores and locks out of parts that may be secret: their hash. */
export function tokenKey(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\u0000')).digest('base64url').slice(0, 32);
}

/**
 * Whose token it is. The region is not part of it: one authorisation server serves all. The refresh token is: after a new authorisation,
 * perhaps by another seller, the old access token must not be used.
 */
export function requestKey(url: string, request: TokenRequest): string {
  const whose = isGrantless(request)
    ? ['scope', request.scope]
    : ['account', request.account, secret(request.refreshToken).reveal()];
  return tokenKey('lwa', url, request.clientId, ...whose);
}

/** What a refusal is about: the seller's authorisation, the application's credentials, or both together. */
export type RefusalSubject = 'authorisation' | 'credentials' | 'both';

/** A new refresh token, or a new secret, makes a new key, so that it is tried at once. */
export function refusalKey(url: string, request: TokenRequest, subject: RefusalSubject): string {
  const whose = isGrantless(request) ? request.scope : secret(request.refreshToken).reveal();
  const who = secret(request.clientSecret).reveal();
  const parts = {
    authorisation: [whose],
    credentials: [who],
    both: [who, whose],
  }[subject];
  return tokenKey('lwa-refused', url, request.clientId, subject, ...parts);
}

export function tokenForm(request: TokenRequest): string {
  const form = new URLSearchParams({
    client_id: request.clientId,
    client_secret: secret(request.clientSecret).reveal(),
  });
  if (isGrantless(request)) {
    form.set('grant_type', 'client_credentials');
    form.set('scope', request.scope);
  } else {
    form.set('grant_type', 'refresh_token');
    form.set('refresh_token', secret(request.refreshToken).reveal());
  }
  return form.toString();
}
