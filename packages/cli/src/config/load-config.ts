import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type SealKeys, sealKeysOf } from '@fluxori/backend';
import { ConfigurationError, checkConfig } from '@fluxori/core';
import { type CliConfig, configSchema } from './config.js';
import { type ContentPlaces, contentPlaces } from './content-places.js';
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
  /** The backend's URL: the option, else `FLUXORI_BACKEND` (empty is as unset), else the file, else PGlite in the home. */
  readonly backendUrl: string;
  /** Where copies of documents lie. */
  readonly places: ContentPlaces;
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
  return load(source, (raw) => raw, (source.file ?? source.env.FLUXORI_CONFIG) !== undefined);
}

/** Where state lives and what it is sealed with. */
export type StorePlace = Pick<LoadedConfig, 'home' | 'backendUrl' | 'sealKeys'>;

/**
 * As `loadConfig`, for a command that completes the file: the file need not be there yet, and nothing in it counts but the backend.
 * @throws ConfigurationError
 */
export async function loadStorePlace(source: ConfigSource): Promise<StorePlace> {
  return load(source, (raw) => onlyBackend(raw), false);
}

function onlyBackend(raw: unknown): unknown {
  const { backend } = (raw ?? {}) as { backend?: unknown };
  return backend === undefined ? {} : { backend };
}

async function load(
  source: ConfigSource,
  part: (raw: unknown) => unknown,
  fileRequired: boolean,
): Promise<LoadedConfig> {
  const file = resolve(source.cwd, source.file ?? source.env.FLUXORI_CONFIG ?? defaultConfigFile);
  const text = await readConfigFile(file, fileRequired);
  const home = homeOf(source);
  const sealKeys = await sealKeysOf(source.env, source.cwd);
  const config =
    text === undefined
      ? configSchema.parse({})
      : await filled(part(jsonOf(text, file)), file, source, sealKeys);
  const fromOutside = source.backend ?? (source.env.FLUXORI_BACKEND || undefined);
  const backendUrl =
    fromOutside ??
    (config.backend === undefined
      ? `pglite:${join(home, 'data')}`
      : besideFile(config.backend, dirname(file)));
  const places = contentPlaces(config.documents, {
    ...{ env: source.env, cwd: source.cwd, folder: dirname(file) },
    ...{ home, backendUrl, hasKey: sealKeys !== undefined },
  });
  return {
    ...{ config, home, backendUrl, places },
    ...(text !== undefined && { file }),
    ...(sealKeys && { sealKeys }),
  };
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

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notJson(file, cause);
  }
}

async function filled(
  raw: unknown,
  file: string,
  source: SecretsSource,
  keys: SealKeys | undefined,
): Promise<CliConfig> {
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
