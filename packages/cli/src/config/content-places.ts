import { dirname, isAbsolute, join, resolve } from 'node:path';
import { ConfigurationError } from '@fluxori/core';
import type { CliConfig } from './config.js';
import type { Environment } from './environment.js';

/** Where copies of documents lie, as URLs for `openContentStore`. */
export interface ContentPlaces {
  readonly contents: string;
  /** For documents with personal data; only with a sealing key. */
  readonly sealedContents?: string;
}

/**
 * The environment (`FLUXORI_CONTENTS`, `FLUXORI_SEALED_CONTENTS`; empty is as unset), else the file, else a folder beside the data, and for sealed
 * contents a place beside the others.
 * @throws ConfigurationError when a place for sealed contents is named and there is no key to seal with.
 */
export function contentPlaces(
  { contents, sealedContents }: CliConfig['documents'],
  around: {
    readonly env: Environment;
    readonly cwd: string;
    /** Of the configuration file. */
    readonly folder: string;
    readonly home: string;
    readonly backendUrl: string;
    readonly hasKey: boolean;
  },
): ContentPlaces {
  const { env, cwd, folder, hasKey } = around;
  const place = (fromOutside: string | undefined, inFile: string | undefined) => {
    if (fromOutside) return beside(fromOutside, cwd);
    return inFile === undefined ? undefined : beside(inFile, folder);
  };
  const sealed = place(env.FLUXORI_SEALED_CONTENTS, sealedContents);
  if (sealed !== undefined && !hasKey) {
    throw new ConfigurationError('A place for sealed contents is named, and there is no key to seal with.', {
      field: env.FLUXORI_SEALED_CONTENTS ? 'FLUXORI_SEALED_CONTENTS' : 'documents.sealedContents',
      remedy:
        'Make a key with `fluxori secrets generate-key` and set FLUXORI_SEAL_KEY or FLUXORI_SEAL_KEY_FILE, or take the place out: then documents with personal data are not kept.',
    });
  }
  const plain = place(env.FLUXORI_CONTENTS, contents) ?? `file:${join(dataFolder(around, cwd), 'documents')}`;
  return { contents: plain, ...(hasKey && { sealedContents: sealed ?? sealedBeside(plain) }) };
}

/** The folder in which PGlite's own lies; a backend without one has the home. */
function dataFolder({ home, backendUrl }: { home: string; backendUrl: string }, cwd: string): string {
  const path = /^pglite:(.+)$/i.exec(backendUrl)?.[1];
  return path === undefined ? home : dirname(resolve(cwd, path));
}

/** `-sealed` behind the folder or the prefix. */
function sealedBeside(url: string): string {
  const [place = '', ...parameters] = url.split('?');
  const bare = place.replace(/\/+$/, '');
  const name = /^s3:\/\/[^/]*$/i.test(bare) ? `${bare}/documents-sealed` : `${bare}-sealed`;
  return [name, ...parameters].join('?');
}

/** A relative folder is relative to who named it. */
function beside(url: string, folder: string): string {
  const path = /^file:(?!\/\/)(.+)$/i.exec(url)?.[1];
  return path === undefined || isAbsolute(path) ? url : `file:${join(folder, path)}`;
}
