import { ConfigurationError, type KeyValueStore } from '@fluxori/core';
import { sealMarkKey } from './sealed-key-value-store.js';
import { keyIdOf } from './sealer.js';

/**
 * For the start of a program that has no sealing key: whether the others seal in this store. It would put its tokens between theirs as they are, for
 * everybody to read who can read the store. It leaves nothing in the store.
 * @throws ConfigurationError with code `SEAL_KEY_WRONG` when `SealedKeyValueStore.checkKey()` has left its mark there.
 */
export async function checkUnsealed(store: KeyValueStore): Promise<void> {
  const mark = await store.get(sealMarkKey);
  if (mark === undefined) return;
  const { jwe } = (mark ?? {}) as { jwe?: unknown };
  const id = typeof jwe === 'string' ? keyIdOf(jwe) : undefined;
  const key = id === undefined ? 'the key that the others have' : `the key ${id}`;
  throw new ConfigurationError(`What lies in this store is sealed with ${key}, and here there is none.`, {
    code: 'SEAL_KEY_WRONG',
    field: 'FLUXORI_SEAL_KEY',
    remedy: `Set FLUXORI_SEAL_KEY (or FLUXORI_SEAL_KEY_FILE) to ${key}. Nothing was changed.`,
    details: { ...(id !== undefined && { sealedWith: id }), here: [] },
  });
}
