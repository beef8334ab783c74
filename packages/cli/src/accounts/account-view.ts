import { type AmazonSPConnector, type CredentialKind, credentialEnds } from '@fluxori/amazon-sp';
import { type AccountId, type Health, isFluxoriError } from '@fluxori/core';
import type { App } from '../composition/open-app.js';

/** How near an end is, for people and programs. */
export interface EndView {
  readonly expiresAt: Date;
  readonly daysLeft: number;
  readonly stage: string;
}

/** One account as `fluxori accounts list` shows it. No call is made for it. */
export interface AccountView {
  readonly account: string;
  readonly sellerId?: string;
  readonly marketplaces: readonly string[];
  readonly token: {
    readonly state: 'granted' | 'refused' | 'unused';
    readonly expiresAt?: string;
    readonly code?: string;
  };
  readonly clientSecret?: EndView;
  readonly authorisation?: EndView;
  /** What is to be done, most urgent first. */
  readonly remedies: readonly string[];
  /** Why the connector could not be made. */
  readonly problem?: string;
}

/** @param nowMs - milliseconds since the epoch. */
export async function accountView(app: App, account: AccountId, nowMs: number): Promise<AccountView> {
  let connector: AmazonSPConnector;
  try {
    connector = await app.connectors.get(account);
  } catch (error) {
    if (!isFluxoriError(error)) throw error;
    const problem = error.message;
    return { account, marketplaces: [], token: { state: 'unused' }, remedies: [error.remedy ?? ''], problem };
  }
  const { config } = connector;
  const { token } = (await connector.health()).parts ?? {};
  const ends = credentialEnds(config, nowMs);
  const end = (kind: CredentialKind): EndView | undefined => ends.find((one) => one.kind === kind);
  const { clientSecret, authorisation } = {
    clientSecret: end('clientSecret'),
    authorisation: end('authorisation'),
  };
  return {
    ...{ account, sellerId: config.sellerId, marketplaces: config.marketplaces.map(({ code }) => code) },
    token: tokenView(token),
    ...(clientSecret && { clientSecret: plain(clientSecret) }),
    ...(authorisation && { authorisation: plain(authorisation) }),
    remedies: [
      ...(typeof token?.details?.remedy === 'string' ? [token.details.remedy] : []),
      ...ends.filter(({ stage }) => stage !== 'far').map(({ message, remedy }) => `${message} ${remedy}`),
    ],
  };
}

function plain({ expiresAt, daysLeft, stage }: EndView): EndView {
  return { expiresAt, daysLeft, stage };
}

function tokenView(token: Health | undefined): AccountView['token'] {
  const { expiresAt, lastError } = (token?.details ?? {}) as {
    expiresAt?: string;
    lastError?: { code: string };
  };
  if (lastError !== undefined) return { state: 'refused', code: lastError.code };
  return expiresAt === undefined ? { state: 'unused' } : { state: 'granted', expiresAt };
}

/** `2027-05-01 (in 160 days)`. */
export function endText(end: EndView | undefined): string {
  if (end === undefined) return 'not known';
  const day = end.expiresAt.toISOString().slice(0, 10);
  if (end.stage === 'past') return `${day} (over)`;
  const text = `${day} (in ${end.daysLeft} day${end.daysLeft === 1 ? '' : 's'})`;
  return end.stage === 'urgent' ? `${text} !` : text;
}

export function tokenText({ state, code, expiresAt }: AccountView['token']): string {
  if (state === 'refused') return `refused (${code})`;
  return state === 'granted' ? `good until ${expiresAt?.slice(11, 16)} UTC` : 'no call yet';
}
