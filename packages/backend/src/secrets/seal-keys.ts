import { createHash, randomBytes } from 'node:crypto';
import { ConfigurationError, Secret, secret } from '@fluxori/core';

/** A key of 256 bits, for AES in Galois/counter mode. */
export interface SealKey {
  /** Names the key without telling it: a part of its hash. It stands in the header of whatever was sealed (`kid`). */
  readonly id: string;
  readonly bytes: Secret<Uint8Array>;
}

/** What is sealed with and, beside that, what is still opened with. */
export interface SealKeys {
  readonly current: SealKey;
  readonly older?: readonly SealKey[];
}

const keyBytes = 32;
/** Of 32 random bytes, fewer than 16 different ones come about as seldom as a key is guessed. */
const leastDifferentBytes = 16;

/**
 * Reads keys as they are configured: base64url (or base64) of 32 random bytes; several are separated by commas, and the first is current.
 *
 * @throws ConfigurationError that says which key is no key; it never repeats one.
 */
export function sealKeysFrom(text: string | Secret): SealKeys {
  const parts = secret(text)
    .reveal()
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const [current, ...older] = parts.map((part, index) => sealKeyFrom(part, index, parts.length));
  if (current === undefined) throw noKey('it is empty');
  return older.length === 0 ? { current } : { current, older };
}

/** A new key as it is written down; keep it as you keep a password. */
export function generateSealKey(): Secret {
  return new Secret(randomBytes(keyBytes).toString('base64url'));
}

function sealKeyFrom(text: string, index: number, count: number): SealKey {
  const which = count === 1 ? 'it' : `key ${index + 1} of ${count}`;
  if (!/^[A-Za-z0-9_+/-]+={0,2}$/.test(text)) throw noKey(`${which} is not base64url`);
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'));
  if (bytes.length !== keyBytes) throw noKey(`${which} has ${bytes.length} bytes instead of ${keyBytes}`);
  if (new Set(bytes).size < leastDifferentBytes) throw noKey(`${which} is not random`);
  const id = createHash('sha256')
    .update('fluxori-seal-key\u0000')
    .update(bytes)
    .digest('base64url')
    .slice(0, 12);
  return { id, bytes: new Secret(bytes) };
}

function noKey(problem: string): ConfigurationError {
  return new ConfigurationError(`The sealing key cannot be used: ${problem}.`, {
    field: 'FLUXORI_SEAL_KEY',
    remedy: 'Make one with `fluxori secrets generate-key` and set it whole.',
  });
}
