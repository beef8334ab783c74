import { ConfigurationError, Secret, type SecretManager } from '@fluxori/core';

/** Secrets from environment variables, by their names. */
export class EnvironmentSecretManager implements SecretManager {
  constructor(private readonly env: Readonly<Record<string, string | undefined>>) {}

  async get(name: string): Promise<Secret> {
    const value = this.env[name];
    if (value === undefined || value === '') {
      throw new ConfigurationError(`The environment variable ${name} is not set.`, {
        code: 'SECRET_UNKNOWN',
        field: name,
        remedy: `Set ${name} before you start the program.`,
      });
    }
    return new Secret(value);
  }
}
