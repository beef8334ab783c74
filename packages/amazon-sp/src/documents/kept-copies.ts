import type { Readable } from 'node:stream';
import type { ContentFacts, ContentStore } from '@fluxori/documents';
import { noStore } from './document-errors.js';
import type { KeptCopy } from './document-metadata.js';
import { nameOf } from './document-names.js';
import type { DocumentRecord } from './document-record.js';
import { copyError, keptBytes } from './kept-bytes.js';

type StoreName = KeptCopy['store'];
type Copy = NonNullable<DocumentRecord['kept']>;

/** The copies of an account's documents: restricted ones in the sealed store, the others in the plain one. */
export class KeptCopies {
  readonly #stores: Readonly<Partial<Record<StoreName, ContentStore>>>;
  readonly #account: string;

  constructor(stores: { contents?: ContentStore; sealedContents?: ContentStore }, account: string) {
    const { contents, sealedContents } = stores;
    this.#stores = { ...(contents && { contents }), ...(sealedContents && { sealedContents }) };
    this.#account = account;
  }

  /** All names of this account's copies begin with it. */
  get prefix(): string {
    return `documents/${nameOf(this.#account)}/`;
  }

  get stores(): readonly (readonly [StoreName, ContentStore])[] {
    return Object.entries(this.#stores) as [StoreName, ContentStore][];
  }

  has(store: StoreName): boolean {
    return this.#stores[store] !== undefined;
  }

  /** @throws ConfigurationError when there is no store that such a document may be kept in. */
  check(documentId: string, restricted: boolean): void {
    this.#storeFor(documentId, restricted);
  }

  /** Writes a copy, whole or not at all. */
  async write(
    { documentId, restricted }: { documentId: string; restricted: boolean },
    bytes: Readable,
    options: { signal?: AbortSignal },
  ): Promise<Copy> {
    const [name, store] = this.#storeFor(documentId, restricted);
    return copyOf(name, await store.write(this.#nameOf(documentId), bytes, options));
  }

  /** A whole copy that lies there although nothing was recorded of its end. */
  async found({ documentId, restricted }: DocumentRecord): Promise<Copy | undefined> {
    const [name, store] = this.#storeFor(documentId, restricted);
    // A damaged one is written anew.
    const facts = await store.facts(this.#nameOf(documentId)).catch(() => undefined);
    return facts && copyOf(name, facts);
  }

  /**
   * The bytes of a copy as they came over the wire; undefined when it is gone, or its store is not ours.
   * @throws DocumentError `DOCUMENT_DAMAGED` or `DOCUMENT_TRUNCATED` when it is not what was recorded; the bytes end with the same.
   */
  async read(
    documentId: string,
    kept: Copy,
    options: { signal?: AbortSignal } = {},
  ): Promise<Readable | undefined> {
    const store = this.#stores[kept.store];
    const about = { documentId, account: this.#account };
    try {
      if (store === undefined || (await store.facts(kept.name)) === undefined) return undefined;
      return keptBytes(await store.read(kept.name, options), { ...about, ...kept });
    } catch (error) {
      throw copyError(error, about.documentId, about.account);
    }
  }

  /**
   * @returns whether it was there.
   * @throws ConfigurationError when its store is not ours: then it cannot be deleted here.
   */
  async delete(documentId: string, { store, name }: Copy): Promise<boolean> {
    const place = this.#stores[store];
    if (place === undefined) throw noStore(documentId, this.#account, store === 'sealedContents');
    return place.delete(name);
  }

  #storeFor(documentId: string, restricted: boolean): readonly [StoreName, ContentStore] {
    const name = restricted ? 'sealedContents' : 'contents';
    const store = this.#stores[name];
    if (store === undefined) throw noStore(documentId, this.#account, restricted);
    return [name, store];
  }

  #nameOf(documentId: string): string {
    return this.prefix + nameOf(documentId);
  }
}

function copyOf(store: StoreName, { name, bytes, sha256, writtenAt }: ContentFacts): Copy {
  return { store, name, bytes, sha256, keptAt: writtenAt.getTime() };
}
