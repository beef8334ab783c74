/** Where a document lies for a few minutes. The URL is signed: whoever has it may read the document, so it is never logged. */
export interface DocumentLink {
  readonly url: string;
  readonly expiresAt?: Date;
  /** What the remote side says; the bytes decide, since the label can lie. */
  readonly compression?: 'GZIP';
}

/**
 * Gives a document's link: asked for the first time, and again when the URL has expired. Each question may cost a scarce token
 * (Amazon: one per minute), so it is asked as seldom as can be.
 */
export type LinkSource = (
  why: 'first' | 'expired',
  options: { signal?: AbortSignal },
) => Promise<DocumentLink>;
