import type { AuthorisedSeller } from '@fluxori/amazon-sp';
import { isErrorOf, type JsonValue, type Secret, type WritableSecretManager } from '@fluxori/core';
import type { ConfigFile } from '../config/config-file.js';
import { removeMember, setMember } from '../config/json-edit.js';
import { type AccountPlan, secretName } from './account-plan.js';

export interface SaveParts {
  readonly file: ConfigFile;
  readonly secrets: WritableSecretManager;
}

/**
 * Stores the refresh token and writes the account into the file: both, or, when one of them fails, neither.
 * @returns the name under which the refresh token lies.
 */
export async function saveAccount(
  plan: AccountPlan,
  seller: AuthorisedSeller,
  { file, secrets }: SaveParts,
): Promise<string> {
  const name = refreshTokenName(plan);
  const undo: (() => Promise<unknown>)[] = [];
  const put = async (key: string, value: Secret, options: { expiresAt?: Date } = {}) => {
    const before = await find(secrets, key);
    await secrets.set(key, value, options);
    undo.push(() => (before === undefined ? secrets.delete(key) : secrets.set(key, before)));
  };
  try {
    await put(name, seller.refreshToken, { expiresAt: seller.expiresAt });
    if (plan.typedSecret) await put(plan.typedSecret.name, plan.typedSecret.value);
    await file.change((text) => withAccount(text, plan, seller, name));
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
  return name;
}

/** Where the account's token lay before, if that was a place that can be written. */
function refreshTokenName({ name, written }: AccountPlan): string {
  const { refreshToken } = written;
  const named = typeof refreshToken === 'string' ? /^secret:(.+)$/.exec(refreshToken)?.[1] : undefined;
  return named ?? secretName(name, 'refresh-token');
}

function withAccount(text: string, plan: AccountPlan, seller: AuthorisedSeller, token: string): string {
  const account: Record<string, unknown> = {
    ...plan.written,
    sellerId: seller.sellerId,
    refreshToken: `secret:${token}`,
    authorizedAt: seller.authorizedAt.toISOString(),
  };
  const path = ['accounts', plan.name];
  if (plan.renews === undefined) return setMember(text, path, account as JsonValue);
  // Field by field: what is as it was stays as it was written.
  const { accounts } = JSON.parse(text) as { accounts: Record<string, Record<string, unknown>> };
  const old = withOneName(accounts[plan.name] ?? {});
  const changed = Object.entries(account).filter(
    ([field, value]) => field !== 'connector' && JSON.stringify(old[field]) !== JSON.stringify(value),
  );
  const isMoved = changed.some(([field]) => field === 'marketplaceIds');
  const base = isMoved ? removeMember(text, [...path, 'marketplaceId']) : text;
  return changed.reduce(
    (edited, [field, value]) => setMember(edited, [...path, field], value as JsonValue),
    base,
  );
}

/** `marketplaceId` is another way to write one of `marketplaceIds`. */
function withOneName(old: Record<string, unknown>): Record<string, unknown> {
  return old.marketplaceId === undefined ? old : { ...old, marketplaceIds: [old.marketplaceId] };
}

async function find(secrets: WritableSecretManager, name: string): Promise<Secret | undefined> {
  try {
    return await secrets.get(name);
  } catch (error) {
    if (isErrorOf(error, 'ConfigurationError') && error.code === 'SECRET_UNKNOWN') return undefined;
    throw error;
  }
}
