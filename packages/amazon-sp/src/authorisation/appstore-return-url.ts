import { ValidationError } from '@fluxori/core';
import { marketplaces } from '../regions/marketplaces.js';
import { checkedRedirectUri } from './authorize-url.js';
import type { LoginParameters } from './callback-parameters.js';

export interface AppstoreReturnParts extends LoginParameters {
  readonly applicationId: string;
  readonly state: string;
  readonly redirectUri?: string | undefined;
  readonly sellerCentralUrl?: string | undefined;
}

/**
 * Where to send the browser of a seller who began at Amazon: back to Amazon's own address, with Amazon's state and ours.
 * Source: developer-docs.amazon.com/sp-api/docs/selling-partner-appstore-authorization-workflow, checked November 2026.
 * @throws ValidationError when that address is not Amazon's (anybody can call a log-in URI, and would make it send people anywhere), or names
 *   another application.
 */
export function appstoreReturnUrl(parts: AppstoreReturnParts): string {
  const { amazonCallbackUri, amazonState, applicationId, draft, redirectUri, state, sellerCentralUrl } =
    parts;
  const url = URL.canParse(amazonCallbackUri) ? new URL(amazonCallbackUri) : undefined;
  if (url === undefined || !isAmazons(url, sellerCentralUrl)) {
    throw notAmazons('it is no address of Seller Central');
  }
  const named = /amzn1\.[\w.-]+/.exec(url.pathname)?.[0];
  if (named !== undefined && named !== applicationId) throw notAmazons('it names another application');
  if (redirectUri !== undefined) url.searchParams.set('redirect_uri', checkedRedirectUri(redirectUri));
  url.searchParams.set('amazon_state', amazonState);
  url.searchParams.set('state', state);
  if (draft) url.searchParams.set('version', 'beta');
  return url.href;
}

function isAmazons(url: URL, sellerCentralUrl: string | undefined): boolean {
  if (!url.pathname.startsWith('/apps/authorize/confirm') || url.username !== '') return false;
  if (sellerCentralUrl !== undefined) return url.origin === new URL(sellerCentralUrl).origin;
  const { hostname, protocol, port } = url;
  const isKnown = marketplaces.some(({ domain }) => hostname === domain || hostname.endsWith(`.${domain}`));
  return protocol === 'https:' && port === '' && isKnown;
}

function notAmazons(why: string): ValidationError {
  return new ValidationError(`amazon_callback_uri: ${why}. Nobody was sent there.`, {
    field: 'amazon_callback_uri',
    remedy: 'Let the seller begin again from the Appstore, or from Manage Your Apps in Seller Central.',
  });
}
