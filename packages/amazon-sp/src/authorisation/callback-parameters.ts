import { ValidationError } from '@fluxori/core';

/** What a callback may be given as: the URL (absolute, or path and query as `node:http` has it), or its query. */
export type Callback = URL | URLSearchParams | string;

/** What Amazon sends along when it sends the seller back. */
export interface CallbackParameters {
  readonly state?: string;
  readonly sellingPartnerId?: string;
  /** For `grant_type=authorization_code`. Lives five minutes. */
  readonly code?: string;
  /** When the seller did not agree, or Amazon refused. */
  readonly error?: string;
}

/** What Amazon sends along when a seller begins in the Appstore, or renews from "Manage Your Apps". */
export interface LoginParameters {
  readonly amazonCallbackUri: string;
  readonly amazonState: string;
  readonly sellingPartnerId: string;
  /** Whether Amazon said `version=beta`: the way back must say so, too. */
  readonly draft: boolean;
}

/** More than Amazon ever sends; a token of Login with Amazon has 2,048 bytes at most. */
const longest = 4_096;

/** @throws ValidationError when it is no URL, or a parameter comes twice or is endless. */
export function readCallback(callback: Callback): CallbackParameters {
  const query = queryOf(callback);
  const [state, sellingPartnerId, code, error] = [
    only(query, 'state'),
    only(query, 'selling_partner_id'),
    only(query, 'spapi_oauth_code'),
    only(query, 'error'),
  ];
  return {
    ...(state !== undefined && { state }),
    ...(sellingPartnerId !== undefined && { sellingPartnerId }),
    ...(code !== undefined && { code }),
    ...(error !== undefined && { error }),
  };
}

/**
 * Source: developer-docs.amazon.com/sp-api/docs/selling-partner-appstore-authorization-workflow, checked November 2026.
 * @throws ValidationError naming what is missing.
 */
export function readLogin(callback: Callback): LoginParameters {
  const query = queryOf(callback);
  const needed = (name: string): string => {
    const value = only(query, name);
    if (value !== undefined) return value;
    throw new ValidationError(`${name}: Amazon's request to the log-in URI does not carry it.`, {
      field: name,
      remedy: 'Let the seller begin again from the Appstore, or from Manage Your Apps in Seller Central.',
    });
  };
  return {
    amazonCallbackUri: needed('amazon_callback_uri'),
    amazonState: needed('amazon_state'),
    sellingPartnerId: needed('selling_partner_id'),
    draft: only(query, 'version') === 'beta',
  };
}

function queryOf(callback: Callback): URLSearchParams {
  if (callback instanceof URLSearchParams) return callback;
  if (callback instanceof URL) return callback.searchParams;
  const text = callback.trim();
  // `node:http` gives path and query only; the host plays no part here.
  const base = 'http://localhost';
  if (URL.canParse(text, base) && text.includes('?')) return new URL(text, base).searchParams;
  throw new ValidationError('callback: this is not the address to which Amazon sent the seller back.', {
    field: 'callback',
    remedy: 'Give the whole address, with everything behind the question mark.',
  });
}

/** A parameter that must not come twice: two readers might take two different ones for it. */
function only(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1 || (values[0]?.length ?? 0) > longest) {
    throw new ValidationError(`${name}: it comes ${values.length > 1 ? 'more than once' : 'too long'}.`, {
      field: name,
      remedy: 'Begin the authorisation anew; Amazon sends each parameter once.',
    });
  }
  return values[0] || undefined;
}
