import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { DocumentError } from '@fluxori/core';
import type { ContentFacts } from './content-store.js';

/**
 * Facts stand behind the bytes, in the same file or object, so that the two can never part: one rename, or one completed upload, makes both
 * appear. (They are known at the end only, since contents are written as they come.)
 */
export const trailerBytes = 128;

const form = /^\nfluxori-content 1 ([0-9a-f]{64}) ([ 0-9]{16}) (\S{24}) *\n$/;

/** Passes bytes on and puts the trailer behind them. Its `facts` are known when all has been read. */
export class Trailed {
  readonly #name: string;
  readonly #source: Readable;
  readonly #now: () => number;
  facts: ContentFacts | undefined;

  constructor(name: string, source: Readable, now: () => number) {
    this.#name = name;
    this.#source = source;
    this.#now = now;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const one of this.#source) {
      const chunk = Buffer.isBuffer(one) ? one : Buffer.from(one as string | Uint8Array);
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
    const facts = { name: this.#name, bytes, sha256: hash.digest('hex'), writtenAt: new Date(this.#now()) };
    yield trailerOf(facts);
    this.facts = facts;
  }
}

export function trailerOf({ bytes, sha256, writtenAt }: ContentFacts): Buffer {
  const text = `\nfluxori-content 1 ${sha256} ${String(bytes).padStart(16)} ${writtenAt.toISOString()}`;
  return Buffer.from(`${text.padEnd(trailerBytes - 1)}\n`, 'latin1');
}

/**
 * @param end - the last bytes of the file or object.
 * @param size - of all of it.
 * @throws DocumentError `DOCUMENT_DAMAGED` when it was not written here, or has been changed since.
 */
export function factsOfTrailer(name: string, end: Uint8Array, size: number): ContentFacts {
  const [, sha256, digits, moment] = form.exec(Buffer.from(end).toString('latin1')) ?? [];
  const writtenAt = new Date(moment ?? Number.NaN);
  const bytes = Number(digits);
  if (sha256 === undefined || bytes !== size - trailerBytes || Number.isNaN(writtenAt.getTime())) {
    throw new DocumentError(`What lies under ${name} was not written by this store, or was changed since.`, {
      code: 'DOCUMENT_DAMAGED',
      remedy: 'Delete it by its name and fetch the document again; find out who writes to the store.',
      details: { name, size },
    });
  }
  return { name, bytes, sha256, writtenAt };
}
