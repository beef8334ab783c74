import type { Secret } from '../secret/secret.js';

/** Where secrets come from: the environment, a sealed file, a vault. */
export interface SecretManager {
  /** @throws ConfigurationError naming the secret when it is not there. */
  get(name: string): Promise<Secret>;
}
