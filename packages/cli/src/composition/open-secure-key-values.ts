import { checkUnsealed, SealedKeyValueStore, Sealer, type SealKeys } from '@fluxori/backend';
import type { KeyValueStore, Logger } from '@fluxori/core';

/**
 * Where tokens lie: sealed, when there is a key. It is checked now, and not job by job: with the wrong key this process would fail what others can
 * do, and without one it would leave its tokens unsealed between theirs.
 * @throws ConfigurationError with code `SEAL_KEY_WRONG` when the others seal with a key that is not ours.
 */
export async function openSecureKeyValues(
  store: KeyValueStore,
  keys: SealKeys | undefined,
  logger: Logger,
): Promise<KeyValueStore> {
  if (keys === undefined) {
    await checkUnsealed(store);
    return store;
  }
  const sealed = new SealedKeyValueStore({ store, sealer: new Sealer(keys), logger });
  await sealed.checkKey();
  return sealed;
}
