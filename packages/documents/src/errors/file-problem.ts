import { DocumentError, isFluxoriError } from '@fluxori/core';

/** What the operating system says when there is no room. */
const noRoom: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
  EFBIG: 'the file would be larger than this system lets it be',
};

/** Makes of an error of the file system one that says what to do. `what` begins its sentence: `x cannot be written`. */
export function fileProblem(error: unknown, what: string, folder: string): Error {
  if (isFluxoriError(error)) return error;
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return error as Error;
  const full = noRoom[code];
  const details = { folder, systemCode: code };
  if (full !== undefined) {
    return new DocumentError(`${what}: ${full}. Nothing of it was kept.`, {
      code: 'DOCUMENT_STORE_FULL',
      remedy: `Make room in ${folder}, or sweep: documents whose retention has ended are deleted by it.`,
      ...{ details, cause: error },
    });
  }
  return new DocumentError(`${what} (${code}).`, {
    code: 'DOCUMENT_STORE_FAILED',
    remedy: `Let this user read and write in ${folder}, and see that it is there.`,
    ...{ details, cause: error },
  });
}
