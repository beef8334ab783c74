import { ConfigurationError } from '@fluxori/core';
import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { CompactEncrypt } from 'jose/jwe/compact/encrypt';
import type { SealKey, SealKeys } from './seal-keys.js';

const alg = 'dir';
const enc = 'A256GCM';

/**
 * Seals text so that it can lie where others may read or change it: JWE in compact form (RFC 7516), `dir` with AES-256-GCM.
 * Sealed with the current key, opened with that or an older one; the key's id stands in the header.
 */
export class Sealer {
  readonly #current: SealKey;
  readonly #keys: ReadonlyMap<string, SealKey>;

  constructor(keys: SealKeys) {
    this.#current = keys.current;
    this.#keys = new Map([...(keys.older ?? []), keys.current].map((key) => [key.id, key]));
  }

  async seal(plain: string): Promise<string> {
    return new CompactEncrypt(new TextEncoder().encode(plain))
      .setProtectedHeader({ alg, enc, kid: this.#current.id })
      .encrypt(this.#current.bytes.reveal());
  }

  /**
   * @throws ConfigurationError with code `SEAL_KEY_WRONG` when it was sealed with a key that is not among ours, `SEAL_BROKEN` when it was
   *   damaged or changed, or never was sealed.
   */
  async open(sealed: string): Promise<string> {
    const id = keyIdOf(sealed);
    if (id === undefined) throw broken();
    const key = this.#keys.get(id);
    if (key === undefined) throw this.#wrongKey(id);
    try {
      const { plaintext } = await compactDecrypt(sealed, key.bytes.reveal(), {
        keyManagementAlgorithms: [alg],
        contentEncryptionAlgorithms: [enc],
      });
      return new TextDecoder('utf-8', { fatal: true }).decode(plaintext);
    } catch {
      throw broken();
    }
  }

  /** Whether it was sealed with the current key, so that no older one is needed for it. */
  isCurrent(sealed: string): boolean {
    return keyIdOf(sealed) === this.#current.id;
  }

  /** @throws ConfigurationError with code `SEAL_KEY_WRONG` when no key of ours opens it. */
  checkKey(sealed: string): void {
    const id = keyIdOf(sealed);
    if (id !== undefined && !this.#keys.has(id)) throw this.#wrongKey(id);
  }

  #wrongKey(id: string): ConfigurationError {
    const ours = [...this.#keys.keys()].reverse();
    return new ConfigurationError(
      `This was sealed with the key ${id}, and here there is ${ours.length === 1 ? 'another' : 'none but others'}: ${ours.join(', ')}.`,
      {
        code: 'SEAL_KEY_WRONG',
        field: 'FLUXORI_SEAL_KEY',
        remedy: `Set FLUXORI_SEAL_KEY to the key ${id}, or add it behind the current one, after a comma. Nothing was changed.`,
        details: { sealedWith: id, here: ours },
      },
    );
  }
}

/** The id of the key that it was sealed with; undefined when this is nothing sealed. */
export function keyIdOf(sealed: string): string | undefined {
  try {
    const [header, ...rest] = sealed.split('.');
    if (rest.length !== 4) return undefined;
    const { kid } = JSON.parse(Buffer.from(header as string, 'base64url').toString('utf8')) as {
      kid?: unknown;
    };
    // It goes into messages, so it must be what we make, whoever wrote it.
    return typeof kid === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(kid) ? kid : undefined;
  } catch {
    return undefined;
  }
}

function broken(): ConfigurationError {
  return new ConfigurationError('A sealed value was damaged or changed, so it is not used.', {
    code: 'SEAL_BROKEN',
    remedy: 'Bring it back from a copy, or set it again.',
  });
}
