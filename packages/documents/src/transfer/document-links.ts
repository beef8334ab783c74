import type { DocumentContext } from '../errors/document-context.js';
import { documentError } from '../errors/document-errors.js';
import type { DocumentLink, LinkSource } from './document-link.js';
import type { Refusal } from './storage-refusal.js';

/** The links of one download: another one is asked for only when the last one had its time, for each may cost a scarce token. */
export class DocumentLinks {
  readonly #source: LinkSource;
  readonly #about: DocumentContext;
  readonly #now: () => number;
  #link: DocumentLink | undefined;
  /** Whether the present link was ever good. */
  #hasWorked = false;
  /** Whether the present link was asked for because the last one had expired. */
  #isRenewed = false;
  count = 0;

  constructor(source: LinkSource, about: DocumentContext, now: () => number) {
    this.#source = source;
    this.#about = about;
    this.#now = now;
  }

  async current(signal: AbortSignal): Promise<DocumentLink> {
    this.#link ??= await this.#ask('first', signal);
    return this.#link;
  }

  /** The present link brought bytes. */
  worked(): void {
    this.#hasWorked = true;
  }

  /**
   * The store refused the present link. Asks for another one, if that can help.
   *
   * @throws DocumentError `DOCUMENT_URL_EXPIRED` or `DOCUMENT_URL_REFUSED` when it cannot; what the source throws.
   */
  async refused(refusal: Refusal, error: unknown, signal: AbortSignal): Promise<void> {
    const { expiresAt } = this.#link ?? {};
    const isExpired =
      refusal === 'expired' ||
      this.#hasWorked ||
      (expiresAt !== undefined && expiresAt.getTime() <= this.#now());
    if (!isExpired) throw this.#error('DOCUMENT_URL_REFUSED', error);
    // A new one that is refused at once is no matter of time.
    if (this.#isRenewed && !this.#hasWorked) {
      throw this.#error(refusal === 'expired' ? 'DOCUMENT_URL_EXPIRED' : 'DOCUMENT_URL_REFUSED', error);
    }
    this.#link = await this.#ask('expired', signal);
    this.#isRenewed = true;
    this.#hasWorked = false;
  }

  async #ask(why: 'first' | 'expired', signal: AbortSignal): Promise<DocumentLink> {
    const link = await this.#source(why, { signal });
    this.count += 1;
    return link;
  }

  #error(code: 'DOCUMENT_URL_EXPIRED' | 'DOCUMENT_URL_REFUSED', cause: unknown): Error {
    const expired = code === 'DOCUMENT_URL_EXPIRED';
    return documentError(this.#about, {
      code,
      what: expired
        ? 'a new URL of the document had expired already when it was first used.'
        : 'the document store refuses a URL that was just given.',
      remedy: expired
        ? 'Check the clock of this machine, and that no old URL is handed out for a new one.'
        : 'Check that URLs are used as they were given, and whether a proxy changes them.',
      cause,
    });
  }
}
