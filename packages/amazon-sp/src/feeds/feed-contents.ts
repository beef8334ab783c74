import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { DocumentError, type KeyValueStore } from '@fluxori/core';
import type { ContentStore } from '@fluxori/documents';
import { checkText } from '../pipeline/check-list.js';

/** A document that waits to be sent. */
export interface KeptFeed {
  readonly name: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  readonly in: 'contents' | 'sealedContents' | 'keyValues';
}

export interface FeedContentsParts {
  /** Used where no content store is: sealed, when the application seals its secrets. */
  readonly keyValues: KeyValueStore;
  readonly contents?: ContentStore;
  readonly sealedContents?: ContentStore;
  /** Separates accounts. */
  readonly prefix: string;
}

/** One key value holds so much at most, in bytes before base64. */
const pieceBytes = 256 * 1024;
/** What nobody went on with is gone after a week; Amazon itself drops an unused document after two days. */
const keptMs = 7 * 24 * 60 * 60_000;

/**
 * Keeps the documents of feeds until they have ended, so that whoever goes on after a crash sends the same bytes: in a content store, else, compressed
 * and in pieces, in the key values.
 */
export class FeedContents {
  readonly #parts: FeedContentsParts;

  constructor(parts: FeedContentsParts) {
    this.#parts = parts;
  }

  /** @param options.personal - it holds personal data, and is kept sealed if anything here is. */
  async keep(id: string, content: Uint8Array, options: { personal?: boolean } = {}): Promise<KeptFeed> {
    const kept = this.keptAs(id, content, options);
    if (kept.in === 'keyValues') await this.#keepInPieces(kept, content);
    else await this.#parts[kept.in]?.write(kept.name, Readable.from([content]));
    return kept;
  }

  /** Where and as what `keep` keeps it. */
  keptAs(id: string, content: Uint8Array, options: { personal?: boolean } = {}): KeptFeed {
    const place = options.personal ? 'sealedContents' : 'contents';
    return {
      name: `feeds/${this.#parts.prefix}/${fileName(id)}`,
      bytes: content.byteLength,
      sha256: digest(content),
      in: this.#parts[place] === undefined ? 'keyValues' : place,
    };
  }

  /** @throws DocumentError `DOCUMENT_NOT_FOUND`, or `DOCUMENT_DAMAGED` when the bytes are not those that were kept. */
  async read(kept: KeptFeed): Promise<Buffer> {
    checkText(kept.name, 'name');
    checkText(kept.in, 'in');
    const store = kept.in === 'keyValues' ? undefined : this.#parts[kept.in];
    const content =
      store === undefined ? await this.#readPieces(kept) : await buffer(await store.read(kept.name));
    if (digest(content) === kept.sha256) return content;
    throw new DocumentError(`The kept document of a feed (${kept.name}) is not what was kept.`, {
      code: 'DOCUMENT_DAMAGED',
      remedy: 'Submit the feed anew. Nothing of it was sent with these bytes.',
    });
  }

  /** Idempotent. */
  async forget(kept: KeptFeed): Promise<void> {
    checkText(kept.name, 'name');
    checkText(kept.in, 'in');
    const store = kept.in === 'keyValues' ? undefined : this.#parts[kept.in];
    if (store !== undefined) await store.delete(kept.name);
    else {
      for (let piece = 0; piece < piecesOf(kept); piece++) {
        await this.#parts.keyValues.delete(pieceKey(kept.name, piece));
      }
    }
  }

  async #keepInPieces({ name, bytes }: { name: string; bytes: number }, content: Uint8Array): Promise<void> {
    const packed = await promisify(gzip)(content);
    for (let piece = 0; piece < piecesOf({ bytes }); piece++) {
      const part = packed.subarray(piece * pieceBytes, (piece + 1) * pieceBytes);
      if (part.length === 0) break;
      await this.#parts.keyValues.set(pieceKey(name, piece), part.toString('base64'), { ttlMs: keptMs });
    }
  }

  async #readPieces(kept: KeptFeed): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let piece = 0; piece < piecesOf(kept); piece++) {
      const part = await this.#parts.keyValues.get(pieceKey(kept.name, piece));
      if (typeof part !== 'string') break;
      parts.push(Buffer.from(part, 'base64'));
    }
    if (parts.length === 0) {
      throw new DocumentError(`The kept document of a feed (${kept.name}) is gone.`, {
        code: 'DOCUMENT_NOT_FOUND',
        remedy: 'Submit the feed anew.',
      });
    }
    try {
      return await promisify(gunzip)(Buffer.concat(parts));
    } catch {
      return Buffer.alloc(0);
    }
  }
}

function digest(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** At most: gzip makes nothing much larger. */
function piecesOf({ bytes }: { bytes: number }): number {
  return Math.ceil((bytes + bytes / 1_000 + 64) / pieceBytes);
}

function pieceKey(name: string, piece: number): string {
  return `sp-api/${name}/${piece}`;
}

/** Ids of jobs and digests are names already; anything else becomes one. */
function fileName(id: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,100}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');
}
