const lf = 10;
const cr = 13;
const quote = 34;

/** Where the walk through a line with quotes stands. `closing`: behind a quote inside of quotes, which ends them or is half of a doubled one. */
const place = { cellStart: 0, bare: 1, quoted: 2, closing: 3 } as const;
type Place = (typeof place)[keyof typeof place];

/**
 * Cuts bytes into lines. The first line's end is that of the document: LF (CRLF too) or CR; another one inside a cell is data. In a quoted format
 * a line ends outside of quotes only. After `feed`, each `next()` that gives true has set `bytes`, `from`, `to` and `hasQuotes`.
 *
 * Lines are found in bytes and not in text, since the charsets that come here (UTF-8, ISO 8859-1) keep CR, LF and the quote to themselves, and
 * since a line's text that is made by itself does not keep its neighbours alive when somebody keeps a cell of it.
 */
export class LineCutter {
  readonly #quoted: boolean;
  readonly #delimiter: number;
  readonly #maxLineBytes: number;
  readonly #tooLong: () => Error;
  /** LF or CR, once the first line has ended. */
  #end: number | undefined;
  #piece: Buffer = Buffer.alloc(0);
  #at = 0;
  /** The begin of a line that pieces before this one held. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** The first line ended with a CR that was the last byte of its piece: the next byte tells whether it was half of a CRLF. */
  #undecidedCr = false;
  #afterCr = false;
  #place: Place = place.cellStart;
  #quotesInLine = false;
  #nextQuote = -1;

  bytes: Buffer = this.#piece;
  from = 0;
  to = 0;
  /** Whether a cell of the line begins with a quote. */
  hasQuotes = false;

  constructor(options: { quoted: boolean; delimiter: number; maxLineBytes: number; tooLong: () => Error }) {
    this.#quoted = options.quoted;
    this.#delimiter = options.delimiter;
    this.#maxLineBytes = options.maxLineBytes;
    this.#tooLong = options.tooLong;
  }

  /** Whether the document ended inside of quotes; ask after `last()`. */
  get insideQuotes(): boolean {
    return this.#place === place.quoted;
  }

  feed(piece: Buffer): void {
    this.#piece = piece;
    this.#at = 0;
    this.#nextQuote = this.#quoted ? piece.indexOf(quote) : -1;
  }

  next(): boolean {
    if (this.#at >= this.#piece.length) return false;
    if (this.#undecidedCr) return this.#decide();
    if (this.#afterCr) {
      this.#afterCr = false;
      if (this.#piece[this.#at] === lf && ++this.#at === this.#piece.length) return false;
    }
    const end = this.#end === undefined ? this.#firstEnd() : this.#endOf(this.#end);
    if (end === -1) {
      this.#hold();
      return false;
    }
    this.#cut(end);
    this.#at = end + 1;
    this.#afterCr = this.#end === cr;
    return true;
  }

  /** The line that no line end follows, if there is one. */
  last(): boolean {
    if (this.#heldBytes === 0) return false;
    this.#piece = Buffer.alloc(0);
    this.#at = 0;
    if (this.#undecidedCr) return this.#decide();
    const within = this.#place;
    this.#cut(0);
    this.#place = within;
    return true;
  }

  #decide(): boolean {
    this.#undecidedCr = false;
    const followedByLf = this.#piece[this.#at] === lf;
    this.#end = followedByLf ? lf : cr;
    this.#cut(this.#at);
    if (followedByLf) this.#at++;
    else this.to--;
    return true;
  }

  #firstEnd(): number {
    const end = this.#quoted ? this.#walk(undefined) : firstOf(this.#piece);
    if (end === -1) return -1;
    if (this.#piece[end] === cr) {
      if (end + 1 === this.#piece.length) {
        this.#undecidedCr = true;
        return -1;
      }
      this.#end = this.#piece[end + 1] === lf ? lf : cr;
      return this.#end === lf ? end + 1 : end;
    }
    this.#end = lf;
    return end;
  }

  #endOf(sign: number): number {
    const end = this.#piece.indexOf(sign, this.#at);
    if (!this.#quoted) return end;
    if (this.#place === place.quoted || this.#place === place.closing) return this.#walk(sign);
    if (this.#nextQuote !== -1 && this.#nextQuote < this.#at)
      this.#nextQuote = this.#piece.indexOf(quote, this.#at);
    if (this.#nextQuote !== -1 && (end === -1 || this.#nextQuote < end)) return this.#walk(sign);
    if (end === -1) this.#place = this.#piece.at(-1) === this.#delimiter ? place.cellStart : place.bare;
    return end;
  }

  /** The first `sign` (CR or LF while none is known) outside of quotes. */
  #walk(sign: number | undefined): number {
    const piece = this.#piece;
    let now: Place = this.#place;
    for (let at = this.#at; at < piece.length; at++) {
      if (now === place.quoted) {
        at = piece.indexOf(quote, at);
        if (at === -1) break;
        now = place.closing;
        continue;
      }
      const byte = piece[at];
      if (byte === quote) {
        if (now === place.cellStart) this.#quotesInLine = true;
        now = now === place.bare ? place.bare : place.quoted;
      } else if (byte === this.#delimiter) now = place.cellStart;
      else if (sign === undefined ? byte === lf || byte === cr : byte === sign) {
        this.#place = place.bare;
        return at;
      } else now = place.bare;
    }
    this.#place = now;
    return -1;
  }

  #hold(): void {
    const rest = this.#at === 0 ? this.#piece : this.#piece.subarray(this.#at);
    this.#at = this.#piece.length;
    this.#held.push(rest);
    this.#heldBytes += rest.length;
    if (this.#heldBytes > this.#maxLineBytes) throw this.#tooLong();
  }

  #cut(end: number): void {
    if (this.#heldBytes === 0) {
      this.bytes = this.#piece;
      this.from = this.#at;
      this.to = end;
    } else {
      this.bytes = Buffer.concat([...this.#held, this.#piece.subarray(this.#at, end)]);
      this.from = 0;
      this.to = this.bytes.length;
      this.#held = [];
      this.#heldBytes = 0;
    }
    if (this.#end === lf && this.to > this.from && this.bytes[this.to - 1] === cr) this.to--;
    this.hasQuotes = this.#quotesInLine;
    this.#quotesInLine = false;
    this.#place = place.cellStart;
  }
}

function firstOf(piece: Buffer): number {
  const [firstLf, firstCr] = [piece.indexOf(lf), piece.indexOf(cr)];
  return firstLf === -1 || (firstCr !== -1 && firstCr < firstLf) ? firstCr : firstLf;
}
