import { accessDenied } from '../http/refusal.js';
import type { AccessTokens, RestrictedResource, TokenClaims } from '../lwa/access-tokens.js';
import type { RoutedOperation } from '../router/operation-router.js';
import { grantlessOperations } from './grantless-operations.js';
import { restrictedOperations } from './restricted-operations.js';

/** The details of Amazon's 403 answers. Source: the developer guide and users' reports. */
export const denials = {
  missing: 'Access token is missing in the request header.',
  expired: 'The access token you provided has expired.',
  invalid: 'The access token you provided is revoked, malformed or invalid.',
  secretExpired: 'The LWA secret token you provided has expired.',
} as const;

/** What a request may do. */
export interface Authorization {
  readonly claims: TokenClaims;
  /** What the restricted data token opens of this operation; empty with an ordinary token. */
  readonly dataElements: readonly string[];
}

/**
 * Checks the token of a request.
 *
 * @param path - the path as it was sent, without the query.
 * @throws Refusal (403) with Amazon's details.
 */
export function authorize(
  tokens: AccessTokens,
  token: string | undefined,
  operation: RoutedOperation,
  path: string,
): Authorization {
  if (!token) throw accessDenied(denials.missing);
  const verdict = tokens.check(token);
  if (verdict.kind === 'expired') throw accessDenied(denials.expired);
  if (verdict.kind === 'invalid') throw accessDenied(denials.invalid);
  const { claims } = verdict;
  const scope = grantlessOperations[operation.key];
  if (scope !== undefined) {
    if (claims.kind !== 'grantless')
      throw accessDenied(
        `This operation is grantless: it needs a client_credentials token of scope ${scope}.`,
      );
    if (claims.scope !== scope) throw accessDenied(`The scope of the token must be ${scope}.`);
    return { claims, dataElements: [] };
  }
  if (claims.kind === 'grantless')
    throw accessDenied('This operation needs the authorization of a selling partner.');
  const restriction = restrictedOperations[operation.key];
  if (claims.kind === 'rdt') {
    const resource = resourceFor(claims.resources, operation.descriptor.method, path);
    if (resource === undefined)
      throw accessDenied('The restricted data token does not cover this method and path.');
    return { claims, dataElements: resource.dataElements ?? [] };
  }
  if (restriction === 'token')
    throw accessDenied('This operation is restricted: it needs a restricted data token.');
  return { claims, dataElements: [] };
}

function resourceFor(
  resources: readonly RestrictedResource[],
  method: string,
  path: string,
): RestrictedResource | undefined {
  return resources.find((one) => one.method === method && pathCovers(one.path, path));
}

/** `/orders/v0/orders/{orderId}/address` covers that path of every order. */
function pathCovers(generic: string, path: string): boolean {
  const wanted = generic.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((segment, i) => (segment.startsWith('{') && segment.endsWith('}')) || segment === given[i])
  );
}
