import type { AccessTokens } from './access-tokens.js';
import type { Application } from './application.js';
import type { ClientSecrets } from './client-secrets.js';
import type { Grants } from './grants.js';
import { parseTokenRequest } from './token-request.js';

export interface LwaAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Who asked, as far as it is known: for the counters. */
  readonly sellerId?: string;
  readonly grantType?: string;
}

export interface TokenEndpointParts {
  readonly applications: readonly Application[];
  readonly grants: Grants;
  readonly tokens: AccessTokens;
  readonly secrets: ClientSecrets;
  readonly lifetimeSeconds: number;
}

/** Scopes of grantless operations. Source: developer-docs.amazon.com/sp-api/docs/grantless-operations. */
export const grantlessScopes = [
  'sellingpartnerapi::notifications',
  'sellingpartnerapi::client_credential:rotation',
  'sellingpartnerapi::migration',
] as const;

type Fields = Readonly<Record<string, string>>;

/** `POST /auth/o2/token`: Login with Amazon. */
export class TokenEndpoint {
  readonly #parts: TokenEndpointParts;

  constructor(parts: TokenEndpointParts) {
    this.#parts = parts;
  }

  answer(contentType: string | undefined, body: string): LwaAnswer {
    const fields = parseTokenRequest(contentType, body);
    if (typeof fields === 'string') return failure(400, 'invalid_request', fields);
    const grantType = fields.grant_type;
    if (!grantType) return missing('grant_type');
    const answer = this.#grant(grantType, fields);
    return { grantType, ...answer };
  }

  #grant(grantType: string, fields: Fields): LwaAnswer {
    if (!isGrantType(grantType))
      return failure(
        400,
        'unsupported_grant_type',
        'The authorization grant type is not supported by the authorization server',
      );
    const needed = {
      refresh_token: 'refresh_token',
      client_credentials: 'scope',
      authorization_code: 'code',
    };
    for (const name of ['client_id', 'client_secret', needed[grantType]])
      if (!fields[name]) return missing(name);
    if (fields.refresh_token && fields.scope)
      return failure(400, 'invalid_request', 'The request must not have both refresh_token and scope');
    const application = this.#parts.applications.find((one) => one.clientId === fields.client_id);
    if (application === undefined || application.clientSecret !== fields.client_secret)
      return failure(401, 'invalid_client', 'Client authentication failed');
    if (this.#parts.secrets.isExpired(application.clientId))
      return failure(401, 'invalid_client', 'Client authentication failed: the client secret has expired');
    if (grantType === 'client_credentials') return this.#grantless(application, fields.scope as string);
    if (grantType === 'authorization_code') return this.#fromCode(application, fields);
    return this.#fromRefreshToken(application, fields.refresh_token as string);
  }

  #grantless(application: Application, scope: string): LwaAnswer {
    const scopes: readonly string[] = grantlessScopes;
    if (!scopes.includes(scope))
      return failure(400, 'invalid_scope', 'The request has an invalid scope parameter');
    const token = this.#parts.tokens.issue(
      { kind: 'grantless', clientId: application.clientId, scope },
      this.#parts.lifetimeSeconds * 1_000,
    );
    return { status: 200, body: { access_token: token, scope, ...this.#bearer() } };
  }

  #fromRefreshToken(application: Application, refreshToken: string): LwaAnswer {
    const grant = this.#parts.grants.find(refreshToken, application.clientId);
    if (grant === undefined)
      return failure(400, 'invalid_grant', 'The request has an invalid grant parameter : refresh_token');
    return this.#sellerToken(application, grant.sellerId, refreshToken);
  }

  #fromCode(application: Application, { code, redirect_uri }: Fields): LwaAnswer {
    const grant = this.#parts.grants.redeemCode(code as string, application.clientId, redirect_uri);
    if (grant === undefined)
      return failure(400, 'invalid_grant', 'The request has an invalid grant parameter : code');
    const refreshToken = this.#parts.grants.allow(application, grant.sellerId);
    return this.#sellerToken(application, grant.sellerId, refreshToken);
  }

  #sellerToken(application: Application, sellerId: string, refreshToken: string): LwaAnswer {
    const token = this.#parts.tokens.issue(
      { kind: 'seller', clientId: application.clientId, sellerId },
      this.#parts.lifetimeSeconds * 1_000,
    );
    return {
      status: 200,
      body: { access_token: token, refresh_token: refreshToken, ...this.#bearer() },
      sellerId,
    };
  }

  #bearer(): { token_type: 'bearer'; expires_in: number } {
    return { token_type: 'bearer', expires_in: this.#parts.lifetimeSeconds };
  }
}

type GrantType = 'refresh_token' | 'client_credentials' | 'authorization_code';

function isGrantType(text: string): text is GrantType {
  return text === 'refresh_token' || text === 'client_credentials' || text === 'authorization_code';
}

function missing(name: string): LwaAnswer {
  return failure(400, 'invalid_request', `The request is missing a required parameter : ${name}`);
}

function failure(status: number, error: string, description: string): LwaAnswer {
  return { status, body: { error, error_description: description } };
}
