import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type Clock,
  ConfigurationError,
  Secret,
  type SecretDescription,
  systemClock,
  ValidationError,
  type WritableSecretManager,
} from '@fluxori/core';
import { withFileLock } from './file-lock.js';
import { readPrivateFile, writePrivateFile } from './private-file.js';
import type { SealKeys } from './seal-keys.js';
import { Sealer } from './sealer.js';
import { parseSecretsFile, type StoredSecret, textOfSecretsFile } from './secrets-file.js';

export interface SealedFileOptions {
  readonly file: string;
  readonly keys: SealKeys;
  readonly clock?: Clock;
}

const longestValue = 65_536;

/**
 * Secrets in one file that is sealed as a whole: neither values nor names can be read, exchanged or taken out without the key. The file has mode
 * 0600 and is refused when it is more open. It is read anew at each call, so that what another process has set is there at once; writers in
 * several processes take turns, and a power cut leaves the old or the new file.
 */
export class SealedFileSecretManager implements WritableSecretManager {
  readonly #file: string;
  readonly #sealer: Sealer;
  readonly #clock: Clock;

  private constructor(options: SealedFileOptions) {
    this.#file = options.file;
    this.#sealer = new Sealer(options.keys);
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * The file need not be there yet; the first `set` makes it.
   * @throws ConfigurationError `SECRET_FILE_OPEN`, `SEAL_KEY_WRONG` or `SEAL_BROKEN`.
   */
  static async open(options: SealedFileOptions): Promise<SealedFileSecretManager> {
    const manager = new SealedFileSecretManager(options);
    await manager.#read();
    return manager;
  }

  /** @throws ConfigurationError `SECRET_UNKNOWN` when there is none of this name. */
  async get(name: string): Promise<Secret> {
    const stored = (await this.#read()).get(name);
    if (stored !== undefined) return new Secret(stored.value);
    throw new ConfigurationError(`There is no secret "${checkedName(name)}" in ${this.#file}.`, {
      code: 'SECRET_UNKNOWN',
      field: name,
      remedy: `Put it in with \`fluxori secrets set ${name}\`; \`fluxori secrets list\` tells which there are.`,
    });
  }

  /** @throws ValidationError when the name or the value is none. */
  async set(name: string, value: Secret, options: { expiresAt?: Date } = {}): Promise<void> {
    checkedName(name);
    const text = value.reveal();
    if (text === '' || text.length > longestValue) {
      throw new ValidationError(
        `The value of the secret "${name}" is ${text === '' ? 'empty' : `longer than ${longestValue} characters`}.`,
        { field: name, remedy: 'Give the value whole, and nothing else.' },
      );
    }
    await this.#change((secrets) => {
      secrets.set(name, {
        value: text,
        updatedAt: new Date(this.#clock.now()),
        ...(options.expiresAt && { expiresAt: options.expiresAt }),
      });
    });
  }

  async delete(name: string): Promise<boolean> {
    let wasThere = false;
    await this.#change((secrets) => {
      wasThere = secrets.delete(name);
    });
    return wasThere;
  }

  async list(): Promise<readonly SecretDescription[]> {
    return [...(await this.#read())]
      .map(([name, { value: _, ...description }]) => ({ name, ...description }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Seals the file anew, with the current key. @returns how many secrets it holds. */
  async reseal(): Promise<number> {
    let count = 0;
    await this.#change((secrets) => {
      count = secrets.size;
    });
    return count;
  }

  async #read(): Promise<Map<string, StoredSecret>> {
    const text = await readPrivateFile(this.#file);
    if (text === undefined) return new Map();
    return parseSecretsFile(this.#file, text, this.#sealer);
  }

  /** Reads, changes and writes as one step between all processes. A file that cannot be opened is left as it is. */
  async #change(change: (secrets: Map<string, StoredSecret>) => void): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
      throw new ConfigurationError(`The folder ${dirname(this.#file)} cannot be made.`, {
        field: this.#file,
        remedy: 'Correct the path, or the rights of the folder above.',
        cause,
      });
    });
    await withFileLock(`${this.#file}.lock`, async () => {
      const secrets = await this.#read();
      const before = secrets.size;
      change(secrets);
      if (before === 0 && secrets.size === 0) return;
      await writePrivateFile(this.#file, await textOfSecretsFile(secrets, this.#sealer));
    });
  }
}

/** A name that is safe to print; whatever else somebody typed in its place may not be. */
function checkedName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/.test(name)) return name;
  throw new ValidationError('This is not a name for a secret.', {
    field: 'name',
    remedy:
      'Use up to 100 letters, digits, dots, dashes, underscores or slashes, beginning with a letter or digit.',
  });
}
