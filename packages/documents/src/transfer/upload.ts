import type { NetworkAwareClient } from '@fluxori/network';
import type { Content } from './content.js';

export interface UploadTarget {
  readonly url: string;
  /** Exactly the content type with which the document was created: case and charset are part of the URL's signature. */
  readonly contentType: string;
  readonly expiresAt?: Date;
}

export interface UploadOptions {
  readonly client: NetworkAwareClient;
  /** For people and metrics, e.g. `feeds.upload`. */
  readonly operation: string;
  readonly account?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { bytes: number; totalBytes?: number }) => void;
}

export interface UploadFacts {
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

export async function upload(
  _target: UploadTarget,
  _content: Content,
  _options: UploadOptions,
): Promise<UploadFacts> {
  throw new Error('being built');
}
