import { resolve } from 'node:path';
import { SealedFileSecretManager, type SealKeys, sealKeysOf } from '@fluxori/backend';
import { ConfigurationError, isErrorOf } from '@fluxori/core';
import type { Environment } from './environment.js';

/** What the process was given to find its secrets by. */
export interface SecretsSource {
  readonly env: Environment;
  readonly cwd: string;
}

const keyVariables = 'FLUXORI_SEAL_KEY or FLUXORI_SEAL_KEY_FILE';

/** Where data and secrets lie: `FLUXORI_HOME`, else `.fluxori` where you stand. */
export function homeOf({ env, cwd }: SecretsSource): string {
  return resolve(cwd, env.FLUXORI_HOME ?? '.fluxori');
}

/** The sealed file: `FLUXORI_SECRETS_FILE`, else `secrets.sealed.json` in the home. */
export function secretsFileOf(source: SecretsSource): string {
  const { env, cwd } = source;
  return env.FLUXORI_SECRETS_FILE
    ? resolve(cwd, env.FLUXORI_SECRETS_FILE)
    : resolve(homeOf(source), 'secrets.sealed.json');
}

/**
 * The secrets of the sealed file.
 * @throws ConfigurationError when no sealing key is set, it is the wrong one, or the file cannot be used.
 */
export async function openSecrets(source: SecretsSource): Promise<SealedFileSecretManager> {
  const keys = await sealKeysOf(source.env, source.cwd);
  if (keys !== undefined) return SealedFileSecretManager.open({ file: secretsFileOf(source), keys });
  throw new ConfigurationError('No sealing key is set, so there are no secrets to be had.', {
    field: 'FLUXORI_SEAL_KEY',
    remedy: `Make a key with \`fluxori secrets generate-key\`, keep it as you keep a password, and set ${keyVariables}.`,
  });
}

/** For each name the value, or why there is none; a file that cannot be used is an error. */
export async function findSecrets(
  names: readonly string[],
  source: SecretsSource,
  keys: SealKeys | undefined,
): Promise<ReadonlyMap<string, { value: string } | { missing: string }>> {
  const manager =
    keys === undefined || names.length === 0
      ? undefined
      : await SealedFileSecretManager.open({ file: secretsFileOf(source), keys });
  const find = async (name: string) => {
    if (manager === undefined)
      return { missing: `the secret ${name} needs the sealing key: set ${keyVariables}` };
    try {
      return { value: (await manager.get(name)).reveal() };
    } catch (error) {
      if (!isErrorOf(error, 'ConfigurationError') || error.code !== 'SECRET_UNKNOWN') throw error;
      return { missing: `there is no secret ${name}: put it in with \`fluxori secrets set ${name}\`` };
    }
  };
  return new Map(await Promise.all(names.map(async (name) => [name, await find(name)] as const)));
}
