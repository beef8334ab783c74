import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { ConfigurationError, checkConfig } from '@fluxori/core';
import { type CliConfig, configSchema } from './config.js';
import { type Environment, fillFromEnvironment } from './environment.js';

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
 * Reads the configuration: the file, with the environment filled in, and the options over both.
 * @throws ConfigurationError that lists every problem at once.
 */
export async function loadConfig(source: ConfigSource): Promise<LoadedConfig> {
  const named = source.file ?? source.env.FLUXORI_CONFIG;
  const file = resolve(source.cwd, named ?? defaultConfigFile);
  const text = await readConfigFile(file, named !== undefined);
  const home = resolve(source.cwd, source.env.FLUXORI_HOME ?? '.fluxori');
  const config = text === undefined ? configSchema.parse({}) : parseConfig(text, file, source.env);
  const fromOutside = source.backend ?? source.env.FLUXORI_BACKEND;
  const backendUrl =
    fromOutside ??
    (config.backend === undefined
      ? `pglite:${join(home, 'data')}`
      : besideFile(config.backend, dirname(file)));
  return { config, ...(text !== undefined && { file }), home, backendUrl };
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

function parseConfig(text: string, file: string, env: Environment): CliConfig {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError(`${file} is not valid JSON: ${(cause as Error).message}.`, {
      field: 'config',
      remedy: 'Correct the file; `fluxori config check` tells when it is right.',
    });
  }
  const { value, missing } = fillFromEnvironment(raw, env);
  if (missing.length > 0) {
    throw new ConfigurationError(
      `${file} names environment variables that are not set:\n${missing.map((line) => `  - ${line}`).join('\n')}`,
      {
        problems: missing,
        field: missing[0]?.split(':')[0],
        remedy: 'Set them, or write the values into the file.',
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
