import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../dist/pglite/image/', import.meta.url));
const { resolve } = createRequire(import.meta.url);

/**
 * Where the image of a new database is, if it has been made: beside the compiled code, also for what runs from source.
 * Its name tells what it was made by, so that one which PostgreSQL or BullMQ would not take is never found.
 */
export function imagePath(): string {
  return join(folder, `pglite-${versionOf('@electric-sql/pglite')}-bullmq-${versionOf('bullmq')}.tar`);
}

/**
 * A database that nobody has written to yet, with BullMQ's tables. To begin with it takes a third of the processor's time that `initdb` takes.
 *
 * @returns for PGlite's `loadDataDir`; undefined when it is not to be had, and PGlite makes a new database itself.
 */
export async function databaseImage(path?: string): Promise<Blob | undefined> {
  try {
    return new Blob([await readFile(path ?? imagePath())]);
  } catch {
    // It has not been made, or the packages that its name tells are not where Node looks for them: in a bundle, say.
    return undefined;
  }
}

/** Of the package that is installed, which an override may have chosen. */
function versionOf(name: string): string {
  let place = dirname(resolve(name));
  for (;;) {
    const found = packageAt(place);
    if (found?.name === name) return found.version;
    if (dirname(place) === place) throw new Error(`The package ${name} has no package.json.`);
    place = dirname(place);
  }
}

function packageAt(place: string): { readonly name?: string; readonly version: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  } catch {
    return undefined;
  }
}
