import type { WritableSecretManager } from '@fluxori/core';
import type { ConfigFile } from '../config/config-file.js';
import { removeMember } from '../config/json-edit.js';

export interface RemovedAccount {
  readonly account: string;
  /** The secret that went with it. */
  readonly secret?: string;
}

/** Takes an account out of the file, and then its refresh token, unless another account names the same. */
export async function removeAccount(
  account: string,
  parts: { readonly file: ConfigFile; readonly secrets: () => Promise<WritableSecretManager> },
): Promise<RemovedAccount> {
  const { [account]: removed, ...others } = await parts.file.accounts();
  const named = /^secret:(.+)$/.exec(String(removed?.refreshToken ?? ''))?.[1];
  const isShared = JSON.stringify(others).includes(JSON.stringify(`secret:${named}`));
  const secret = isShared ? undefined : named;
  // Opened first: with a wrong key, neither is touched.
  const secrets = secret === undefined ? undefined : await parts.secrets();
  await parts.file.change((text) => removeMember(text, ['accounts', account]));
  if (secret === undefined || secrets === undefined) return { account };
  return { account, ...((await secrets.delete(secret)) && { secret }) };
}
