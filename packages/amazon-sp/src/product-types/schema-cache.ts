import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DocumentError, isErrorOf } from '@fluxori/core';
import { type ContentStore, download } from '@fluxori/documents';
import type { NetworkAwareClient } from '@fluxori/network';

/** A schema document as Amazon names it: where it lies for a while, and the MD5 of its bytes in Base64. */
export interface SchemaLink {
  readonly link: { readonly resource: string };
  readonly checksum: string;
}

export interface SchemaOptions {
  /** For messages: whose schema it is. */
  readonly productType: string;
  readonly signal?: AbortSignal;
}

export interface SchemaCacheParts {
  readonly client: NetworkAwareClient;
  /** Kept here for all processes, if there is one; each process keeps the last few besides. */
  readonly contents?: ContentStore;
  readonly account: string;
}

const operation = 'productTypeDefinitions.schema';
/** A schema takes some megabytes at most. */
const maxBytes = 64 * 2 ** 20;
const kept = 8;

/** JSON schemas, by their checksum: one that is known is never downloaded again. */
export class SchemaCache {
  readonly #parts: SchemaCacheParts;
  /** The last few as text; the newest at the end. */
  readonly #near = new Map<string, string>();

  constructor(parts: SchemaCacheParts) {
    this.#parts = parts;
  }

  /**
   * The schema behind a link.
   * @param anew - asks Amazon for another link, when this one has expired.
   * @throws DocumentError `DOCUMENT_DAMAGED` when what came is not what the checksum says.
   */
  async get(
    link: SchemaLink,
    anew: (options: { signal?: AbortSignal }) => Promise<SchemaLink>,
    options: SchemaOptions,
  ): Promise<unknown> {
    const { checksum } = link;
    const text = this.#near.get(checksum) ?? (await this.#fromStore(checksum, options));
    if (text !== undefined) return this.#remember(checksum, text, options);
    const bytes = await this.#download(link, anew, options);
    const { contents } = this.#parts;
    await contents?.write(nameOf(checksum), Readable.from([bytes]), { signal: options.signal });
    return this.#remember(checksum, bytes.toString('utf8'), options);
  }

  async #fromStore(checksum: string, { signal }: SchemaOptions): Promise<string | undefined> {
    const { contents } = this.#parts;
    if (contents === undefined) return undefined;
    try {
      const bytes = await buffer(await contents.read(nameOf(checksum), { signal }));
      // A copy that went bad is fetched anew.
      return md5(bytes) === checksum ? bytes.toString('utf8') : undefined;
    } catch (error) {
      if (isErrorOf(error, 'DocumentError')) return undefined;
      throw error;
    }
  }

  async #download(
    link: SchemaLink,
    anew: (options: { signal?: AbortSignal }) => Promise<SchemaLink>,
    options: SchemaOptions,
  ): Promise<Buffer> {
    const { client, account } = this.#parts;
    const { signal } = options;
    const { bytes, totalBytes } = await download(
      async (why) => ({ url: (why === 'first' ? link : await anew({ signal })).link.resource }),
      { client, operation, account, signal },
    );
    const pieces: Buffer[] = [];
    let size = totalBytes ?? 0;
    if (size <= maxBytes) {
      size = 0;
      for await (const piece of bytes as AsyncIterable<Buffer>) {
        pieces.push(piece);
        size += piece.length;
        if (size > maxBytes) break;
      }
    }
    if (size > maxBytes) {
      bytes.destroy();
      throw this.#error(options, 'DOCUMENT_TOO_LARGE', `is larger than ${maxBytes} bytes`);
    }
    const whole = Buffer.concat(pieces);
    if (md5(whole) !== link.checksum)
      throw this.#error(
        options,
        'DOCUMENT_DAMAGED',
        'is not what its checksum says: it was changed on the way',
      );
    return whole;
  }

  #remember(checksum: string, text: string, options: SchemaOptions): unknown {
    // Parsed each time, so that nobody shares an object with others.
    const schema: unknown = parsed(text) ?? this.#refuse(checksum, options);
    this.#near.delete(checksum);
    this.#near.set(checksum, text);
    const [oldest] = this.#near.keys();
    if (this.#near.size > kept && oldest !== undefined) this.#near.delete(oldest);
    return schema;
  }

  #refuse(checksum: string, options: SchemaOptions): never {
    this.#near.delete(checksum);
    throw this.#error(options, 'DOCUMENT_MALFORMED', 'is no JSON');
  }

  #error(
    { productType }: SchemaOptions,
    code: 'DOCUMENT_TOO_LARGE' | 'DOCUMENT_DAMAGED' | 'DOCUMENT_MALFORMED',
    what: string,
  ): DocumentError {
    return new DocumentError(`The schema of ${productType} for ${this.#parts.account} ${what}.`, {
      code,
      operation,
      account: this.#parts.account,
      retryable: code === 'DOCUMENT_DAMAGED',
      remedy: 'Try again; if it stays, look for a proxy in between.',
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64');
}

/** Base64 has letters that names of contents do not take. */
function nameOf(checksum: string): string {
  return `schemas/${Buffer.from(checksum, 'base64').toString('hex')}.json`;
}
