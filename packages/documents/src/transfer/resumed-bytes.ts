import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { isAbort, isErrorOf } from '@fluxori/core';
import type { NetworkAwareClient } from '@fluxori/network';
import type { DocumentContext } from '../errors/document-context.js';
import { closedEarly, documentError } from '../errors/document-errors.js';
import type { DocumentLink } from './document-link.js';
import type { DocumentLinks } from './document-links.js';
import { isPassing, type Patience } from './patience.js';
import { changed, type DocumentIdentity, type RangedAnswer, requestFrom } from './ranged-request.js';
import { refusalOf } from './storage-refusal.js';

export interface ResumedBytesParts extends DocumentContext {
  readonly client: NetworkAwareClient;
  readonly operation: string;
  readonly links: DocumentLinks;
  readonly patience: Patience;
  readonly signal: AbortSignal | undefined;
  readonly expectedSha256: string | undefined;
  /** Told of each piece. */
  readonly onBytes: (bytes: number, totalBytes: number | undefined) => void;
  readonly onEnd: (facts: { bytes: number; sha256: string; drops: number; links: number }) => void;
  readonly onFailure: (error: unknown) => void;
}

/** A document's bytes, from the first to the last, over as many connections and links as it takes. */
export class ResumedBytes extends Readable {
  readonly #parts: ResumedBytesParts;
  readonly #leaving = new AbortController();
  readonly #signal: AbortSignal;
  readonly #hash: Hash = createHash('sha256');
  #body: Readable | undefined;
  #position = 0;
  /** Whether the present answer brought anything. */
  #hasMoved = false;
  #drops = 0;
  #isEnded = false;
  #known: DocumentIdentity | undefined;
  /** Bytes that come once more and are left out, and their digest, while a store that knows no ranges sends all again. */
  #skip = 0;
  #skipped: Hash | undefined;

