import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GzippedReport } from './gzipped-report.js';

/** What a line that broke again and again carried. */
export interface LineFacts {
  readonly sha256: string;
  readonly connections: number;
  /** Answers that began before the end of what had been sent: each is one stretch that came twice. */
  readonly stretchesAgain: number;
  readonly bytesAgain: number;
}

/** Serves a report over a line that breaks so many times, at even distances, and goes on where it is asked to (HTTP Range). */
export class BrokenLine {
  readonly #report: GzippedReport;
  readonly #drops: number;
  #sentTo = 0;
  #connections = 0;
  #stretchesAgain = 0;
  #bytesAgain = 0;

  constructor(report: GzippedReport, drops: number) {
    this.#report = report;
    this.#drops = drops;
  }

  async answer({ headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { packedBytes } = this.#report;
    const from = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    const to = this.#connections < this.#drops ? this.#cut(this.#connections + 1) : packedBytes;
    this.#connections += 1;
    if (from < this.#sentTo) {
      this.#stretchesAgain += 1;
      this.#bytesAgain += this.#sentTo - from;
    }
    this.#sentTo = from;
    response.writeHead(headers.range === undefined ? 200 : 206, {
      'content-type': 'text/plain; charset=UTF-8',
      'content-length': packedBytes - from,
      etag: `"${packedBytes}"`,
      ...(headers.range !== undefined && {
        'content-range': `bytes ${from}-${packedBytes - 1}/${packedBytes}`,
      }),
    });
    for (const slice of slicesOf(this.#report, from, to)) {
      if (response.destroyed) break;
      this.#sentTo += slice.length;
      if (!response.write(slice)) await drained(response);
    }
    if (to < packedBytes) response.destroy();
    else response.end();
  }

  facts(): LineFacts {
    const hash = createHash('sha256');
    for (const piece of this.#report.pieces) hash.update(piece);
    return {
      sha256: hash.digest('hex'),
      connections: this.#connections,
      stretchesAgain: this.#stretchesAgain,
      bytesAgain: this.#bytesAgain,
    };
  }

  #cut(drop: number): number {
    return Math.floor((this.#report.packedBytes * drop) / (this.#drops + 1));
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

/** The bytes from one place to another, in slices of 64 KiB at most. */
export function* slicesOf({ pieces }: GzippedReport, from: number, to: number): Generator<Buffer, void> {
  let at = 0;
  for (const piece of pieces) {
    const begin = Math.max(0, from - at);
    const end = Math.min(piece.length, to - at);
    for (let i = begin; i < end; i += 65_536) yield piece.subarray(i, Math.min(i + 65_536, end));
    at += piece.length;
  }
}
