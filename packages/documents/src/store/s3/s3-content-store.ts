import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { type Clock, DocumentError, systemClock } from '@fluxori/core';
import { checkContentName, checkFrom } from '../content-name.js';
import type { ContentFacts, ContentStore, SweptLeftovers } from '../content-store.js';
import { factsOfTrailer, Trailed, trailerBytes } from '../content-trailer.js';
import { endWith } from '../end-with.js';
import { missingContent } from '../missing-content.js';
import { isMissing, s3Problem, statusOf } from './s3-problem.js';
import { S3Read } from './s3-read.js';
import type { S3Address } from './s3-url.js';

/** S3 takes 10,000 parts: with these, contents of up to 78 GiB. Two or three of them are in memory at a time. */
const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 2;
const factsAtOnce = 8;
const connectMs = 10_000;
const idleMs = 60_000;
const abandonedMs = 24 * 60 * 60 * 1000;
const readTries = 3;

export interface S3ContentStoreOptions extends Partial<S3Address> {
  readonly bucket: string;
  /** Keys a page when listing; 1,000 by default, which is S3's most. */
  readonly pageSize?: number;
  /** One of one's own, with other settings; it is closed by whoever made it. */
  readonly client?: S3Client;
  readonly clock?: Clock;
}

/**
 * Contents in a bucket of S3, or of a service that speaks its protocol. Credentials come from the AWS SDK's own chain: environment, profile,
 * the machine's role. An object appears when its upload is completed, so it is there whole or not at all.
 */
export class S3ContentStore implements ContentStore {
  readonly url: string;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #host: string;
  readonly #client: S3Client;
  readonly #ownsClient: boolean;
  readonly #pageSize: number;
  readonly #clock: Clock;

  constructor(options: S3ContentStoreOptions) {
    const { bucket, prefix = '', endpoint } = options;
    this.#bucket = bucket;
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
    this.#host = endpoint === undefined ? 's3.amazonaws.com' : new URL(endpoint).host;
    this.#pageSize = options.pageSize ?? 1000;
    this.#clock = options.clock ?? systemClock;
    this.#client = options.client ?? new S3Client(settingsOf(options));
    this.#ownsClient = options.client === undefined;
    const at = endpoint === undefined ? '' : `?endpoint=${new URL(endpoint).origin}`;
    this.url = `s3://${bucket}/${prefix}${at}`;
  }

