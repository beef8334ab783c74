import type { KeyValueStore } from '@fluxori/core';
import type { DocumentLink, LinkSource } from '@fluxori/documents';
import { answeredText } from '../pipeline/answered-text.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { nameOf } from './document-names.js';
import type { DocumentRef } from './document-ref.js';

/** What Amazon says of its URLs where the URL itself does not: five minutes. */
const usualLifeMs = 5 * 60_000;
/** A URL with less left is not begun with: the request has to arrive, too. */
const leastLeftMs = 15_000;

interface KeptUrl {
  readonly url: string;
  readonly endsAt: number;
  readonly gzip?: boolean;
}

/**
 * The signed URLs of an account's documents. Each question for one takes a token of a scarce limit (one per minute for reports), so a URL is
 * kept for as long as it is good, in the secure key values, and all processes use it.
 */
export class DocumentUrls {
  readonly #context: SectionContext;
  readonly #store: KeyValueStore;
  readonly #room: string;

  constructor(context: SectionContext, store: KeyValueStore) {
    this.#context = context;
    this.#store = store;
    this.#room = `sp-api/document-urls/${context.config.accountId}/`;
  }

  /**
   * Where a document is read, for `download`.
   * @param onUrl - told of each new URL.
   */
  source(
    ref: DocumentRef & { readonly restricted?: boolean },
    options: SpCallOptions,
    onUrl: (endsAt: Date) => Promise<unknown>,
  ): LinkSource {
    const key = this.#key('get', ref.documentId);
    return async (why, { signal }) => {
      const known = why === 'first' ? await this.#known(key) : undefined;
      if (known !== undefined) return linkOf(known);
      const askedAt = this.#context.clock.now();
      const answer = await this.#ask(ref, { ...callOptions(options), signal });
      const fresh = { ...answer, endsAt: askedAt + lifeOf(answer.url) };
      await this.#keep(key, fresh);
      await onUrl(new Date(fresh.endsAt));
      return linkOf(fresh);
    };
  }

  /** The URL for reading that is known now, if any. */
  async reading(documentId: string): Promise<DocumentLink | undefined> {
    const known = await this.#known(this.#key('get', documentId));
    return known && linkOf(known);
  }

  /** The URL for the upload of a document that was made here, as long as it is good. */
  async uploading(documentId: string): Promise<{ url: string; expiresAt: Date } | undefined> {
    const known = await this.#known(this.#key('put', documentId));
    return known && { url: known.url, expiresAt: new Date(known.endsAt) };
  }

  /** @returns when it ends. */
  async keepUploading(documentId: string, url: string, askedAt: number): Promise<Date> {
    const endsAt = askedAt + lifeOf(url);
    await this.#keep(this.#key('put', documentId), { url, endsAt });
    return new Date(endsAt);
  }

  async forget(documentId: string): Promise<void> {
    await this.#store.delete(this.#key('get', documentId));
    await this.#store.delete(this.#key('put', documentId));
  }

  /** A URL for reading that its host does not take. */
  async forgetReading(documentId: string): Promise<void> {
    await this.#store.delete(this.#key('get', documentId));
  }

  async #ask(
    ref: DocumentRef & { readonly restricted?: boolean },
    options: SpCallOptions,
  ): Promise<{ url: string; gzip?: boolean }> {
    const { api, config } = this.#context;
    const { documentId } = ref;
    const urlOf = (value: unknown, operation: string, member = 'url') =>
      answeredText(value, { member, operation, account: config.accountId });
    if (ref.kind === 'dataKiosk') {
      const answer = await api('dataKiosk').getDocument({ documentId }, options);
      return { url: urlOf(answer?.documentUrl, 'dataKiosk.getDocument', 'documentUrl') };
    }
    const isResult = ref.kind === 'feedResult';
    const answer = isResult
      ? await api('feeds').getFeedDocument({ feedDocumentId: documentId }, options)
      : await api('reports').getReportDocument(
          { reportDocumentId: documentId },
          { ...options, ...(ref.restricted && { rdt: true }) },
        );
    return {
      url: urlOf(answer?.url, isResult ? 'feeds.getFeedDocument' : 'reports.getReportDocument'),
      ...(answer.compressionAlgorithm === 'GZIP' && { gzip: true }),
    };
  }

  async #known(key: string): Promise<KeptUrl | undefined> {
    const known = (await this.#store.get(key)) as KeptUrl | undefined;
    if (known === undefined || known.endsAt - this.#context.clock.now() < leastLeftMs) return undefined;
    return known;
  }

  async #keep(key: string, url: KeptUrl): Promise<void> {
    const ttlMs = url.endsAt - this.#context.clock.now();
    if (ttlMs > leastLeftMs) await this.#store.set(key, { ...url }, { ttlMs });
  }

  #key(method: 'get' | 'put', documentId: string): string {
    return `${this.#room}${method}/${nameOf(documentId)}`;
  }
}

function linkOf({ url, endsAt, gzip }: KeptUrl): DocumentLink {
  return { url, expiresAt: new Date(endsAt), ...(gzip && { compression: 'GZIP' as const }) };
}

/** As the URL says (S3 writes it into the query), counted from when we asked: so our clock need not be Amazon's. In milliseconds. */
function lifeOf(url: string): number {
  const seconds = Number(/[?&]X-Amz-Expires=(\d{1,7})(?:&|$)/.exec(url)?.[1] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : usualLifeMs;
}
