import { existsSync } from 'node:fs';
import { openBackend, SealedKeyValueStore, Sealer, type SealKeys, sealMarkKey } from '@fluxori/backend';
import { ConfigurationError, isErrorOf, type Logger } from '@fluxori/core';
import { refusalKeyPrefix, tokenKeyPrefix } from '@fluxori/network';
import { folderOf } from '../desk/desk-path.js';

/** What became of the tokens (and remembered refusals) in a backend. */
export interface RotatedTokens {
  resealed: number;
  /** Lay there unsealed, and were removed: they are fetched again. */
  unsealed: number;
  /** Sealed with a key that we do not have. */
  unreadable: number;
}

/**
 * Seals the tokens of a backend with the current key, each under the lock that whoever fetches it holds.
 *
 * @param options.dropUnreadable - removes those whose key is lost; they are fetched again.
 * @returns undefined when there is nothing to do: the folder does not exist yet, or a worker has it (its tokens end within the hour).
 */
export async function rotateTokens(
  backendUrl: string,
  keys: SealKeys,
  options: { dropUnreadable: boolean; logger: Logger; signal: AbortSignal },
): Promise<RotatedTokens | undefined> {
  const { dropUnreadable, logger, signal } = options;
  const folder = folderOf(backendUrl);
  if (backendUrl.startsWith('memory:') || (folder !== undefined && !existsSync(folder))) return undefined;
  await using backend = await openBackend(backendUrl, { logger }).catch(inUse);
  if (backend === undefined) return undefined;
  const { keyValues, locks } = backend;
  const store = new SealedKeyValueStore({ store: keyValues, sealer: new Sealer(keys), logger });
  const names = await Promise.all([tokenKeyPrefix, refusalKeyPrefix].map((prefix) => store.keys(prefix)));
  const done: RotatedTokens = { resealed: 0, unsealed: 0, unreadable: 0 };
  for (const key of [...names.flat(), sealMarkKey]) {
    await locks.withLock(
      key,
      async () => {
        const became = await store.reseal(key).catch(wrongKey);
        // The mark is no token, but with its key lost no program would start.
        if (became === 'unreadable') done.unreadable += 1;
        else if (key !== sealMarkKey && (became === 'resealed' || became === 'unsealed')) done[became] += 1;
        if (became === 'unsealed' || (became === 'unreadable' && dropUnreadable)) await store.delete(key);
      },
      { signal },
    );
  }
  return done;
}

function inUse(error: unknown): undefined {
  if (isErrorOf(error, 'ConfigurationError') && error.code === 'BACKEND_IN_USE') return undefined;
  throw error;
}

function wrongKey(error: unknown): 'unreadable' {
  if (isErrorOf(error, 'ConfigurationError') && error.code === 'SEAL_KEY_WRONG') return 'unreadable';
  throw error;
}

/** Some tokens stay as they are because their key is not here. */
export function unreadableTokens(count: number): ConfigurationError {
  return new ConfigurationError(
    `${count} stored value${count === 1 ? ' was' : 's were'} sealed with a key that is not here, and left as ${count === 1 ? 'it is' : 'they are'}.`,
    {
      code: 'SEAL_KEY_WRONG',
      field: 'FLUXORI_SEAL_KEY',
      remedy:
        'Add the older key behind the current one in FLUXORI_SEAL_KEY and run this again. If it is lost: `fluxori secrets rotate --drop-unreadable`; tokens are then fetched anew.',
    },
  );
}