  async write(name: string, bytes: Readable, options: { signal?: AbortSignal } = {}): Promise<ContentFacts> {
    const { signal } = options;
    // What the source itself throws is told as it is, not as the service's fault.
    let sourceError: unknown;
    const source = endWith(bytes, signal).once('error', (error: unknown) => {
      sourceError ??= error;
    });
    try {
      checkContentName(name);
      signal?.throwIfAborted();
      const trailed = new Trailed(name, source, () => this.#clock.now());
      const body = endWith(Readable.from(trailed), undefined);
      const upload = new Upload({
        client: this.#client,
        params: {
          ...this.#object(name),
          Body: body,
          ContentType: 'application/octet-stream',
        },
        ...{ partSize: partBytes, queueSize: partsAtOnce, leavePartsOnError: false },
      });
      const abort = () => void upload.abort();
      signal?.addEventListener('abort', abort, { once: true });
      await upload.done().finally(() => signal?.removeEventListener('abort', abort));
      return trailed.facts as ContentFacts;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw sourceError ?? this.#problem(error, `${name} cannot be written`);
    } finally {
      bytes.destroy();
    }
  }

  async read(name: string, options: { from?: number; signal?: AbortSignal } = {}): Promise<Readable> {
    checkContentName(name);
    const { from = 0, signal } = options;
    for (let tried = 1; ; tried++) {
      const found = await this.#tail(name, signal);
      if (found === undefined) throw missingContent(name, this.url);
      const { facts, etag } = found;
      checkFrom(from, facts);
      if (from === facts.bytes) return Readable.from([]);
      const open = (position: number, { signal: own }: { signal?: AbortSignal }) =>
        this.#body(name, { from: position, to: facts.bytes - 1, etag, signal: own });
      try {
        const body = await open(from, { signal });
        return endWith(new S3Read(open, { from, end: facts.bytes, body }), signal);
      } catch (error) {
        // Replaced since we looked at its end: then there is a new one.
        const replaced = (error as { code?: string }).code === 'DOCUMENT_FAILED';
        if (!replaced || tried === readTries) throw error;
      }
    }
  }

  async facts(name: string): Promise<ContentFacts | undefined> {
    checkContentName(name);
    return (await this.#tail(name))?.facts;
  }

  async delete(name: string): Promise<boolean> {
    checkContentName(name);
    try {
      // S3 does not tell whether there was anything to delete.
      await this.#client.send(new HeadObjectCommand(this.#object(name)));
      await this.#client.send(new DeleteObjectCommand(this.#object(name)));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw this.#problem(error, `${name} cannot be deleted`);
    }
  }

  async *list(prefix = ''): AsyncGenerator<ContentFacts, void, undefined> {
    for await (const names of this.#pages(prefix)) {
      for (let at = 0; at < names.length; at += factsAtOnce) {
        const found = await Promise.all(names.slice(at, at + factsAtOnce).map((name) => this.facts(name)));
        // Deleted since the page was made.
        for (const facts of found) if (facts !== undefined) yield facts;
      }
    }
  }

  /**
   * Aborts uploads in parts that were begun `idleMs` ago (a day by default) and never completed: they cost money, and no listing shows them.
   * Their size is not known. A lifecycle rule of the bucket (AbortIncompleteMultipartUpload) does the same.
   */
  async sweep(options: { idleMs?: number; signal?: AbortSignal } = {}): Promise<SweptLeftovers> {
    const before = this.#clock.now() - (options.idleMs ?? abandonedMs);
    let removed = 0;
    let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    try {
      while (marker !== undefined) {
        const page: ListMultipartUploadsCommandOutput = await this.#client.send(
          new ListMultipartUploadsCommand({ Bucket: this.#bucket, Prefix: this.#prefix, ...marker }),
          { abortSignal: options.signal },
        );
        for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
          if (Key === undefined || UploadId === undefined || (Initiated?.getTime() ?? 0) > before) continue;
          await this.#client
            .send(new AbortMultipartUploadCommand({ Bucket: this.#bucket, Key, UploadId }))
            .then(() => removed++)
            // Completed or aborted by somebody else.
            .catch((error: unknown) => {
              if (!isMissing(error)) throw error;
            });
        }
        marker = page.IsTruncated
          ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
          : undefined;
      }
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      throw this.#problem(error, 'Abandoned uploads cannot be swept');
    }
    return { removed, bytes: 0 };
  }

  async close(): Promise<void> {
    if (this.#ownsClient) this.#client.destroy();
  }

  /** The facts behind an object's bytes, and which version of it they belong to. */
  async #tail(
    name: string,
    signal?: AbortSignal,
  ): Promise<{ facts: ContentFacts; etag: string | undefined } | undefined> {
    try {
      const answer = await this.#client.send(
        new GetObjectCommand({ ...this.#object(name), Range: `bytes=-${trailerBytes}` }),
        { abortSignal: signal },
      );
      const end = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      const size = Number(/\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1] ?? answer.ContentLength);
      return { facts: factsOfTrailer(name, end.subarray(-trailerBytes), size), etag: answer.ETag };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (isMissing(error)) return undefined;
      // An object without a byte has no end to ask for, so it is none of ours.
      if (statusOf(error) === 416) factsOfTrailer(name, new Uint8Array(), 0);
      throw this.#problem(error, `${name} cannot be read`);
    }
  }

  async #body(
    name: string,
    part: { from: number; to: number; etag: string | undefined; signal?: AbortSignal },
  ): Promise<Readable> {
    const { from, to, etag, signal } = part;
    try {
      const answer = await this.#client.send(
        new GetObjectCommand({ ...this.#object(name), Range: `bytes=${from}-${to}`, IfMatch: etag }),
        { abortSignal: signal },
      );
      return answer.Body as Readable;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (isMissing(error) || statusOf(error) === 412) {
        throw new DocumentError(`${name} was replaced or deleted while it was being read.`, {
          retryable: true,
          remedy: 'Read it again from the beginning.',
        });
      }
      throw this.#problem(error, `${name} cannot be read`);
    }
  }

  async *#pages(prefix: string): AsyncGenerator<string[], void, undefined> {
    const pages = paginateListObjectsV2(
      { client: this.#client, pageSize: this.#pageSize },
      { Bucket: this.#bucket, Prefix: this.#prefix + prefix },
    );
    try {
      for await (const page of pages) {
        yield (page.Contents ?? []).map(({ Key = '' }) => Key.slice(this.#prefix.length));
      }
    } catch (error) {
      throw this.#problem(error, 'Contents cannot be listed');
    }
  }

  #object(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + name };
  }

  #problem(error: unknown, what: string): Error {
    return s3Problem(error, what, { bucket: this.#bucket, host: this.#host });
  }
}

function settingsOf({ region, endpoint, pathStyle, checksums = true }: S3ContentStoreOptions) {
  return {
    // A service of one's own has no regions, but what is signed names one.
    ...((region ?? endpoint) && { region: region ?? 'us-east-1' }),
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: pathStyle ?? endpoint !== undefined,
    requestHandler: { connectionTimeout: connectMs, socketTimeout: idleMs },
    ...(!checksums && {
      requestChecksumCalculation: 'WHEN_REQUIRED' as const,
      responseChecksumValidation: 'WHEN_REQUIRED' as const,
    }),
  };
}
