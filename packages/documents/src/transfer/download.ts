import type { Readable } from 'node:stream';
import { type Clock, type Random, systemClock, systemRandom } from '@fluxori/core';
import type { NetworkAwareClient } from '@fluxori/network';
import type { DocumentLink, LinkSource } from './document-link.js';
import { DocumentLinks } from './document-links.js';
import { Patience } from './patience.js';
import { Progress, type ProgressListener } from './progress.js';
import { ResumedBytes } from './resumed-bytes.js';

export interface DownloadOptions {
  readonly client: NetworkAwareClient;
  /** For people and metrics, e.g. `reports.download`. */
  readonly operation: string;
  readonly account?: string;
  readonly signal?: AbortSignal;
  /** Told four times a second at most, and at the end. */
  readonly onProgress?: ProgressListener;
  /** In hex, of the bytes on the wire. */
  readonly expectedSha256?: string;
  /** More failures than this, broken connections included, end it whatever moved between them; 100 by default. */
  readonly maxDrops?: number;
  /** So long it tries without getting a byte, in milliseconds; 120,000 by default. The time that a new link takes does not count. */
  readonly patienceMs?: number;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface Download {
  /** The first one; others may have followed. */
  readonly link: DocumentLink;
  readonly contentType?: string;
  /** Where the store told it. */
  readonly totalBytes?: number;
  /** As on the wire (still compressed), whole, resumed after each drop. To be read to its end or destroyed; until then it holds a connection. */
  readonly bytes: Readable;
  /** Settles when the last byte came, or with the error that ended it. May be left alone. */
  readonly facts: Promise<DownloadFacts>;
}

export interface DownloadFacts {
  readonly bytes: number;
  /** Of the bytes on the wire, in hex. */
  readonly sha256: string;
  /** Connections that broke. */
  readonly drops: number;
  /** Links that were asked for, the first included. */
  readonly links: number;
}

/**
 * Downloads a document of any size, with flat memory: the bytes come as fast as they are read. After a drop it goes on at the very byte by HTTP
 * Range, if it is the same document still; a link that has expired is asked for anew.
 *
 * Settles when the first byte is near; `bytes` and `facts` break with the same errors:
 * @throws DocumentError `DOCUMENT_INTERRUPTED` when patience is over, `DOCUMENT_CHANGED`, `DOCUMENT_DAMAGED` (wrong digest, wrong range, more than announced),
 *   `DOCUMENT_NOT_FOUND`, `DOCUMENT_URL_REFUSED`, `DOCUMENT_URL_EXPIRED` (a new link that had expired).
 * @throws RemoteError for any other refusal of the store; what the link's source throws; the signal's reason when aborted.
 */
export async function download(link: LinkSource, options: DownloadOptions): Promise<Download> {
  const { client, operation, account, clock = systemClock, random = systemRandom } = options;
  const about = { operation, ...(account !== undefined && { account }) };
  const facts = Promise.withResolvers<DownloadFacts>();
  // Whoever looks gets it; nobody has to.
  facts.promise.catch(() => undefined);
  const progress = new Progress(options.onProgress, clock);
  const bytes = new ResumedBytes({
    ...about,
    client,
    links: new DocumentLinks(link, about, () => clock.now()),
    patience: new Patience({
      patienceMs: options.patienceMs ?? 120_000,
      maxFailures: options.maxDrops ?? 100,
      clock,
      random,
    }),
    signal: options.signal,
    expectedSha256: options.expectedSha256,
    onBytes: (done, totalBytes) => progress.tell(done, totalBytes),
    onEnd: facts.resolve,
    onFailure: facts.reject,
  });
  const { link: first, identity } = await bytes.begin();
  return {
    link: first,
    ...(identity.contentType !== undefined && { contentType: identity.contentType }),
    ...(identity.totalBytes !== undefined && { totalBytes: identity.totalBytes }),
    bytes,
    facts: facts.promise,
  };
}
