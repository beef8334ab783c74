import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { Secret, type SecretManager } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { AwsSecretManager } from './aws-secrets.js';
import { GcpSecretManager } from './gcp-secrets.js';
import { VaultSecretManager } from './vault-secrets.js';

const name = 'acme-client-secret';
const value = 'amzn1.oa2-cs.v1.very-secret';
const broken = () => Object.assign(new Error('throttled'), { name: 'ThrottlingException', code: 14 });

/** Clients that answer as the vendors' do. */
const aws = new AwsSecretManager({
  async getSecretValue({ SecretId }) {
    if (SecretId === 'trouble') throw broken();
    if (SecretId !== name) throw Object.assign(new Error('no'), { name: 'ResourceNotFoundException' });
    return { SecretString: value };
  },
});
const gcp = new GcpSecretManager(
  {
    async accessSecretVersion({ name: version }) {
      if (version.includes('trouble')) throw broken();
      if (version !== `projects/my-project/secrets/${name}/versions/latest`) {
        throw Object.assign(new Error('5 NOT_FOUND'), { code: 5 });
      }
      return [{ payload: { data: new TextEncoder().encode(value) } }, undefined, undefined];
    },
  },
  'my-project',
);
const vault = new VaultSecretManager({
  url: 'https://vault.example:8200',
  token: new Secret('hvs.very-secret'),
  fetch: async (url, options) => {
    expect(new Headers(options?.headers).get('x-vault-token')).toBe('hvs.very-secret');
    if (String(url).endsWith('trouble')) return new Response('{"errors":[]}', { status: 503 });
    const isThere = url === `https://vault.example:8200/v1/secret/data/${name}`;
    return isThere
      ? Response.json({ data: { data: { value }, metadata: { version: 1 } } })
      : Response.json({ errors: [] }, { status: 404 });
  },
});
const managers: [string, SecretManager][] = [
  ['aws', aws],
  ['gcp', gcp],
  ['vault', vault],
];

describe.each(managers)('the adapter for %s', (vendor, manager) => {
  it('gives a secret, names one that is missing with its remedy, and passes on that the vendor is in trouble', async () => {
    expect((await manager.get(name)).reveal()).toBe(value);
    const missing = await manager.get('other').catch((error: unknown) => error);
    expect(missing).toMatchObject({
      name: 'ConfigurationError',
      code: 'SECRET_UNKNOWN',
      message: expect.stringContaining('other'),
      remedy: expect.stringContaining('other'),
    });
    const trouble = await manager.get('trouble').catch((error: unknown) => error);
    expect(inspect(trouble)).toMatch(/throttled|503/);
    expect(inspect([missing, trouble])).not.toContain('very-secret');
  });

  it('stands in docs/secrets.md as it is here', async () => {
    const page = await readFile(new URL('../secrets.md', import.meta.url), 'utf8');
    const example = await readFile(new URL(`./${vendor}-secrets.ts`, import.meta.url), 'utf8');
    expect(page).toContain(`\`\`\`ts\n${example}\`\`\``);
  });
});
