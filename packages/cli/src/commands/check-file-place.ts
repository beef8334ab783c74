import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ValidationError } from '@fluxori/core';

/**
 * Looks whether a file could be written, before minutes of waiting and a scarce token are spent on what is to go into it.
 * @throws ValidationError
 */
export async function checkFilePlace(path: string): Promise<void> {
  const folder = dirname(path);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw refused(`${path} is a folder`);
  await access(folder, constants.W_OK | constants.X_OK).catch((cause: { code?: string }) => {
    throw refused(`no file can be made in ${folder} (${cause.code})`, cause);
  });
}

function refused(how: string, cause?: unknown): ValidationError {
  return new ValidationError(`--out: ${how}. Nothing was asked for.`, {
    field: 'out',
    remedy: 'Make the folder, or name a file in one that you may write in.',
    ...(cause !== undefined && { cause }),
  });
}
