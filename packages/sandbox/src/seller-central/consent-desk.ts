import { randomBytes, randomUUID } from 'node:crypto';
import type { Application } from '../lwa/application.js';
import type { Grants } from '../lwa/grants.js';
import type { World } from '../world/world.js';

export interface ConsentDeskParts {
  readonly applications: readonly Application[];
  readonly grants: Grants;
  readonly world: World;
  /** Registered with every application; none means that any https or loopback address will do. */
  readonly redirectUris: readonly string[];
  /** Where sellers who begin in the Appstore are sent to sign in. */
  readonly loginUri: string | undefined;
  /** Whether the applications are drafts, which only `version=beta` lets authorise. */
  readonly draft: boolean;
}

/** What Seller Central says instead of its page. Codes: developer-docs.amazon.com/sp-api/docs/authorization-errors. */
export interface ConsentProblem {
  readonly code: 'MD1000' | 'MD5101' | 'MD9999';
  readonly message: string;
}

/** A request that may be shown to the seller. */
export interface ConsentRequest {
  readonly application: Application;
  readonly state: string;
  readonly redirectUri: string;
  /** Whether the request named it; then the exchange of the code must, too. */
  readonly isNamed: boolean;
}

export type ConsentAnswer = 'confirm' | 'cancel';

/** Seller Central's part in an authorisation: it asks the seller, and sends the browser back with a code. */
export class ConsentDesk {
  readonly #parts: ConsentDeskParts;
  /** By Amazon's own state: who has agreed in the Appstore, and is on the way to sign in at the application's website. */
  readonly #underWay = new Map<string, { readonly applicationId: string; readonly sellerId: string }>();

  constructor(parts: ConsentDeskParts) {
    this.#parts = parts;
  }

  get sellers(): readonly { readonly sellerId: string; readonly name: string }[] {
    return this.#parts.world.sellers;
  }

  /** Looks at the query of `/apps/authorize/consent`. */
  check(query: URLSearchParams): ConsentRequest | ConsentProblem {
    return this.#check(query.get('application_id') ?? '', query);
  }

  /** The address to which the browser goes after the seller's answer. */
  answer(request: ConsentRequest, answer: ConsentAnswer, sellerId: string): URL | ConsentProblem {
    const { application, redirectUri, state, isNamed } = request;
    const back = new URL(redirectUri);
    if (state !== '') back.searchParams.set('state', state);
    if (answer === 'cancel') {
      back.searchParams.set('error', 'access_denied');
      return back;
    }
    if (this.#parts.world.seller(sellerId) === undefined) return problem('There is no such seller.');
    const code = this.#parts.grants.issueCode(application, sellerId, { redirectUri, isNamed });
    back.searchParams.set('selling_partner_id', sellerId);
    back.searchParams.set('mws_auth_token', `amzn.mws.${randomUUID()}`);
    back.searchParams.set('spapi_oauth_code', code);
    return back;
  }

  /** The seller chose "Authorize Now" in the Appstore: the address of the application's log-in page. */
  beginInAppstore(
    applicationId: string,
    sellerId: string,
    options: { readonly ownUrl: string; readonly loginUri?: string | undefined },
  ): URL | ConsentProblem {
    const application = this.#find(applicationId);
    const loginUri = options.loginUri ?? this.#parts.loginUri;
    if (application === undefined) return problem('There is no such application.');
    if (loginUri === undefined) return problem('The application has no log-in URI.');
    if (this.#parts.world.seller(sellerId) === undefined) return problem('There is no such seller.');
    const amazonState = randomBytes(16).toString('base64url');
    this.#underWay.set(amazonState, { applicationId, sellerId });
    const url = new URL(loginUri);
    url.searchParams.set('amazon_callback_uri', `${options.ownUrl}/apps/authorize/confirm/${applicationId}`);
    url.searchParams.set('amazon_state', amazonState);
    url.searchParams.set('selling_partner_id', sellerId);
    if (this.#parts.draft) url.searchParams.set('version', 'beta');
    return url;
  }

  /** The browser comes back from the application's log-in page: on to its redirect URI, with a code. */
  confirm(applicationId: string, query: URLSearchParams): URL | ConsentProblem {
    const amazonState = query.get('amazon_state') ?? '';
    const begun = this.#underWay.get(amazonState);
    if (begun === undefined || begun.applicationId !== applicationId)
      return problem('The amazon_state is unknown, or was used already.');
    const request = this.#check(applicationId, query);
    if ('code' in request) return request;
    this.#underWay.delete(amazonState);
    return this.answer(request, 'confirm', begun.sellerId);
  }

  #check(applicationId: string, query: URLSearchParams): ConsentRequest | ConsentProblem {
    const { draft, redirectUris } = this.#parts;
    const application = this.#find(applicationId);
    if (application === undefined) return problem('The application_id is unknown.');
    if (draft && query.get('version') !== 'beta')
      return { code: 'MD1000', message: 'The application is a draft: the address needs version=beta.' };
    const named = query.get('redirect_uri') ?? undefined;
    const redirectUri = named ?? redirectUris[0];
    if (redirectUri === undefined)
      return { code: 'MD5101', message: 'No redirect URI is registered, and the address names none.' };
    const isRegistered =
      redirectUris.length === 0 ? isAcceptable(redirectUri) : redirectUris.includes(redirectUri);
    if (!isRegistered)
      return {
        code: 'MD5101',
        message: 'The redirect_uri is none of those registered with the application.',
      };
    return { application, state: query.get('state') ?? '', redirectUri, isNamed: named !== undefined };
  }

  #find(applicationId: string): Application | undefined {
    return this.#parts.applications.find((one) => one.applicationId === applicationId);
  }
}

function problem(message: string): ConsentProblem {
  return { code: 'MD9999', message };
}

/** Amazon registers https addresses only; a local Seller Central also sends to the machine that it runs on. */
function isAcceptable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return protocol === 'https:' || (protocol === 'http:' && isLocal);
}
