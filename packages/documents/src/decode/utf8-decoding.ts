import { isAscii, isUtf8 } from 'node:buffer';
import { occurrences, type TextDecoding, UndecodableAt } from './text-decoding.js';

const replacement = Buffer.from('\ufffd');
const none = Buffer.alloc(0);

/** UTF-8. Looks at most bytes as a whole: valid ones go to the engine's fastest way, only invalid ones are looked at closely. */
export class Utf8Decoding implements TextDecoding {
  readonly #fatal: boolean;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** The first bytes of a character whose others have not come. */
  #tail: Buffer = none;
  /** Bytes before the present piece. */
  #before = 0;
  replaced = 0;

  constructor(fatal: boolean) {
    this.#fatal = fatal;
  }

  decode(bytes: Buffer): string {
    const piece = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    this.#before -= this.#tail.length;
    const whole = wholeLength(piece);
    this.#tail = whole === piece.length ? none : Buffer.from(piece.subarray(whole));
    const text = this.#whole(whole === piece.length ? piece : piece.subarray(0, whole));
    this.#before += piece.length;
    return text;
  }

  end(): string {
    if (this.#tail.length === 0) return '';
    const tail = this.#tail;
    this.#tail = none;
    if (this.#fatal) throw new UndecodableAt(this.#before - tail.length);
    const text = this.#decoder.decode(tail);
    this.replaced += text.length;
    return text;
  }

  #whole(piece: Buffer): string {
    if (isAscii(piece)) return piece.toString('latin1');
    if (isUtf8(piece)) return this.#decoder.decode(piece);
    if (this.#fatal) throw new UndecodableAt(this.#before + firstInvalid(piece));
    const text = this.#decoder.decode(piece);
    // Those that stood there already are no replacements.
    this.replaced += occurrences(text, '\ufffd') - occurrences(piece, replacement);
    return text;
  }
}

/** How many bytes there are without a last character that is not all there. */
function wholeLength(bytes: Buffer): number {
  const { length } = bytes;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? length - back : length;
  }
  return length;
}

/** Where the first sequence begins that is no character. */
function firstInvalid(bytes: Buffer): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isUtf8(bytes.subarray(0, wholeLength(bytes.subarray(0, middle))))) valid = middle;
    else invalid = middle;
  }
  return wholeLength(bytes.subarray(0, valid));
}
