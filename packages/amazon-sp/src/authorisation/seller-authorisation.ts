import {
  AuthenticationError,
  type Clock,
  type KeyValueStore,
  type Locks,
  type Logger,
  type MarketplaceId,
  type Secret,
  type SellerId,
  sellerId as sellerIdOf,
  silentLogger,
  systemClock,
  ValidationError,
} from '@fluxori/core';
import type { NetworkAwareClient } from '@fluxori/network';
import { findMarketplace, type Marketplace, marketplaceOf } from '../regions/marketplaces.js';
import { lwaTokenUrl, type Region } from '../regions/region.js';
import { RegionalEndpointManager } from '../regions/regional-endpoint-manager.js';
import { appstoreReturnUrl } from './appstore-return-url.js';
import { type AuthorisationRequest, AuthorisationStates, type IssuedState } from './authorisation-states.js';
import { authorizeUrl } from './authorize-url.js';
import { type Callback, readCallback, readLogin } from './callback-parameters.js';
import { exchangeCode } from './code-exchange.js';
import { authorisationEnd } from './lifetimes.js';

/** The application as it stands in the developer console. */
export interface SellingPartnerApplication {
  /** App ID, e.g. `amzn1.sp.solution.…`. */
  readonly applicationId: string;
  /** LWA credentials. */
  readonly clientId: string;
  readonly clientSecret: string | Secret;
  /** One of the registered redirect URIs. Without it, Amazon takes the first of them. */
  readonly redirectUri?: string | undefined;
  /** Whether it is still a draft (`version=beta`). */
  readonly draft?: boolean | undefined;
}

export interface SellerAuthorisationOptions {
  readonly application: SellingPartnerApplication;
  /** Of the backend that all processes of the web application share: a seller may come back to another one. */
  readonly keyValues: KeyValueStore;
  readonly locks: Locks;
  readonly http: NetworkAwareClient;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** How long a seller may take, in milliseconds; 15 minutes by default. */
  readonly lifetimeMs?: number;
  /** Addresses to use instead of Amazon's: a local sandbox. */
  readonly endpoints?: { readonly lwa?: string; readonly sellerCentral?: string };
}

export interface BeginRequest {
  /** Your name for the account, e.g. `acme-za`. */
  readonly account: string;
  /** Where the seller signs in: id or country code. Every marketplace of its region comes with the authorisation. */
  readonly marketplace: string;
  /** Who asks, e.g. the id of the browser's session. The same must come back. Only its hash is kept. */
  readonly asker: string;
  /** For an account that exists: the seller who must come back. */
  readonly sellerId?: string;
}

export interface BegunAuthorisation extends IssuedState {
  /** Where to send the browser. */
  readonly url: string;
}

/** A seller who has let the application in. */
export interface AuthorisedSeller {
  readonly account: string;
  /** As the browser brought it. It is worth as much as who asked; a call for this seller proves it (see docs/authorise-sellers.md). */
  readonly sellerId: SellerId;
  readonly refreshToken: Secret;
  readonly marketplaceId: MarketplaceId;
  readonly region: Region;
  readonly authorizedAt: Date;
  /** When the seller must have renewed it: after a year. */
  readonly expiresAt: Date;
}

/**
 * The way on which a seller lets an application in, for a web application: `begin` gives the address of Seller Central, `complete` takes the
 * address to which Amazon sent the seller back, and gives the refresh token. `beginFromAmazon` is for sellers who begin at Amazon.
 */
export class SellerAuthorisation {
  readonly #options: SellerAuthorisationOptions;
  readonly #states: AuthorisationStates;
  readonly #lwaUrl: string;
  readonly #logger: Logger;

