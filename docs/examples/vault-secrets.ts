import { ConfigurationError, RemoteError, Secret, type SecretManager } from '@fluxori/core';

/** HashiCorp Vault, key/value engine version 2 at `secret/`, each secret in the field `value`. Needs no client but `fetch`. */
export class VaultSecretManager implements SecretManager {
  constructor(private readonly options: { url: string; token: Secret; fetch?: typeof fetch }) {}

  async get(name: string): Promise<Secret> {
    const { url, token, fetch: send = fetch } = this.options;
    const headers = { 'x-vault-token': token.reveal() };
    const answer = await send(`${url}/v1/secret/data/${name}`, { headers, redirect: 'error' });
    if (!answer.ok && answer.status !== 404) {
      throw new RemoteError(`Vault answered ${answer.status}.`, { status: answer.status });
    }
    const value = answer.ok ? ((await answer.json()) as VaultAnswer).data?.data?.value : undefined;
    if (typeof value === 'string' && value !== '') return new Secret(value);
    const remedy = `vault kv put -mount=secret ${name} value=-`;
    throw new ConfigurationError(`There is no secret ${name} in Vault.`, {
      code: 'SECRET_UNKNOWN',
      field: name,
      remedy,
    });
  }
}

interface VaultAnswer {
  readonly data?: { readonly data?: { readonly value?: unknown } | null };
}
