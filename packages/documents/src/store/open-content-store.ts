import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, ConfigurationError } from '@fluxori/core';
import type { ContentStore } from './content-store.js';
import { FolderContentStore } from './folder/folder-content-store.js';
import { readS3Url, s3Form } from './s3/s3-url.js';

export interface OpenContentStoreOptions {
  readonly clock?: Clock;
}

type Open = (location: string, options: OpenContentStoreOptions) => Promise<ContentStore>;

/** Scheme -> driver. A new store is a row here, a folder beside this file, and a call of the conformance suite. */
const drivers: Readonly<Record<string, { form: string; open: Open }>> = {
  file: {
    form: 'file:<folder>',
    open: async (location, options) => new FolderContentStore({ folder: readFolder(location), ...options }),
  },
  s3: {
    form: s3Form,
    open: async (location, options) => {
      const address = readS3Url(location);
      // Loaded when a URL asks for it, so that nobody pays for an SDK that they do not use.
      const { S3ContentStore } = await import('./s3/s3-content-store.js');
      return new S3ContentStore({ ...address, ...options });
    },
  },
};

/**
 * Opens the place where contents are kept. Nothing is sent or made yet.
 *
 * @param url - `file:./data/documents` (relative to where the process stands), `file:///var/documents`, or
 *   `s3://bucket/prefix?region=…&endpoint=…&pathStyle=true&checksums=off`.
 * @throws ConfigurationError that says which part is wrong and what there is.
 */
export async function openContentStore(
  url: string,
  options: OpenContentStoreOptions = {},
): Promise<ContentStore> {
  const [, scheme, location = ''] = /^([a-z][a-z0-9+.-]{0,30}):(.*)$/is.exec(String(url)) ?? [];
  const driver =
    scheme && Object.hasOwn(drivers, scheme.toLowerCase()) ? drivers[scheme.toLowerCase()] : undefined;
  if (driver === undefined) {
    const forms = Object.values(drivers).map(({ form }) => form);
    const kind = scheme === undefined ? 'a URL without a scheme' : `"${scheme}:"`;
    throw new ConfigurationError(`There is no content store for ${kind}. Known: ${forms.join(', ')}.`, {
      field: 'contents',
      remedy: 'Write the kind of store first, e.g. file:./data/documents.',
    });
  }
  return driver.open(location, options);
}

function readFolder(location: string): string {
  if (location === '' || /[?#\0]/.test(location)) {
    throw new ConfigurationError('The folder’s URL cannot be used: it has the form file:<folder>.', {
      field: 'contents',
      remedy: 'Name a folder, without parameters: file:./data/documents.',
    });
  }
  if (!location.startsWith('//')) return resolve(location);
  try {
    return fileURLToPath(`file:${location}`);
  } catch (cause) {
    throw new ConfigurationError('The folder’s URL cannot be used: it names another machine, or no path.', {
      field: 'contents',
      remedy: 'Write file:./data/documents, or file:///var/documents with three slashes.',
      cause,
    });
  }
}