  constructor(parts: ResumedBytesParts) {
    super({ highWaterMark: 64 * 1024 });
    this.#parts = parts;
    this.#signal =
      parts.signal === undefined
        ? this.#leaving.signal
        : AbortSignal.any([parts.signal, this.#leaving.signal]);
    // Who comes late still finds it; an error that nobody listens for would end the process.
    this.on('error', () => undefined);
  }

  /** Makes the first connection. @returns what the document is. */
  async begin(): Promise<{ link: DocumentLink; identity: DocumentIdentity }> {
    try {
      await this.#connect();
      return { link: await this.#parts.links.current(this.#signal), identity: this.#known ?? {} };
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  override _read(): void {
    this.#body?.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#leaving.abort();
    this.#body?.destroy();
    if (!this.#isEnded) {
      // Who leaves a loop over the bytes destroys them with an error of the platform's own.
      const left = error === null || (isAbort(error) && !this.#parts.signal?.aborted);
      this.#parts.onFailure(left ? closedEarly(this.#parts, this.#position) : error);
    }
    callback(error);
  }

  /** Goes on where it was, with as many attempts as patience has. */
  async #connect(): Promise<void> {
    const { client, operation, account, links } = this.#parts;
    for (;;) {
      this.#signal.throwIfAborted();
      const { url } = await links.current(this.#signal);
      try {
        const ranged = await requestFrom({
          client,
          operation,
          ...(account !== undefined && { account }),
          url,
          from: this.#position,
          known: this.#known,
          signal: this.#signal,
        });
        if (ranged === undefined) this.#finish();
        else this.#follow(ranged);
        return;
      } catch (error) {
        await this.#mend(error);
      }
    }
  }

  /** Does what can be done about an error before the next attempt. @throws when there is to be none. */
  async #mend(error: unknown): Promise<void> {
    const { links, patience } = this.#parts;
    const refusal = refusalOf(error);
    if (refusal === 'expired' || refusal === 'refused') {
      await links.refused(refusal, error, this.#signal);
      patience.restart();
      return;
    }
    if (refusal === 'gone') {
      throw documentError(this.#parts, {
        code: 'DOCUMENT_NOT_FOUND',
        what: 'the document store has no such document (any more).',
        remedy: 'Ask for the report or feed result anew.',
        cause: error,
      });
    }
    if (await patience.again(error, this.#signal)) return;
    if (!isPassing(error)) throw error;
    throw documentError(this.#parts, {
      code: 'DOCUMENT_INTERRUPTED',
      what: `the download was given up after ${patience.failures} failures, ${this.#drops} of them broken connections: ${this.#share()}.`,
      remedy: 'Try again later; if it goes on, look at the connection, the proxy and the firewall.',
      retryable: true,
      details: { bytes: this.#position, drops: this.#drops },
      cause: error,
    });
  }

  #follow({ answer, skip, identity }: RangedAnswer): void {
    // The first answer counts, and what a later one adds to it.
    this.#known = { ...identity, ...this.#known };
    this.#hasMoved = false;
    this.#skip = skip;
    this.#skipped = skip > 0 && skip === this.#position ? createHash('sha256') : undefined;
    const { body } = answer;
    this.#body = body;
    body.on('data', (chunk: Buffer) => this.#onData(body, chunk));
    body.on('end', () => this.#onEnd(body));
    body.on('error', (error) => this.#onBroken(body, error));
  }

  #onData(body: Readable, chunk: Buffer): void {
    if (body !== this.#body) return;
    const piece = this.#skip === 0 ? chunk : this.#withoutSkipped(chunk);
    if (piece === undefined || piece.length === 0) return;
    this.#position += piece.length;
    const totalBytes = this.#known?.totalBytes;
    if (totalBytes !== undefined && this.#position > totalBytes) {
      this.destroy(this.#tooLong());
      return;
    }
    this.#hash.update(piece);
    this.#hasMoved = true;
    this.#parts.links.worked();
    this.#parts.patience.moved();
    this.#parts.onBytes(this.#position, totalBytes);
    if (!this.push(piece)) body.pause();
  }

  #withoutSkipped(chunk: Buffer): Buffer | undefined {
    const again = chunk.subarray(0, this.#skip);
    this.#skipped?.update(again);
    this.#skip -= again.length;
    if (this.#skip > 0) return undefined;
    const isSame =
      this.#skipped === undefined || this.#skipped.digest('hex') === this.#hash.copy().digest('hex');
    if (!isSame) {
      this.destroy(changed(this.#parts, 'its beginning is another one now'));
      return undefined;
    }
    return chunk.subarray(again.length);
  }

  #onEnd(body: Readable): void {
    if (body !== this.#body) return;
    this.#body = undefined;
    const totalBytes = this.#known?.totalBytes;
    if (this.#skip > 0) {
      this.destroy(changed(this.#parts, `it ends before byte ${this.#position} now`));
    } else if (totalBytes !== undefined && this.#position < totalBytes) {
      // A store may answer with a part of the range; the rest is asked for like after a drop.
      this.#goOn(async () => {
        if (this.#hasMoved || (await this.#parts.patience.pause(this.#signal))) return;
        throw documentError(this.#parts, {
          code: 'DOCUMENT_TRUNCATED',
          what: `the store's answers end too early, again and again: ${this.#share()}.`,
          remedy: 'Download it again; if it stays so, the remote side keeps it cut off: ask for it anew.',
          retryable: true,
          details: { bytes: this.#position, totalBytes },
        });
      });
    } else this.#finish();
  }

  #onBroken(body: Readable, error: Error): void {
    if (body !== this.#body) return;
    this.#body = undefined;
    const { totalBytes } = this.#known ?? {};
    const code = isErrorOf(error, 'NetworkError') ? error.details?.errorCode : undefined;
    if (code === 'FLUXORI_ANSWER_TOO_LONG') this.destroy(this.#tooLong());
    else if (!isPassing(error)) this.destroy(error);
    else if (totalBytes !== undefined && this.#position === totalBytes) this.#finish();
    else {
      this.#drops += 1;
      this.#goOn(() => this.#mend(error));
    }
  }

  #goOn(prepare: () => Promise<void>): void {
    const again = async () => {
      await prepare();
      await this.#connect();
    };
    again().catch((failure: Error) => this.destroy(failure));
  }

  #finish(): void {
    const sha256 = this.#hash.digest('hex');
    const { expectedSha256, links, onBytes, onEnd } = this.#parts;
    if (expectedSha256 !== undefined && expectedSha256.toLowerCase() !== sha256) {
      this.destroy(
        documentError(this.#parts, {
          code: 'DOCUMENT_DAMAGED',
          what: `the SHA-256 of the document's ${this.#position} bytes is ${sha256}, expected was ${expectedSha256}.`,
          remedy: 'Download it again; if it stays so, another document lies there than was expected.',
          retryable: true,
          details: { bytes: this.#position, sha256 },
        }),
      );
      return;
    }
    this.#isEnded = true;
    onBytes(this.#position, this.#position);
    onEnd({ bytes: this.#position, sha256, drops: this.#drops, links: links.count });
    this.push(null);
  }

  #share(): string {
    const { totalBytes } = this.#known ?? {};
    return `${this.#position} ${totalBytes === undefined ? 'bytes' : `of ${totalBytes} bytes`} had come`;
  }

  #tooLong(): Error {
    return documentError(this.#parts, {
      code: 'DOCUMENT_DAMAGED',
      what: `more bytes came than were announced (${this.#known?.totalBytes ?? 'none'}).`,
      remedy: 'Try again; if it goes on, look at the proxy, or tell the remote side.',
      retryable: true,
    });
  }
}
