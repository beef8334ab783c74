import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type SealKeys, sealKeysOf } from '@fluxori/backend';
import { ConfigurationError, checkConfig } from '@fluxori/core';
import { type CliConfig, configSchema } from './config.js';
import { type Environment, fillReferences, secretsNamedIn } from './environment.js';
import { notJson } from './not-json.js';
import { findSecrets, homeOf, type SecretsSource } from './secrets.js';

/** The file's name when none is given. */
export const defaultConfigFile = 'fluxori.config.json';

export interface LoadedConfig {
  readonly config: CliConfig;
  /** The file that was read; undefined when there is none and the defaults hold. */
  readonly file?: string;
  /** Where data lives when the backend's URL does not say: `FLUXORI_HOME`, else `.fluxori` where you stand. */
  readonly home: string;
  /** The backend's URL: the option, else `FLUXORI_BACKEND`, else the file, else PGlite in the home. */
  readonly backendUrl: string;
  /** What tokens are sealed with, when it is configured. */
  readonly sealKeys?: SealKeys;
}

export interface ConfigSource {
  /** `--config`. Such a file must exist; the default one need not. */
  readonly file?: string;
  /** `--backend`. */
  readonly backend?: string;
  readonly env: Environment;
  readonly cwd: string;
}

/**
 * Reads the configuration: the file, with the environment and the sealed secrets filled in, and the options over both.
 * @throws ConfigurationError that lists every problem at once.
 */
export async function loadConfig(source: ConfigSource): Promise<LoadedConfig> {
  const named = source.file ?? source.env.FLUXORI_CONFIG;
  const file = resolve(source.cwd, named ?? defaultConfigFile);
  const text = await readConfigFile(file, named !== undefined);
  const home = homeOf(source);
  const sealKeys = await sealKeysOf(source.env, source.cwd);
  const config =
    text === undefined ? configSchema.parse({}) : await parseConfig(text, file, source, sealKeys);
  const fromOutside = source.backend ?? source.env.FLUXORI_BACKEND;
  const backendUrl =
    fromOutside ??
    (config.backend === undefined
      ? `pglite:${join(home, 'data')}`
      : besideFile(config.backend, dirname(file)));
  return { config, ...(text !== undefined && { file }), home, backendUrl, ...(sealKeys && { sealKeys }) };
}

async function readConfigFile(file: string, required: boolean): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT' && !required) return undefined;
    throw new ConfigurationError(
      `The configuration file ${file} cannot be read (${(cause as { code?: string }).code}).`,
      {
        field: 'config',
        remedy: 'Correct the path given by --config or FLUXORI_CONFIG, or the rights of the file.',
        cause,
      },
    );
  }
}

async function parseConfig(
  text: string,
  file: string,
  source: SecretsSource,
  keys: SealKeys | undefined,
): Promise<CliConfig> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw notJson(file, cause);
  }
  const secrets = await findSecrets(secretsNamedIn(raw), source, keys);
  const { value, missing } = fillReferences(raw, {
    env: source.env,
    secret: (name) => secrets.get(name) ?? { missing: `there is no secret ${name}` },
  });
  if (missing.length > 0) {
    throw new ConfigurationError(
      `${file} names values that are not there:\n${missing.map((line) => `  - ${line}`).join('\n')}`,
      {
        problems: missing,
        field: missing[0]?.split(':')[0],
        remedy:
          'Set the variables, and put the secrets into the sealed file; then `fluxori config check` tells the rest.',
      },
    );
  }
  return checkConfig(configSchema, value, file);
}

/** A relative folder in the file is relative to the file, not to where the command was called. */
function besideFile(url: string, folder: string): string {
  const path = url.startsWith('pglite:') ? url.slice('pglite:'.length) : undefined;
  return path === undefined || isAbsolute(path) ? url : `pglite:${join(folder, path)}`;
}
