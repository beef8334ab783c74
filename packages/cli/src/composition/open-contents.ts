import { Sealer, type SealKeys } from '@fluxori/backend';
import { type ContentStore, openContentStore, SealedContentStore } from '@fluxori/documents';
import type { ContentPlaces } from '../config/content-places.js';

/** Where copies of documents are kept. */
export interface Contents {
  readonly contents: ContentStore;
  /** For documents with personal data; only with a sealing key. */
  readonly sealedContents?: ContentStore;
  close(): Promise<void>;
}

/** Opens both places; nothing is made or sent before something is kept. @throws ConfigurationError for a URL that is none. */
export async function openContents(places: ContentPlaces, keys: SealKeys | undefined): Promise<Contents> {
  const contents = await openContentStore(places.contents);
  const sealedContents =
    keys === undefined || places.sealedContents === undefined
      ? undefined
      : new SealedContentStore({
          store: await openContentStore(places.sealedContents),
          sealing: new Sealer(keys),
        });
  return {
    contents,
    ...(sealedContents && { sealedContents }),
    close: async () => {
      await contents.close();
      await sealedContents?.close();
    },
  };
}
