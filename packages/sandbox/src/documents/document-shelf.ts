import { Prng } from '../random/prng.js';
import type { Region } from '../world/marketplaces.js';
import { ContentSpool } from './content-spool.js';
import type { DocumentContent } from './document-content.js';
import type { UrlSigner } from './url-signer.js';

export type DocumentKind = 'feed' | 'feed-result' | 'report' | 'query' | 'upload' | 'schema';

export interface NewDocument {
  readonly kind: DocumentKind;
  readonly sellerId: string;
  readonly region: Region;
  /** What an upload has to say, letter by letter, or what a download says; absent: the header is not sent. */
  readonly contentType?: string;
  readonly gzipped?: boolean;
  readonly content?: DocumentContent;
  /** How long it is kept, in milliseconds. */
  readonly lifetimeMs: number;
  /** Of an upload, in base64. */
  readonly md5?: string;
}

export interface StoredDocument extends Omit<NewDocument, 'lifetimeMs' | 'content'> {
  readonly id: string;
  readonly path: string;
  readonly createdMs: number;
  /** When it is gone, unless it was used. */
  expiresMs: number;
  content?: DocumentContent;
  changedMs: number;
  /** The feed that was made of it. */
  usedBy?: string;
}

export interface DocumentShelfParts {
  readonly seed: number;
  readonly now: () => number;
  readonly urls: UrlSigner;
}

/** The documents of all sellers, and the signed URLs by which they are written and read. */
export class DocumentShelf {
  readonly spool = new ContentSpool();
  readonly #parts: DocumentShelfParts;
  readonly #byId = new Map<string, StoredDocument>();
  readonly #byPath = new Map<string, StoredDocument>();

  constructor(parts: DocumentShelfParts) {
    this.#parts = parts;
  }

  add({ lifetimeMs, ...facts }: NewDocument): StoredDocument {
    const createdMs = this.#parts.now();
    const prng = Prng.of(this.#parts.seed, 'document', this.#byId.size);
    const id = `amzn1.${facts.kind === 'report' ? 'spdoc.1' : 'tortuga'}.4.${facts.region}.${uuid(prng)}.T${prng.text(13, base36)}`;
    const path = `/tortuga-prod-${facts.region}/${uuid(prng)}.${id}`;
    const document = {
      ...facts,
      id,
      path,
      createdMs,
      changedMs: createdMs,
      expiresMs: createdMs + lifetimeMs,
    };
    this.#byId.set(id, document);
    this.#byPath.set(path, document);
    return document;
  }

  /** A seller's own document that is still there. */
  find(
    kinds: readonly DocumentKind[],
    id: string,
    owner: { readonly sellerId: string; readonly region: Region },
  ): StoredDocument | undefined {
    const found = this.#byId.get(id);
    if (found === undefined || !kinds.includes(found.kind) || this.#isGone(found)) return undefined;
    return found.sellerId === owner.sellerId && found.region === owner.region ? found : undefined;
  }

  atPath(path: string): StoredDocument | undefined {
    const found = this.#byPath.get(path);
    return found === undefined || this.#isGone(found) ? undefined : found;
  }

  uploadUrl({ path, contentType = '' }: StoredDocument): string {
    return this.#parts.urls.sign({ method: 'PUT', path, contentType });
  }

  /** @param decoded - the answer's `Content-Encoding` shall tell of the compression. */
  downloadUrl({ gzipped, path }: StoredDocument, decoded: boolean): string {
    const contentEncoding = decoded ? 'gzip' : 'identity';
    return this.#parts.urls.sign({ method: 'GET', path, ...(gzipped ? { contentEncoding } : {}) });
  }

  #isGone({ expiresMs, usedBy }: StoredDocument): boolean {
    return usedBy === undefined && expiresMs <= this.#parts.now();
  }
}

const base36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function uuid(prng: Prng): string {
  const hex = (length: number) => prng.text(length, '0123456789abcdef');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}
