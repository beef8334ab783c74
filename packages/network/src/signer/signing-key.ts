import { KeyObject } from 'node:crypto';
import { ConfigurationError, type JsonValue, Secret } from '@fluxori/core';
import { type CryptoKey, importJWK, importPKCS8, type JWK } from 'jose';

export type SigningAlgorithm = 'ES256' | 'EdDSA' | 'HS256';

/** One key that signs. The receiver finds its other half by `kid`, so that the old and the new one can be in use at the same time. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  /** ES256, EdDSA: the private key as PEM (PKCS #8) or JWK. HS256: base64url of 32 bytes or more, shared with the receiver. */
  readonly key: string | Secret | Readonly<Record<string, JsonValue>> | KeyObject | CryptoKey;
}

/** A key in the form that signs. */
export type UsableKey = CryptoKey | KeyObject | Uint8Array;

/** Below this an HMAC is weaker than its hash. Source: RFC 7518, section 3.2. */
const shortestHmacBytes = 32;

/** @throws ConfigurationError that never shows the key. */
export async function usableKey({ kid, alg, key }: SigningKey): Promise<UsableKey> {
  const material = key instanceof Secret ? key.reveal() : key;
  if (alg === 'HS256') return hmacKey(kid, material);
  try {
    if (typeof material === 'string') return await importPKCS8(material.trim(), alg);
    if (material instanceof KeyObject || isCryptoKey(material)) return material;
    const imported = await importJWK(material as JWK, alg);
    if (!(imported instanceof Uint8Array)) return imported;
  } catch {
    // What went wrong there may quote the key.
  }
  throw unusable(
    kid,
    alg,
    'Give the private key as PEM (BEGIN PRIVATE KEY) or JWK, of the curve that the algorithm wants.',
  );
}

function hmacKey(kid: string, material: unknown): Uint8Array {
  const bytes = typeof material === 'string' ? Buffer.from(material.trim(), 'base64url') : undefined;
  if (bytes !== undefined && bytes.length >= shortestHmacBytes) return bytes;
  throw unusable(kid, 'HS256', 'Give base64url of 32 bytes or more, e.g. from `openssl rand -base64 32`.');
}

export function unusable(kid: string, alg: string, remedy: string): ConfigurationError {
  return new ConfigurationError(`The signing key ${kid} cannot sign with ${alg}.`, {
    field: 'signer.key',
    remedy,
  });
}

function isCryptoKey(value: unknown): value is CryptoKey {
  return Object.prototype.toString.call(value) === '[object CryptoKey]';
}
