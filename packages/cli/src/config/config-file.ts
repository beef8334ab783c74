import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigurationError } from '@fluxori/core';
import { defaultConfigFile } from './load-config.js';
import { notJson } from './not-json.js';
import type { SecretsSource } from './secrets.js';

/** An account as it is written: references to variables and secrets not filled in. */
export type WrittenAccount = Readonly<Record<string, unknown>>;

/** The configuration file as a text to be changed: each change leaves the rest of it to the byte, and is written whole or not at all. */
export class ConfigFile {
  private constructor(readonly path: string) {}

  /** The file that `--config` or `FLUXORI_CONFIG` names, or the default one. It need not be there yet. */
  static at(source: SecretsSource, named: string | undefined): ConfigFile {
    return new ConfigFile(resolve(source.cwd, named ?? source.env.FLUXORI_CONFIG ?? defaultConfigFile));
  }

  /** @throws ConfigurationError when it is there and is no JSON object, or cannot be read. */
  async accounts(): Promise<Readonly<Record<string, WrittenAccount>>> {
    const { accounts } = parsed(await this.#read(), this.path);
    if (accounts === undefined) return {};
    const isGood = isObject(accounts) && Object.values(accounts).every(isObject);
    if (isGood) return accounts as Record<string, WrittenAccount>;
    throw new ConfigurationError(`${this.path}: accounts is no object of accounts.`, {
      field: 'accounts',
      remedy: 'Correct the file; `fluxori config check` tells when it is right.',
    });
  }

  /**
   * To be asked before something is done that cannot be done twice.
   * @throws ConfigurationError when it could not be written.
   */
  async checkWritable(): Promise<void> {
    try {
      const target = await this.#target();
      await access(dirname(target), constants.W_OK);
      if (await exists(target)) await access(target, constants.W_OK);
    } catch (cause) {
      throw unwritable(this.path, cause);
    }
  }

  /**
   * Reads, edits and writes. A power cut leaves the old or the new file.
   * @param edit - given the text (`{}` for a new file), returns the new one.
   */
  async change(edit: (text: string) => string): Promise<void> {
    const before = await this.#read();
    parsed(before, this.path);
    const after = edit(before ?? '{}\n');
    parsed(after, this.path);
    if (after === before) return;
    try {
      await writeWhole(await this.#target(), after);
    } catch (cause) {
      throw unwritable(this.path, cause);
    }
  }

  async #read(): Promise<string | undefined> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (cause) {
      const { code } = cause as { code?: string };
      if (code === 'ENOENT') return undefined;
      throw new ConfigurationError(`The configuration file ${this.path} cannot be read (${code}).`, {
        field: 'config',
        remedy: 'Correct the path given by --config or FLUXORI_CONFIG, or the rights of the file.',
        cause,
      });
    }
  }

  /** A link stays a link: what it leads to is written. */
  async #target(): Promise<string> {
    return (await exists(this.path)) ? realpath(this.path) : this.path;
  }
}

function parsed(text: string | undefined, path: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = text === undefined ? {} : JSON.parse(text);
  } catch (cause) {
    throw notJson(path, cause);
  }
  if (isObject(value)) return value;
  throw new ConfigurationError(`${path} holds no JSON object.`, {
    field: 'config',
    remedy: 'Begin the file with { and end it with }.',
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function writeWhole(target: string, text: string): Promise<void> {
  const mode = (await exists(target)) ? (await stat(target)).mode & 0o777 : 0o600;
  const draft = `${target}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    const file = await open(draft, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function unwritable(path: string, cause: unknown): ConfigurationError {
  return new ConfigurationError(
    `The configuration file ${path} cannot be written (${(cause as { code?: string }).code}). It is as it was.`,
    {
      field: 'config',
      remedy: 'Correct the rights of the file and of its folder, or name another by --config.',
      cause,
    },
  );
}
