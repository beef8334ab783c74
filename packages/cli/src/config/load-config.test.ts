import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSealKey } from '@fluxori/backend';
import { type ConfigurationError, isErrorOf } from '@fluxori/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from './load-config.js';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'fluxori-config-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const write = (content: unknown, name = 'fluxori.config.json') =>
  writeFile(join(cwd, name), typeof content === 'string' ? content : JSON.stringify(content));
const load = (options: { file?: string; backend?: string; env?: Record<string, string> } = {}) =>
  loadConfig({ cwd, env: {}, ...options });
const problem = async (...args: Parameters<typeof load>): Promise<ConfigurationError> => {
  const error = await load(...args).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!isErrorOf(error, 'ConfigurationError')) throw new Error('no ConfigurationError');
  return error;
};

describe('loadConfig', () => {
  it('works without a file: PGlite in .fluxori where you stand', async () => {
    const { backendUrl, file, config } = await load();
    expect(file).toBeUndefined();
    expect(backendUrl).toBe(`pglite:${join(cwd, '.fluxori', 'data')}`);
    expect(config.accounts).toEqual({});
  });

  it('moves the data with FLUXORI_HOME', async () => {
    const { backendUrl } = await load({ env: { FLUXORI_HOME: '/srv/fluxori' } });
    expect(backendUrl).toBe('pglite:/srv/fluxori/data');
  });

  it('lets the option win over the environment, and that over the file', async () => {
    await write({ backend: 'pglite:./from-file' });
    expect((await load()).backendUrl).toBe(`pglite:${join(cwd, 'from-file')}`);
    const env = { FLUXORI_BACKEND: 'pglite:./from-env' };
    expect((await load({ env })).backendUrl).toBe('pglite:./from-env');
    expect((await load({ env, backend: 'memory:' })).backendUrl).toBe('memory:');
    const empty = { FLUXORI_BACKEND: '' };
    expect((await load({ env: empty })).backendUrl).toBe(`pglite:${join(cwd, 'from-file')}`);
  });

  it('keeps copies of documents beside the data; sealed ones only with a key', async () => {
    expect((await load()).places).toEqual({ contents: `file:${join(cwd, '.fluxori', 'documents')}` });
    const env = { FLUXORI_SEAL_KEY: generateSealKey().reveal() };
    expect((await load({ env, backend: 'pglite:/srv/state/data' })).places).toEqual({
      contents: 'file:/srv/state/documents',
      sealedContents: 'file:/srv/state/documents-sealed',
    });
    const shared = await load({ env: { ...env, FLUXORI_HOME: '/srv/home' }, backend: 'redis://localhost' });
    expect(shared.places.contents).toBe('file:/srv/home/documents');
  });

  it('takes the places of copies from the file, relative to it, and before that from the environment', async () => {
    await write({ documents: { contents: 'file:copies', sealedContents: 's3://bucket/sealed' } });
    const env = { FLUXORI_SEAL_KEY: generateSealKey().reveal() };
    expect((await load({ env })).places).toEqual({
      contents: `file:${join(cwd, 'copies')}`,
      sealedContents: 's3://bucket/sealed',
    });
    const outside = { ...env, FLUXORI_CONTENTS: 's3://other', FLUXORI_SEALED_CONTENTS: '' };
    expect((await load({ env: outside })).places).toEqual({
      contents: 's3://other',
      sealedContents: 's3://bucket/sealed',
    });
  });

  it.each([
    ['file:/srv/documents/', 'file:/srv/documents-sealed'],
    ['s3://bucket/documents?region=eu-west-1', 's3://bucket/documents-sealed?region=eu-west-1'],
    ['s3://bucket?region=eu-west-1', 's3://bucket/documents-sealed?region=eu-west-1'],
  ])('seals copies beside those in %s: in %s', async (contents, sealedContents) => {
    const env = { FLUXORI_SEAL_KEY: generateSealKey().reveal(), FLUXORI_CONTENTS: contents };
    expect((await load({ env })).places).toEqual({ contents, sealedContents });
  });

  it('refuses a place for sealed copies without a key, and says how to get one', async () => {
    await write({ documents: { sealedContents: 'file:sealed' } });
    const error = await problem();
    expect(error.field).toBe('documents.sealedContents');
    expect(error.remedy).toContain('fluxori secrets generate-key');
  });

  it('fills variables from the environment', async () => {
    await write({ accounts: { 'acme-za': { clientSecret: '$' + '{ACME_SECRET}' } } });
    const { config } = await load({ env: { ACME_SECRET: 's3cret' } });
    expect(config.accounts['acme-za']).toEqual({ connector: 'amazon-sp', clientSecret: 's3cret' });
  });

  it('names every variable that is not set, with its place', async () => {
    await write({ accounts: { a: { clientId: '$' + '{ONE}', nested: ['$' + '{TWO}'] } } });
    const error = await problem();
    expect(error.problems).toEqual([
      'accounts.a.clientId: the environment variable ONE is not set',
      'accounts.a.nested.0: the environment variable TWO is not set',
    ]);
  });

  it('lists every problem of the file at once, misspelt fields too', async () => {
    await write({ bakend: 'memory:', worker: { concurrency: 0 }, log: { level: 'loud' } });
    const error = await problem();
    expect(error.message).toContain('3 problems');
    for (const field of ['bakend', 'worker.concurrency', 'log.level']) expect(error.message).toContain(field);
  });

  it('tells what is wrong with a file that is not JSON, or not there', async () => {
    await write('{ "backend": ');
    expect((await problem()).message).toContain('not valid JSON');
    expect((await problem({ file: 'nowhere.json' })).message).toContain('nowhere.json');
  });
});
