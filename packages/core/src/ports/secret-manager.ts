import type { Secret } from '../secret/secret.js';

/** Where secrets come from: the environment, a sealed file, a vault. */
export interface SecretManager {
  /** @throws ConfigurationError naming the secret and the remedy when it is not there. */
  get(name: string): Promise<Secret>;
}

/** What may be told about a secret. */
export interface SecretDescription {
  readonly name: string;
  readonly updatedAt?: Date;
  /** When the other side stops accepting it, as far as it is known. */
  readonly expiresAt?: Date;
}

/** A place of secrets that can be written, too. */
export interface WritableSecretManager extends SecretManager {
  set(name: string, value: Secret, options?: { expiresAt?: Date }): Promise<void>;
  /** @returns whether it was there. */
  delete(name: string): Promise<boolean>;
  /** In order of name; never the values. */
  list(): Promise<readonly SecretDescription[]>;
}
