import { ValidationError } from '@fluxori/core';
import { sellerCentralUrl } from './seller-central.js';

export interface AuthorizeUrlParts {
  /** The application's id in the developer console, e.g. `amzn1.sp.solution.…`: not the LWA client id. */
  readonly applicationId: string;
  /** Whose Seller Central the seller signs in to: id or country code. */
  readonly marketplace: string;
  /** From `AuthorisationStates.issue`. */
  readonly state: string;
  /** One of those registered with the application. Without it, Amazon takes the first of them. */
  readonly redirectUri?: string | undefined;
  /** Whether the application is still a draft: Amazon wants `version=beta` then, and answers MD1000 without it. */
  readonly draft?: boolean | undefined;
  /** Instead of the marketplace's Seller Central: a local one. */
  readonly sellerCentralUrl?: string | undefined;
}

/**
 * The page where a seller lets an application in.
 * Source: developer-docs.amazon.com/sp-api/docs/website-authorization-workflow and /authorization-errors, checked November 2026.
 * @throws ValidationError naming `applicationId`, `marketplace` or `redirectUri`.
 */
export function authorizeUrl(parts: AuthorizeUrlParts): string {
  const { applicationId, state, redirectUri, draft } = parts;
  if (!/^amzn1\.(sp\.solution|sellerapps\.app)\.[\w-]+$/.test(applicationId)) {
    throw new ValidationError(
      'applicationId: an application id begins with amzn1.sp.solution. or amzn1.sellerapps.app.',
      {
        field: 'applicationId',
        remedy: 'Copy the App ID from the developer console; the LWA client id is another thing.',
      },
    );
  }
  const base = parts.sellerCentralUrl ?? sellerCentralUrl(parts.marketplace);
  const url = new URL('/apps/authorize/consent', base);
  url.searchParams.set('application_id', applicationId);
  url.searchParams.set('state', state);
  if (redirectUri !== undefined) url.searchParams.set('redirect_uri', checkedRedirectUri(redirectUri));
  if (draft) url.searchParams.set('version', 'beta');
  return url.href;
}

/**
 * Amazon registers https addresses only; an http address of this machine is good for a local Seller Central.
 * @throws ValidationError naming `redirectUri`.
 */
export function checkedRedirectUri(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isGood =
    url !== undefined &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) &&
    url.hash === '' &&
    url.username === '' &&
    url.password === '';
  if (isGood) return text;
  throw new ValidationError(
    'redirectUri: write an absolute https URL without a fragment or a user; http is for this machine only.',
    {
      field: 'redirectUri',
      remedy: 'Use one of the redirect URIs that are registered with the application, letter by letter.',
    },
  );
}

/** Whether this name can only be the machine itself. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
