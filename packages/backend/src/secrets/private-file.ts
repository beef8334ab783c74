import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigurationError } from '@fluxori/core';
import { syncFolder } from '../pglite/sync-tree.js';

const ownerOnly = 0o600;
const forGroup = 0o070;
const forOthers = 0o007;

/**
 * The text of a file that only its owner may open; undefined when there is none. The rights are looked at on the opened file, so that nobody can
 * exchange it in between. Windows has no such rights, so there it is not looked at.
 *
 * @param options.groupMayRead - for places that are closed by other means.
 * @throws ConfigurationError with code `SECRET_FILE_OPEN` when others may open it; `CONFIG_INVALID` when we may not, or it is a folder.
 */
export async function readPrivateFile(
  file: string,
  options: { groupMayRead?: boolean } = {},
): Promise<string | undefined> {
  try {
    await using handle = await open(file, 'r');
    const found = await handle.stat();
    if (found.isDirectory()) throw noFile(file);
    const { mode } = found;
    const forbidden = (options.groupMayRead ? 0o030 : forGroup) | forOthers;
    if (process.platform !== 'win32' && (mode & forbidden) !== 0) throw tooOpen(file, mode);
    return await handle.readFile('utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT') return undefined;
    throw error instanceof ConfigurationError ? error : unusable(file, code, error);
  }
}

/**
 * Replaces the file so that after a power cut it is either the old or the new one, and at no time open to others. One writer at a time.
 * @throws ConfigurationError when it cannot be written.
 */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const fresh = `${file}.new`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await rm(fresh, { force: true });
    await writeFresh(fresh, text);
    await rename(fresh, file);
    syncFolder(dirname(file));
  } catch (error) {
    throw unusable(file, (error as { code?: string }).code, error);
  }
}

/**
 * Writes a file that must not be there yet.
 * @throws ConfigurationError when it is, or cannot be written.
 */
export async function createPrivateFile(file: string, text: string): Promise<void> {
  try {
    await writeFresh(file, text);
    syncFolder(dirname(file));
  } catch (error) {
    throw unusable(file, (error as { code?: string }).code, error);
  }
}

/** `wx`: neither an old file's rights nor a link that somebody laid there are taken over. */
async function writeFresh(file: string, text: string): Promise<void> {
  await using handle = await open(file, 'wx', ownerOnly);
  await handle.writeFile(text);
  await handle.sync();
}

/** A folder has other rights than a file, and closing it would not make it one. */
function noFile(file: string): ConfigurationError {
  return new ConfigurationError(`${file} is no file.`, {
    field: file,
    remedy: 'It is a folder: name the file in it.',
  });
}

function tooOpen(file: string, mode: number): ConfigurationError {
  const rights = (mode & 0o777).toString(8).padStart(4, '0');
  return new ConfigurationError(
    `${file} may be opened by others than its owner (mode ${rights}), so it is not used.`,
    {
      code: 'SECRET_FILE_OPEN',
      field: file,
      remedy: `Close it: chmod 600 ${file}. If others can have read it, change the secrets that it holds.`,
      details: { file, mode: rights },
    },
  );
}

function unusable(file: string, code: string | undefined, cause: unknown): ConfigurationError {
  return new ConfigurationError(`The file ${file} cannot be used (${code ?? 'unknown reason'}).`, {
    field: file,
    remedy:
      code === 'EEXIST'
        ? 'Choose another name, or remove the file first.'
        : 'Correct the path, or the rights of the file and its folder.',
    cause,
  });
}
