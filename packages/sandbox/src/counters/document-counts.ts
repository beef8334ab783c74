/** One answer of the documents host to a download. */
export interface DocumentDownload {
  readonly documentId: string;
  readonly status: number;
  /** The first byte that was sent, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  /** The connection ended before the answer did. */
  readonly cut: boolean;
}

export interface DocumentUpload {
  readonly documentId: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The document was kept, but the answer was lost. */
  readonly cut: boolean;
}

export interface DocumentCounts {
  /** Documents for feeds that were created. */
  readonly created: number;
  readonly uploads: readonly DocumentUpload[];
  readonly downloads: readonly DocumentDownload[];
  /** Those that came after the two lists were full. */
  readonly leftOut: number;
  /** Bytes of documents that were sent, and those of them that had been sent before. */
  readonly bytesSent: number;
  readonly bytesSentAgain: number;
  /** Refused requests by S3's code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Requests that carried `x-amz-access-token` or `Authorization`, which must never go to a document's host. */
  readonly withCredentials: number;
}

const mostListed = 20_000;

/** What reached the documents host. */
export class DocumentCounter {
  #created = 0;
  #uploads: DocumentUpload[] = [];
  #downloads: DocumentDownload[] = [];
  #leftOut = 0;
  #bytesSent = 0;
  #refused: Record<string, number> = {};
  #withCredentials = 0;

  created(): void {
    this.#created++;
  }

  uploaded(upload: DocumentUpload): void {
    if (this.#uploads.length < mostListed) this.#uploads.push(upload);
    else this.#leftOut++;
  }

  downloaded(download: DocumentDownload): void {
    this.#bytesSent += download.to - download.from;
    if (this.#downloads.length < mostListed) this.#downloads.push(download);
    else this.#leftOut++;
  }

  refused(code: string): void {
    this.#refused[code] = (this.#refused[code] ?? 0) + 1;
  }

  credentialsSeen(): void {
    this.#withCredentials++;
  }

  snapshot(): DocumentCounts {
    return structuredClone({
      created: this.#created,
      uploads: this.#uploads,
      downloads: this.#downloads,
      leftOut: this.#leftOut,
      bytesSent: this.#bytesSent,
      bytesSentAgain: this.#bytesSent - coveredBytes(this.#downloads),
      refused: this.#refused,
      withCredentials: this.#withCredentials,
    });
  }
}

/** How many different bytes the downloads were made of. */
function coveredBytes(downloads: readonly DocumentDownload[]): number {
  const byDocument = Map.groupBy(downloads, (one) => one.documentId);
  let covered = 0;
  for (const parts of byDocument.values()) {
    let end = 0;
    for (const { from, to } of [...parts].sort((a, b) => a.from - b.from)) {
      covered += Math.max(0, to - Math.max(from, end));
      end = Math.max(end, to);
    }
  }
  return covered;
}
