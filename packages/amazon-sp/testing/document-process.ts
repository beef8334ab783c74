import { flushCompileCache } from 'node:module';
import { type AmazonSpConfigInput, amazonSp, type DocumentRef } from '@fluxori/amazon-sp';
import { openBackend } from '@fluxori/backend';
import { ConnectorFactory, type FluxoriError, isFluxoriError } from '@fluxori/core';
import { FolderContentStore } from '@fluxori/documents';

/** What the process is started with, as JSON in its first argument. */
export interface DocumentTask {
  readonly backend: string;
  readonly config: AmazonSpConfigInput;
  /** The folder of the content store. */
  readonly contents: string;
  readonly ref: DocumentRef;
}

/** What it tells its parent. */
export type DocumentNews =
  | { readonly copied: number }
  | { readonly kept: true }
  | { readonly error: Pick<FluxoriError, 'code' | 'remedy'> };

/** A process of its own, run by Node from this file: keeps a document, and tells how far it is, so that it can be killed on the way. */
async function main({ backend: url, config, contents, ref }: DocumentTask): Promise<void> {
  await using backend = await openBackend(url);
  await using connector = new ConnectorFactory()
    .register(amazonSp)
    .create('amazon-sp', config, { backend, contents: new FolderContentStore({ folder: contents }) });
  // It may be killed, and those that come after it load the same.
  flushCompileCache();
  try {
    const document = await connector.documents.openDocument(ref, {
      keep: true,
      onProgress: ({ bytes }) => tell({ copied: bytes }),
    });
    document.close();
    tell({ kept: true });
  } catch (error) {
    if (!isFluxoriError(error)) throw error;
    const { code, remedy } = error;
    tell({ error: { code, ...(remedy !== undefined && { remedy }) } });
  }
}

function tell(news: DocumentNews): void {
  process.send?.(news);
}

// Nobody is left to tell.
process.once('disconnect', () => process.exit());
await main(JSON.parse(process.argv[2] ?? '') as DocumentTask);
process.disconnect();
