import { join } from 'node:path';

/** Unix sockets have short names: 108 bytes on Linux, 104 on others, with a NUL at the end. */
const longestPath = 103;

/**
 * Where a worker that has a PGlite folder for itself answers the commands of others: a socket in that folder, which belongs to whoever may
 * read the data. Undefined for backends that everybody can open, and for a folder whose path is too long for a socket.
 */
export function deskPath(folder: string): string | undefined {
  const path = join(folder, '.desk');
  return Buffer.byteLength(path) <= longestPath ? path : undefined;
}

/** The folder of a `pglite:` URL. */
export function folderOf(backendUrl: string): string | undefined {
  return backendUrl.startsWith('pglite:') ? backendUrl.slice('pglite:'.length) : undefined;
}
