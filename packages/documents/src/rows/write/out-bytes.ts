/** So much is written at once: with a quarter of it, a busy machine that wakes the writing thread late cost a fifth more time. */
const pieceBytes = 2 ** 20;
/** Beyond a piece, for what is written before anybody asks whether it is full. */
const roomBytes = 2 * pieceBytes;
/** What a file begins with: most are small, and a process may write many. */
const firstBytes = 2 ** 16;

/**
 * Bytes of a file, by the piece. Two memories take turns: what `take()` gave is used no longer than until it was called twice again, and a file of
 * gigabytes costs no more memory than these two (new ones for each piece, collected late, would be hundreds of megabytes).
 */
export class OutBytes {
  #other: Buffer | undefined;
  bytes: Buffer = Buffer.allocUnsafeSlow(firstBytes);
  view: DataView = viewOf(this.bytes);
  /** Written so far; whoever writes into `bytes` sets it. */
  used = 0;

  get isFull(): boolean {
    return this.used >= pieceBytes;
  }

  /** Makes `bytes` large enough for so many more. */
  room(more: number): void {
    if (this.used + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.used + more, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.used);
    this.#use(larger);
  }

  /** Writes a text as UTF-8. */
  text(text: string): void {
    this.room(text.length * 3 <= pieceBytes ? text.length * 3 : Buffer.byteLength(text));
    this.used += this.bytes.write(text, this.used);
  }

  /** What was written since the last time. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.used);
    const next = this.#other ?? Buffer.allocUnsafeSlow(this.isFull ? roomBytes : firstBytes);
    // One that grew for a huge row is not kept for it.
    this.#other = this.bytes.length === roomBytes ? this.bytes : undefined;
    this.#use(next);
    this.used = 0;
    return taken;
  }

  #use(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
