import { dirname, resolve } from 'node:path';
import { ConfigurationError, Secret } from '@fluxori/core';
import { readPrivateFile } from './private-file.js';
import { type SealKeys, sealKeysFrom } from './seal-keys.js';

/**
 * The sealing keys that a process was given: `FLUXORI_SEAL_KEY`, or the text of the file that `FLUXORI_SEAL_KEY_FILE` names. Undefined when it was
 * given none.
 *
 * The file must be closed to others. One that systemd put into `CREDENTIALS_DIRECTORY` may show a right for the group: that is how the system
 * displays the access list by which the service's user reads it, and systemd keeps that folder closed to everybody else.
 *
 * @throws ConfigurationError when a key is no key, both are set, or the file is missing or open.
 */
export async function sealKeysOf(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string = process.cwd(),
): Promise<SealKeys | undefined> {
  const { FLUXORI_SEAL_KEY: text, FLUXORI_SEAL_KEY_FILE: named, CREDENTIALS_DIRECTORY: credentials } = env;
  if (text && named) {
    throw new ConfigurationError('FLUXORI_SEAL_KEY and FLUXORI_SEAL_KEY_FILE are both set.', {
      field: 'FLUXORI_SEAL_KEY',
      remedy: 'Set one of them.',
    });
  }
  if (text) return sealKeysFrom(new Secret(text));
  if (!named) return undefined;
  const file = resolve(cwd, named);
  const groupMayRead = Boolean(credentials) && dirname(file) === resolve(credentials as string);
  const read = await readPrivateFile(file, { groupMayRead });
  if (read !== undefined) return sealKeysFrom(new Secret(read));
  throw new ConfigurationError(`The file of the sealing key, ${file}, is not there.`, {
    field: 'FLUXORI_SEAL_KEY_FILE',
    remedy: 'Correct the path, or make it with `fluxori secrets generate-key --file <path>`.',
  });
}
