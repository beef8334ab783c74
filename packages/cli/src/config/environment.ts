import { ConfigurationError, Secret, type SecretManager } from '@fluxori/core';

export type Environment = Readonly<Record<string, string | undefined>>;

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * Puts the environment into a configuration: `"${AMAZON_CLIENT_SECRET}"` in any string stands for that variable,
 * so that a secret need not be in the file.
 *
 * @returns the value, and the path and name of each variable that is not set.
 */
export function fillFromEnvironment(value: unknown, env: Environment): { value: unknown; missing: string[] } {
  const missing: string[] = [];
  const fill = (node: unknown, path: string): unknown => {
    if (typeof node === 'string') {
      return node.replace(reference, (_, name: string) => {
        const found = env[name];
        if (found === undefined || found === '')
          missing.push(`${path}: the environment variable ${name} is not set`);
        return found ?? '';
      });
    }
    if (Array.isArray(node)) return node.map((item, index) => fill(item, `${path}.${index}`));
    if (typeof node === 'object' && node !== null) {
      return Object.fromEntries(
        Object.entries(node).map(([key, item]) => [key, fill(item, path === '' ? key : `${path}.${key}`)]),
      );
    }
    return node;
  };
  return { value: fill(value, ''), missing };
}

/** Secrets from environment variables, by their names. */
export class EnvironmentSecretManager implements SecretManager {
  constructor(private readonly env: Environment) {}

  async get(name: string): Promise<Secret> {
    const value = this.env[name];
    if (value === undefined || value === '') {
      throw new ConfigurationError(`The environment variable ${name} is not set.`, {
        field: name,
        remedy: `Set ${name} before you start the program.`,
      });
    }
    return new Secret(value);
  }
}
