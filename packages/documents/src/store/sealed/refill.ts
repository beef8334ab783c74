/** Bytes that come in pieces of any size and are taken in others, each copied once at most. */
export class Refill {
  #pieces: Uint8Array[] = [];
  size = 0;

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.size += piece.length;
  }

  /** @param bytes - at most `size`. */
  take(bytes: number): Uint8Array {
    const taken: Uint8Array[] = [];
    let missing = bytes;
    let used = 0;
    while (missing > 0) {
      const piece = this.#pieces[used] as Uint8Array;
      if (piece.length > missing) {
        taken.push(piece.subarray(0, missing));
        this.#pieces[used] = piece.subarray(missing);
        missing = 0;
      } else {
        taken.push(piece);
        missing -= piece.length;
        used++;
      }
    }
    this.#pieces.splice(0, used);
    this.size -= bytes;
    return taken.length === 1 ? (taken[0] as Uint8Array) : Buffer.concat(taken);
  }
}
