import { randomUUID } from 'node:crypto';
import { type AuthorisedSeller, type Participation, SellerAuthorisation } from '@fluxori/amazon-sp';
import { type FluxoriBackend, openBackend } from '@fluxori/backend';
import { AuthenticationError, isErrorOf, type Secret, type WritableSecretManager } from '@fluxori/core';
import { NetworkAwareClient } from '@fluxori/network';
import { knownConnectors } from '../composition/connectors.js';
import type { ConfigFile } from '../config/config-file.js';
import type { SecretsSource } from '../config/secrets.js';
import type { Terminal } from '../output/terminal.js';
import { type AccountPlan, type AddOptions, planAccount } from './account-plan.js';
import { CallbackServer } from './callback-server.js';
import type { Questions } from './questions.js';
import { saveAccount } from './save-account.js';

export interface AddParts {
  readonly file: ConfigFile;
  readonly secrets: WritableSecretManager;
  readonly questions: Questions;
  readonly terminal: Terminal;
  readonly source: SecretsSource;
  readonly signal: AbortSignal;
}

export interface AddedAccount {
  readonly account: string;
  readonly sellerId: string;
  readonly marketplaces: readonly string[];
  readonly renewed: boolean;
  readonly file: string;
  /** Where the refresh token lies in the sealed file. */
  readonly secret: string;
  readonly authorizedAt: Date;
  readonly expiresAt: Date;
  /** What Amazon says of the seller's marketplaces; absent when the first call failed. */
  readonly participations?: readonly Participation[];
  readonly problem?: unknown;
}

type EndpointsOfPlan = { readonly lwa?: string; readonly sellerCentral?: string };

/**
 * Adds an account, or renews the authorisation of one: asks for what lacks, sends the person to Seller Central, takes what comes back, stores it,
 * and makes a first call. Until the seller has agreed nothing is changed; after that, all of it or nothing.
 */
export async function addAccount(
  name: string | undefined,
  options: AddOptions & { readonly paste?: boolean },
  parts: AddParts,
): Promise<AddedAccount> {
  const { file, source, questions, terminal, signal } = parts;
  const plan = await planAccount(name, options, await file.accounts(), questions, source);
  // A code is good once: where it will be stored must be ready before it is asked for.
  await file.checkWritable();
  // A state lives as long as this command. No other process needs it, and a worker may have the folder.
  await using backend = await openBackend('memory:');
  await using http = new NetworkAwareClient();
  const seller = await authorise(plan, options.paste ?? false, {
    backend,
    http,
    questions,
    terminal,
    signal,
  });
  const secret = await saveAccount(plan, seller, parts);
  const checked = await firstCall(plan, seller, { backend, http, signal });
  return {
    ...{ account: plan.name, sellerId: seller.sellerId, file: file.path, secret },
    marketplaces: plan.written.marketplaceIds as string[],
    renewed: plan.renews !== undefined,
    ...{ authorizedAt: seller.authorizedAt, expiresAt: seller.expiresAt },
    ...checked,
  };
}

interface AuthoriseParts extends Pick<AddParts, 'questions' | 'terminal' | 'signal'> {
  readonly backend: FluxoriBackend;
  readonly http: NetworkAwareClient;
}

async function authorise(
  plan: AccountPlan,
  paste: boolean,
  parts: AuthoriseParts,
): Promise<AuthorisedSeller> {
  const { backend, http, terminal } = parts;
  const isHere = plan.redirectUri === undefined || plan.redirectUri.startsWith('http:');
  const wanted = plan.redirectUri ?? 'http://127.0.0.1:0/callback';
  await using server = isHere && !paste ? await CallbackServer.listen(wanted) : undefined;
  const redirectUri = server?.redirectUri ?? (plan.redirectUri || 'http://127.0.0.1:9/callback');
  const { applicationId, clientId, clientSecret, draft, endpoints } = plan.filled;
  const authorisation = new SellerAuthorisation({
    application: {
      applicationId: applicationId as string,
      clientId: clientId as string,
      clientSecret: clientSecret as string | Secret,
      redirectUri,
      draft: draft === true,
    },
    ...{ keyValues: backend.keyValues, locks: backend.locks, http },
    ...(endpoints !== undefined && { endpoints: endpoints as EndpointsOfPlan }),
  });
  const asker = randomUUID();
  const { url, expiresAt } = await authorisation.begin({
    ...{ account: plan.name, marketplace: plan.marketplace, asker },
    ...plan.renews,
  });
  terminal.say('Open this address, sign in as the primary user of the seller’s account, and confirm:');
  terminal.say();
  terminal.say(`  ${url}`);
  terminal.say();
  const complete = (callback: string) => authorisation.complete(callback, { asker, signal: parts.signal });
  // Awaited here: the server goes when this function is left.
  return server === undefined
    ? await pasted(complete, redirectUri, parts)
    : await received(complete, server, expiresAt, parts);
}

