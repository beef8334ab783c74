import { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { DocumentContext } from '../errors/document-context.js';
import { closedEarly, documentError } from '../errors/document-errors.js';

/**
 * Pieces of this size are unpacked in one go, and as much ahead of the reader, on another thread: fewer turns between the threads than with Node's
 * 16 KiB, and pieces do not grow old in V8's heap before they are read, which would make memory grow with the document (measured: ADR 0023).
 */
const pieceBytes = 64 * 1024;
/** So much waits to be unpacked. */
const packedBytes = 16 * 1024;

/**
 * A document without its compression, if it has any. The first two bytes decide, since labels can lie: `GZIP` on plain bytes, and none on packed ones,
 * both occur. Gzip of several members is one document. Ending the reading ends `bytes`.
 *
 * The stream breaks with a DocumentError: `DOCUMENT_TRUNCATED` when the packed bytes end too early, `DOCUMENT_DAMAGED` when they cannot be unpacked or
 * fail gzip's own check; both name the byte.
 */
export function gunzipped(bytes: Readable, about: DocumentContext = {}): Readable {
  return new GunzippedBytes(bytes, about);
}

class GunzippedBytes extends Readable {
  readonly #bytes: Readable;
  readonly #about: DocumentContext;
  #gunzip: Gunzip | undefined;
  /** Where the bytes come from, once it is known what they are. */
  #source: Readable | undefined;
  #head: Buffer[] = [];
  #headBytes = 0;
  /** Packed bytes that came. */
  #packed = 0;
  /** Bytes that went on to the reader. */
  #taken = 0;
  #isStarted = false;

  constructor(bytes: Readable, about: DocumentContext) {
    super({ highWaterMark: pieceBytes });
    this.#bytes = bytes;
    this.#about = about;
    bytes.on('error', (error) => this.destroy(error));
    bytes.on('close', () => {
      if (!bytes.readableEnded && !this.destroyed) this.destroy(closedEarly(about, this.#taken));
    });
    // Who comes late still finds it; an error that nobody listens for would end the process.
    this.on('error', () => undefined);
  }

  override _read(): void {
    if (this.#source !== undefined) this.#source.resume();
    else if (!this.#isStarted) {
      this.#isStarted = true;
      this.#bytes.on('readable', this.#sniff);
      this.#bytes.on('end', this.#endedInHead);
    }
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#gunzip?.destroy();
    this.#bytes.destroy();
    callback(error);
  }

  readonly #sniff = (): void => {
    if (this.destroyed) return;
    const chunk = this.#bytes.read() as Buffer | string | null;
    if (chunk === null) return;
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    this.#head.push(piece);
    this.#headBytes += piece.length;
    if (this.#headBytes < 2) return;
    this.#leaveHead();
    const head = Buffer.concat(this.#head);
    this.#head = [];
    if (head[0] === 0x1f && head[1] === 0x8b) this.#unpack(head);
    else this.#passOn(head);
  };

  /** Too short for any compression. */
  readonly #endedInHead = (): void => {
    this.#leaveHead();
    for (const piece of this.#head) this.push(piece);
    this.push(null);
  };

  #leaveHead(): void {
    this.#bytes.off('readable', this.#sniff);
    this.#bytes.off('end', this.#endedInHead);
  }

  #unpack(head: Buffer): void {
    const gunzip = createGunzip({
      chunkSize: pieceBytes,
      readableHighWaterMark: pieceBytes,
      writableHighWaterMark: packedBytes,
    } as Parameters<typeof createGunzip>[0]);
    this.#gunzip = gunzip;
    gunzip.on('error', (error: Error & { code?: string }) => this.destroy(this.#broken(error)));
    this.#follow(gunzip);
    gunzip.write(head);
    this.#packed = head.length;
    this.#bytes.on('data', (chunk: Buffer) => {
      this.#packed += chunk.length;
    });
    this.#bytes.pipe(gunzip);
  }

  #passOn(head: Buffer): void {
    this.#follow(this.#bytes);
    this.#taken += head.length;
    if (!this.push(head)) this.#bytes.pause();
  }

  #follow(source: Readable): void {
    this.#source = source;
    source.on('data', (chunk: Buffer) => {
      this.#taken += chunk.length;
      if (!this.push(chunk)) source.pause();
    });
    source.on('end', () => this.push(null));
  }

  #broken(error: Error & { code?: string }): Error {
    const unpackedBytes = this.#taken;
    if (error.code === 'Z_BUF_ERROR') {
      return documentError(this.#about, {
        code: 'DOCUMENT_TRUNCATED',
        what: `the gzipped document is cut off at byte ${this.#packed} (${unpackedBytes} bytes were unpacked).`,
        remedy: 'Download it again; if it stays so, the remote side keeps it cut off: ask for it anew.',
        retryable: true,
        details: { packedBytes: this.#packed, unpackedBytes },
      });
    }
    // zlib does not tell where in a piece it stumbled.
    const packedBytes = this.#gunzip?.bytesWritten ?? 0;
    return documentError(this.#about, {
      code: 'DOCUMENT_DAMAGED',
      what: `the gzipped document is damaged after byte ${packedBytes} (${unpackedBytes} bytes were unpacked): ${error.message}.`,
      remedy: 'Download it again; if it stays so, the remote side keeps it damaged: ask for it anew.',
      retryable: true,
      details: { packedBytes, unpackedBytes, zlib: error.code },
    });
  }
}
