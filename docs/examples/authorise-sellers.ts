import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AuthorisedSeller, SellerAuthorisation } from '@fluxori/amazon-sp';
import { isErrorOf, isFluxoriError } from '@fluxori/core';

export interface AuthorisationSite {
  readonly authorisation: SellerAuthorisation;
  /** Who is signed in with you, or nobody. Here the platform's own sessions come in. */
  readonly account: (cookie: string | undefined) => string | undefined;
  /** Keeps the refresh token (`seller.refreshToken`, a `Secret`) where your secrets lie, and the rest with the account. */
  readonly store: (seller: AuthorisedSeller) => Promise<void>;
}

/** The four pages by which sellers let your application in. Mount them in your web application; here on plain node:http. */
export function authorisationSite(site: AuthorisationSite): Server {
  return createServer(listener(site));
}

function listener({ authorisation, account, store }: AuthorisationSite): RequestListener {
  const pages: Record<string, (visit: Visit) => Promise<void>> = {
    // The "Authorize" button of your website.
    '/amazon/authorize': async ({ owner, asker, response }) => {
      const { url } = await authorisation.begin({ account: owner, marketplace: 'ZA', asker });
      redirect(response, url, asker);
    },
    // The log-in URI: a seller comes from Amazon's Appstore, or renews there.
    '/amazon/login': async ({ owner, asker, target, response }) => {
      const { url } = await authorisation.beginFromAmazon(target, {
        account: owner,
        marketplace: 'ZA',
        asker,
      });
      redirect(response, url, asker);
    },
    // The redirect URI.
    '/amazon/callback': async ({ asker, target, response }) => {
      await store(await authorisation.complete(target, { asker }));
      // Another page, so that a reload does not send the code again, and the code does not stay in the address bar.
      redirect(response, '/amazon/done');
    },
    '/amazon/done': async ({ response }) => send(response, 200, 'Your Amazon account is connected.'),
  };
  return async (request, response) => {
    const target = request.url ?? '/';
    const page = pages[target.split('?')[0] ?? ''];
    const owner = account(request.headers.cookie);
    if (page === undefined) return send(response, 404, 'There is no such page.');
    if (owner === undefined) return send(response, 401, 'Please sign in first.');
    const asker = cookieOf(request.headers.cookie) ?? randomBytes(32).toString('base64url');
    try {
      await page({ owner, asker, target, response });
    } catch (error) {
      // Message and remedy hold no secret, but speak to whoever runs the site; its log is the place for them.
      console.error(isFluxoriError(error) ? error.toJSON() : error);
      const isTheirs = isErrorOf(error, 'AuthenticationError') || isErrorOf(error, 'ValidationError');
      const text = isTheirs ? 'This did not work. Please begin again.' : 'Please try again in a few minutes.';
      send(response, isTheirs ? 400 : 503, text);
    }
  };
}

interface Visit {
  readonly owner: string;
  /** This browser. What it began, no other browser can finish. */
  readonly asker: string;
  readonly target: string;
  readonly response: ServerResponse;
}

/** Amazon's advice: the code in an address must not travel on as a referrer. */
const safeHeaders = {
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'",
};

function redirect(response: ServerResponse, location: string, asker?: string): void {
  // Lax, not Strict: the browser comes back from Amazon's site and must bring the cookie along.
  const cookie = `amazon_asker=${asker}; Path=/amazon; HttpOnly; Secure; SameSite=Lax; Max-Age=900`;
  response.writeHead(303, { ...safeHeaders, location, ...(asker && { 'set-cookie': cookie }) }).end();
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...safeHeaders, 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

function cookieOf(header: string | undefined): string | undefined {
  return /(?:^|; )amazon_asker=([\w-]{43})/.exec(header ?? '')?.[1];
}