type Complete = (callback: string) => Promise<AuthorisedSeller>;

async function pasted(
  complete: Complete,
  redirectUri: string,
  parts: AuthoriseParts,
): Promise<AuthorisedSeller> {
  const { questions, terminal } = parts;
  terminal.say(`The browser then goes to ${redirectUri}, whatever it shows there.`);
  for (let left = 2; ; left--) {
    const callback = await questions.ask({
      text: 'Copy the whole address from its address bar within five minutes, and paste it here',
      instead: 'run it without --paste, with a redirect URI of this machine',
    });
    try {
      return await complete(callback);
    } catch (error) {
      if (!isForeign(error) || left === 0) throw error;
      terminal.say(
        'That is not the address of this authorisation. It begins with the redirect URI, and holds a state.',
      );
    }
  }
}

async function received(
  complete: Complete,
  server: CallbackServer & { readonly redirectUri: string },
  expiresAt: Date,
  { signal, terminal }: AuthoriseParts,
): Promise<AuthorisedSeller> {
  const tooLate = AbortSignal.timeout(Math.max(1, expiresAt.getTime() - Date.now()));
  terminal.say(`Waiting for the browser to come back to ${server.redirectUri}. Ctrl-C ends it.`);
  for (;;) {
    const arrival = await server.next(AbortSignal.any([signal, tooLate])).catch((error: unknown) => {
      throw tooLate.aborted && !signal.aborted ? nobodyCame() : error;
    });
    try {
      const seller = await complete(arrival.target);
      arrival.answer(true, `${seller.account} is authorised. You may close this page.`);
      return seller;
    } catch (error) {
      arrival.answer(false, 'This did not work. What to do stands in the terminal.');
      // Anybody on this machine can call the port; who does not know the state does not end the waiting.
      if (!isForeign(error)) throw error;
      terminal.say('A request came that is not the answer to this authorisation; still waiting.');
    }
  }
}

/** Whether what came has nothing to do with this authorisation: the state is still good. */
function isForeign(error: unknown): boolean {
  if (isErrorOf(error, 'ValidationError')) return error.field === 'callback' || error.field === 'state';
  const reason = isErrorOf(error, 'AuthenticationError') ? error.details?.reason : undefined;
  return reason === 'missing' || reason === 'unknown';
}

function nobodyCame(): AuthenticationError {
  return new AuthenticationError('The browser did not come back in time.', {
    code: 'AUTH_STATE_INVALID',
    field: 'state',
    details: { reason: 'expired' },
    remedy: 'Begin anew. When the browser runs on another machine, use --paste.',
  });
}

/** Asks Amazon where the seller sells: that proves token, application and region. */
async function firstCall(
  plan: AccountPlan,
  seller: AuthorisedSeller,
  parts: {
    readonly backend: FluxoriBackend;
    readonly http: NetworkAwareClient;
    readonly signal: AbortSignal;
  },
): Promise<Pick<AddedAccount, 'participations' | 'problem'>> {
  const { connector: _, ...config } = plan.filled;
  const { sellerId, refreshToken } = seller;
  await using connector = knownConnectors().create(
    'amazon-sp',
    { ...config, accountId: plan.name, sellerId, refreshToken } as never,
    { backend: parts.backend, client: parts.http },
  );
  try {
    return {
      participations: await connector.sellers.participations({ signal: parts.signal, maxWaitMs: 5_000 }),
    };
  } catch (problem) {
    parts.signal.throwIfAborted();
    return { problem };
  }
}
