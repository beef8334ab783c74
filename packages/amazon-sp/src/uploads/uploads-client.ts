import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  ConfigurationError,
  DocumentError,
  isErrorOf,
  type MarketplaceId,
  RemoteError,
  ValidationError,
} from '@fluxori/core';
import { type Content, type ContentStore, upload } from '@fluxori/documents';
import type { NetworkAwareClient } from '@fluxori/network';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { checkText } from '../pipeline/check-list.js';
import { marketplaceIn } from '../pipeline/marketplace-in.js';
import type { SectionContext } from '../pipeline/section-context.js';

/** Content that can be read twice: once for its digest. */
export type UploadContent = Exclude<Content, Readable>;

export interface NewUpload extends SpCallOptions {
  /** What it is for: the path of the operation that will name it, see `uploadResources`. */
  readonly resource: string;
  /** E.g. `application/pdf`. */
  readonly contentType: string;
  /** The account's first by default. */
  readonly marketplaceId?: MarketplaceId;
  readonly onProgress?: (progress: { readonly bytes: number; readonly totalBytes?: number }) => void;
}

export interface UploadedFile {
  /** For the operation that it is for. */
  readonly uploadDestinationId: string;
  readonly contentType: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

/** A file in a content store of the connector. */
export interface StoredFile {
  readonly name: string;
  /** It lies in `sealedContents`: anything with a buyer's data. */
  readonly sealed?: boolean;
}

export interface UploadsParts {
  readonly client: NetworkAwareClient;
  readonly contents?: ContentStore;
  readonly sealedContents?: ContentStore;
}

const operation = 'uploads.createUploadDestinationForResource';
/** A file from a content store is read whole. */
const largestStored = 64 * 2 ** 20;

/** Files that other operations name (uploads 2020-11-01): attachments of messages, pictures of A+ content. */
export class UploadsClient {
  readonly #context: SectionContext;
  readonly #parts: UploadsParts;

  constructor(context: SectionContext, parts: UploadsParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /**
   * Puts a file where Amazon wants it, checked by its MD5. Doing it again makes another destination, which does no harm: one that nobody names is
   * dropped by Amazon.
   *
   * @throws ValidationError naming `resource` or `contentType`; DocumentError when it cannot be transferred.
   */
  async send(content: UploadContent, file: NewUpload): Promise<UploadedFile> {
    const resource = this.#checked(file);
    const contentMD5 = await md5(content);
    try {
      return await this.#sendOnce(content, { ...file, resource }, contentMD5);
    } catch (error) {
      // So many minutes for one URL: a large file on a slow line may need another.
      if (!isErrorOf(error, 'DocumentError') || error.code !== 'DOCUMENT_URL_EXPIRED') throw error;
      return this.#sendOnce(content, { ...file, resource }, contentMD5);
    }
  }

  /**
   * The same for a file in a content store, at most 64 MiB: the job `uploads.send`.
   * @throws ConfigurationError when there is no such store; DocumentError when the file is not there.
   */
  async sendStored(stored: StoredFile, file: NewUpload): Promise<UploadedFile> {
    this.#checked(file);
    return this.send(await this.read(stored, file), file);
  }

  /** A file in a content store of the connector, whole. */
  async read({ name, sealed = false }: StoredFile, { signal }: SpCallOptions = {}): Promise<Buffer> {
    const place = sealed ? 'sealedContents' : 'contents';
    const store = this.#parts[place];
    const account = this.#context.config.accountId;
    if (store === undefined) {
      throw new ConfigurationError(`The connector of ${account} has no content store \`${place}\`.`, {
        account,
        remedy: `Give it \`${place}\` when it is made, or send the file itself.`,
      });
    }
    const own = signal === undefined ? {} : { signal };
    const bytes = (await store.facts(name))?.bytes ?? 0;
    if (bytes > largestStored) {
      throw new DocumentError(`The content ${name} has ${bytes} bytes, more than ${largestStored}.`, {
        code: 'DOCUMENT_TOO_LARGE',
        ...{ account, operation },
        remedy: 'Send it as a file with uploads.send.',
      });
    }
    return buffer(await store.read(name, own));
  }

  async #sendOnce(content: UploadContent, file: NewUpload, contentMD5: string): Promise<UploadedFile> {
    const { resource, contentType, marketplaceId, onProgress, signal } = file;
    const { accountId: account } = this.#context.config;
    const { payload } = await this.#context.api('uploads').createUploadDestinationForResource(
      {
        ...{ resource, contentType, contentMD5 },
        marketplaceIds: [marketplaceIn(this.#context, marketplaceId).id],
      },
      callOptions(file),
    );
    const { uploadDestinationId, url, headers } = payload ?? {};
    if (uploadDestinationId === undefined || url === undefined) {
      throw new RemoteError(`Amazon gave no upload destination for ${account}.`, {
        ...{ code: 'REMOTE_UNREADABLE', status: 201, retryable: true, account, operation },
        remedy: 'Try again; if it stays, give Amazon’s support the request id.',
      });
    }
    const { bytes, sha256 } = await upload(
      { url, contentType, headers: { 'content-md5': contentMD5, ...textsIn(headers) } },
      content,
      {
        ...{ client: this.#parts.client, operation: 'uploads.put', account },
        ...(signal && { signal }),
        ...(onProgress && { onProgress }),
      },
    );
    return { uploadDestinationId, contentType, bytes, sha256 };
  }

  /** @returns the resource as Amazon wants it, without a slash before it. */
  #checked({ resource, contentType }: NewUpload): string {
    checkText(resource, 'resource');
    checkText(contentType, 'contentType');
    const path = resource.replace(/^\/+/, '');
    const wrong = (field: string, text: string, remedy: string) =>
      new ValidationError(`${field}: ${text}.`, {
        ...{ field, remedy, operation, account: this.#context.config.accountId },
      });
    if (!/^[^/\s]+(\/[^/\s]+)+$/.test(path))
      throw wrong('resource', 'is no path of an operation', 'Use `uploadResources`, or the path it is for.');
    if (!/^[\w.+-]+\/[\w.+-]+(\s*;.*)?$/.test(contentType))
      throw wrong('contentType', 'is no content type', 'Write one such as application/pdf.');
    return path;
  }
}

/** The headers that Amazon wants with the upload; it types them as any object. */
function textsIn(headers: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((headers ?? {}) as object).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
    ),
  );
}

async function md5(content: UploadContent): Promise<string> {
  const hash = createHash('md5');
  if (typeof content === 'string' || content instanceof Uint8Array)
    return hash.update(content).digest('base64');
  const stream: Readable = 'file' in content ? createReadStream(content.file) : content.open();
  try {
    for await (const piece of stream) hash.update(piece as Buffer);
  } catch (error) {
    if (!('file' in content)) throw error;
    throw new ValidationError(`The file ${content.file} is not there or is no file that can be read.`, {
      field: 'file',
      remedy: 'Name a file that this process may read.',
    });
  }
  return hash.digest('base64');
}