  constructor(options: SellerAuthorisationOptions) {
    const { keyValues, locks, clock = systemClock, lifetimeMs, endpoints } = options;
    this.#options = options;
    this.#states = new AuthorisationStates({
      ...{ keyValues, locks, clock },
      ...(lifetimeMs !== undefined && { lifetimeMs }),
    });
    this.#lwaUrl =
      endpoints?.lwa === undefined ? lwaTokenUrl : new RegionalEndpointManager({ endpoints }).lwaUrl;
    this.#logger = options.logger ?? silentLogger;
  }

  /**
   * From your website: keep nothing yourself, send the browser to `url`.
   * @throws ValidationError naming `account`, `asker`, `marketplace`, `applicationId` or `redirectUri`; nothing is kept then.
   */
  async begin(request: BeginRequest): Promise<BegunAuthorisation> {
    const { application, endpoints } = this.#options;
    const marketplace = marketplaceOf(request.marketplace, 'marketplace');
    const url = (state: string) =>
      authorizeUrl({
        ...application,
        marketplace: marketplace.id,
        state,
        sellerCentralUrl: endpoints?.sellerCentral,
      });
    return this.#begin(request, marketplace, request.sellerId, url);
  }

  /**
   * From Amazon: the Appstore, or "Manage Your Apps" when the authorisation is renewed. To be called with Amazon's request to your log-in URI,
   * once the person is signed in with you.
   *
   * @param login - that request's URL or query; hold it in the session while the person signs in.
   * @throws ValidationError when it is not Amazon's: a callback address that is no Seller Central, or another application's.
   * @throws AuthenticationError `AUTH_WRONG_SELLER` when Amazon names another seller than the account has.
   */
  async beginFromAmazon(login: Callback, request: BeginRequest): Promise<BegunAuthorisation> {
    const { application, endpoints } = this.#options;
    const marketplace = marketplaceOf(request.marketplace, 'marketplace');
    const parameters = readLogin(login);
    checkSeller(request.account, request.sellerId, parameters.sellingPartnerId);
    const url = (state: string) =>
      appstoreReturnUrl({ ...parameters, ...application, state, sellerCentralUrl: endpoints?.sellerCentral });
    return this.#begin(request, marketplace, parameters.sellingPartnerId, url);
  }

  /**
   * With the request to your redirect URI. The state is used up by it, so load the next page by a redirect.
   *
   * @param options.asker - who it is this time, as in `begin`.
   * @throws AuthenticationError `AUTH_STATE_INVALID`, `AUTH_DENIED` (the seller did not agree), `AUTH_WRONG_SELLER`, `AUTH_CODE_INVALID`,
   *   `AUTH_CLIENT_INVALID`, `AUTH_CLIENT_SECRET_EXPIRED`; ValidationError for what is no callback; what `exchangeCode` throws.
   */
  async complete(
    callback: Callback,
    options: { readonly asker: string; readonly signal?: AbortSignal },
  ): Promise<AuthorisedSeller> {
    const { asker, signal } = options;
    const { state, error, code, sellingPartnerId } = readCallback(callback);
    const request = await this.#states.redeem(state, asker, { ...(signal && { signal }) });
    const { account } = request;
    if (error !== undefined) throw denied(account, error);
    if (sellingPartnerId === undefined) throw incomplete(account, 'selling_partner_id');
    checkSeller(account, request.sellerId, sellingPartnerId);
    if (code === undefined) throw incomplete(account, 'spapi_oauth_code');
    return this.#exchange(request, sellingPartnerId, code, signal);
  }

  async #begin(
    { account, asker }: BeginRequest,
    marketplace: Marketplace,
    sellerId: string | undefined,
    url: (state: string) => string,
  ): Promise<BegunAuthorisation> {
    for (const [field, value] of Object.entries({ account, asker })) {
      if (value.trim() !== '') continue;
      throw new ValidationError(`${field}: it is empty.`, {
        field,
        remedy: 'Name the account, and who asks for it (the id of the browser’s session).',
      });
    }
    // Told before anything is kept: the address cannot be made for reasons that have nothing to do with the state.
    url('check');
    const { redirectUri } = this.#options.application;
    const issued = await this.#states.issue(
      {
        ...{ account, marketplaceId: marketplace.id },
        ...(sellerId !== undefined && { sellerId }),
        ...(redirectUri !== undefined && { redirectUri }),
      },
      asker,
    );
    return { ...issued, url: url(issued.state) };
  }

  async #exchange(
    request: AuthorisationRequest,
    sellingPartnerId: string,
    code: string,
    signal: AbortSignal | undefined,
  ): Promise<AuthorisedSeller> {
    const { http, clock, application } = this.#options;
    const { account, redirectUri } = request;
    const { clientId, clientSecret } = application;
    const { refreshToken, at } = await exchangeCode(
      { url: this.#lwaUrl, clientId, clientSecret, code, redirectUri, account },
      { http, ...(clock && { clock }) },
      { ...(signal && { signal }) },
    );
    const { id, region } = findMarketplace(request.marketplaceId) as Marketplace;
    const sellerId = sellerIdOf(sellingPartnerId);
    this.#logger.info({ account, sellerId, region }, 'A seller has authorised the application.');
    return {
      ...{ account, sellerId, refreshToken, marketplaceId: id, region },
      authorizedAt: at,
      expiresAt: authorisationEnd(at),
    };
  }
}

/** Renewed with another seller's sign-in, one account would silently work for another business. */
function checkSeller(account: string, expected: string | undefined, given: string): void {
  if (!/^[A-Z0-9]{5,64}$/.test(given)) throw incomplete(account, 'selling_partner_id');
  if (expected === undefined || expected === given) return;
  throw new AuthenticationError(
    `The authorisation of ${account} came from another seller (${given}) than the account has (${expected}). Nothing was exchanged.`,
    {
      code: 'AUTH_WRONG_SELLER',
      account,
      field: 'selling_partner_id',
      details: { expected, given },
      remedy: `Sign out of Seller Central, sign in as ${expected}, and begin anew; or add the other seller as an account of its own.`,
    },
  );
}

function denied(account: string, error: string): AuthenticationError {
  const name = /^[a-z_]{1,40}$/.test(error) ? error : 'error';
  return new AuthenticationError(
    name === 'access_denied'
      ? `The seller did not let the application in for ${account}.`
      : `Seller Central ended the authorisation of ${account} with an error (${name}).`,
    {
      code: 'AUTH_DENIED',
      account,
      details: { error: name },
      remedy: 'Begin anew when the seller agrees; who agrees must be the account’s primary user.',
    },
  );
}

function incomplete(account: string, field: string): ValidationError {
  return new ValidationError(
    `${field}: the answer for ${account} does not carry it, or not in Amazon's form.`,
    {
      field,
      account,
      remedy:
        'Begin the authorisation anew; if it stays so, look whether something on the way drops parameters.',
    },
  );
}
