import type { OperationDescriptor } from '@fluxori/amazon-sp-models';
import { type Clock, isAbort, isFluxoriError, type Secret } from '@fluxori/core';
import {
  expiredSecret,
  type GrantlessTokenRequest,
  type IAmazonToken,
  permanentRefusals,
  type Refusals,
  type SellerTokenRequest,
  type TokenManager,
} from '@fluxori/network';
import type { SpCallOptions } from '../pipeline/call-options.js';
import { type GrantlessScope, grantlessScope } from './grantless-operations.js';
import type { RestrictedDataTokens, RestrictedResource } from './restricted-data-tokens.js';

/** An application and the seller who authorised it. */
export interface Credentials {
  readonly accountId: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly refreshToken: Secret;
}

/** What health tells of tokens. Nothing in it is secret. */
export interface TokenState {
  /** Until when the seller's access token that was used last is good. */
  readonly expiresAt?: Date;
  /** The last refusal of our tokens or credentials; gone when a call succeeds again. */
  readonly lastError?: { readonly code: string; readonly message: string; readonly at: Date };
}

/** Gives each attempt of a call its token: the seller's, the application's, or a restricted data token. */
export class Authorizer {
  readonly #tokens: TokenManager;
  readonly #refusals: Refusals;
  readonly #restricted: RestrictedDataTokens;
  readonly #seller: SellerTokenRequest;
  readonly #applications = new Map<GrantlessScope, GrantlessTokenRequest>();
  readonly #clock: Clock;
  #state: TokenState = {};
  #date = { second: Number.NaN, text: '' };

  constructor(options: {
    tokens: TokenManager;
    /** What the token manager remembers of refused credentials, also by other processes. */
    refusals: Refusals;
    restricted: RestrictedDataTokens;
    credentials: Credentials;
    clock: Clock;
  }) {
    this.#tokens = options.tokens;
    this.#refusals = options.refusals;
    this.#restricted = options.restricted;
    const { accountId, clientId, clientSecret, refreshToken } = options.credentials;
    this.#seller = { account: accountId, clientId, clientSecret, refreshToken };
    this.#clock = options.clock;
  }

  /** What this process saw last, or else what any process that shares the store holds or was refused. Asks nobody. */
  async look(): Promise<TokenState> {
    if (this.#state.lastError !== undefined) return this.#state;
    const held = this.#state.expiresAt === undefined ? await this.#tokens.held(this.#seller) : undefined;
    const state = held === undefined ? this.#state : { ...this.#state, expiresAt: endOf(held) };
    const known = await this.#refusals.find(this.#seller);
    const refusal = known?.expiredSecret ? expiredSecret : permanentRefusals[known?.error ?? ''];
    if (known === undefined || refusal === undefined) return state;
    const message = `lwa.token for ${this.#seller.account}: ${refusal.what}.`;
    return { ...state, lastError: { code: refusal.code, message, at: new Date(known.since) } };
  }

  /**
   * For one call: a function that gives the headers of each attempt. When the last token was refused as expired, it brings another one.
   * @param resource - when a restricted data token is needed.
   */
  forCall(
    operation: OperationDescriptor,
    resource: RestrictedResource | undefined,
    options: SpCallOptions,
  ): (attempt: { signal?: AbortSignal; rejected?: boolean }) => Promise<Record<string, string>> {
    let last: string | undefined;
    return async ({ signal, rejected }) => {
      const refused = rejected ? last : undefined;
      const token =
        resource === undefined
          ? await this.#plainToken(operation, { signal, rejected: refused })
          : await this.#restricted.get(resource, { ...options, signal, rejected: refused }, operation);
      last = token;
      return { 'x-amz-access-token': token, 'x-amz-date': this.#dateNow() };
    };
  }

  /** Made once a second: made for each call, it was some 11 µs of what that costs. */
  #dateNow(): string {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#date.second) this.#date = { second, text: amazonDate(second * 1000) };
    return this.#date.text;
  }

  /** For health: a call with the seller's authority went through. */
  noteSuccess(): void {
    if (this.#state.lastError !== undefined) this.#state = { ...this.#state, lastError: undefined };
  }

  /** For health: tokens could not be had, or Amazon refused them. */
  noteRefusal(error: unknown): void {
    if (!isFluxoriError(error)) return;
    const { code, message } = error;
    this.#state = { ...this.#state, lastError: { code, message, at: new Date(this.#clock.now()) } };
  }

  async #plainToken(
    operation: OperationDescriptor,
    options: { signal?: AbortSignal; rejected?: string },
  ): Promise<string> {
    const scope = grantlessScope(operation);
    const request = scope === undefined ? this.#seller : this.#application(scope);
    try {
      const token = await this.#tokens.getToken(request, options);
      if (scope === undefined) {
        this.#state = { ...this.#state, expiresAt: endOf(token) };
      }
      return token.access_token;
    } catch (error) {
      if (!isAbort(error, options.signal)) this.noteRefusal(error);
      throw error;
    }
  }

  #application(scope: GrantlessScope): GrantlessTokenRequest {
    let request = this.#applications.get(scope);
    if (request === undefined) {
      const { clientId, clientSecret } = this.#seller;
      request = { scope, clientId, clientSecret };
      this.#applications.set(scope, request);
    }
    return request;
  }
}

function endOf(token: IAmazonToken): Date {
  return new Date(token.created_at + token.expires_in * 1000);
}

/** ISO 8601's basic form, as in `20190430T123600Z`. */
export function amazonDate(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');
}
