import type { Readable } from 'node:stream';
import type { NetworkAwareClient } from '@fluxori/network';
import type { DocumentLink, LinkSource } from './document-link.js';

export interface DownloadOptions {
  readonly client: NetworkAwareClient;
  /** For people and metrics, e.g. `reports.download`. */
  readonly operation: string;
  readonly account?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { bytes: number; totalBytes?: number }) => void;
  /** In hex, of the bytes on the wire. */
  readonly expectedSha256?: string;
  /** More connections than this may not break in all; 100 by default. */
  readonly maxDrops?: number;
}

export interface Download {
  readonly link: DocumentLink;
  readonly contentType?: string;
  readonly totalBytes?: number;
  /** As on the wire (still compressed), whole, resumed after each drop. */
  readonly bytes: Readable;
  /** Settles when the last byte was read, or with the error that ended it. May be left alone. */
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

export async function download(_link: LinkSource, _options: DownloadOptions): Promise<Download> {
  throw new Error('being built');
}
