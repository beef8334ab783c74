import { TextDecoder } from 'node:util';
import { occurrences, type TextDecoding, UndecodableAt } from './text-decoding.js';

/** In fatal mode so many bytes are looked at together. */
const stepBytes = 4 * 1024;

/** All other charsets, by the platform's TextDecoder. */
export class PlatformDecoding implements TextDecoding {
  readonly #decoder: TextDecoder;
  /** In fatal mode: one that has seen all but the present step, and finds the byte when the other one fails. */
  readonly #follower: TextDecoder | undefined;
  readonly #mend: (text: string) => string;
  #before = 0;
  replaced = 0;

  constructor(charset: string, fatal: boolean) {
    this.#decoder = new TextDecoder(charset, { fatal, ignoreBOM: true });
    this.#follower = fatal ? new TextDecoder(charset, { fatal, ignoreBOM: true }) : undefined;
    this.#mend = charset === 'shift_jis' ? shiftJisMend() : (text) => text;
  }

  decode(bytes: Buffer): string {
    const text = this.#follower === undefined ? this.#lenient(bytes) : this.#strict(bytes, this.#follower);
    return this.#mend(text);
  }

  end(): string {
    let text: string;
    try {
      text = this.#decoder.decode();
    } catch {
      throw new UndecodableAt(this.#before);
    }
    this.replaced += occurrences(text, '\ufffd');
    return this.#mend(text);
  }

  #lenient(bytes: Buffer): string {
    const text = this.#decoder.decode(bytes, { stream: true });
    this.replaced += occurrences(text, '\ufffd');
    return text;
  }

  #strict(bytes: Buffer, follower: TextDecoder): string {
    let text = '';
    for (let at = 0; at < bytes.length; at += stepBytes) {
      const step = bytes.subarray(at, at + stepBytes);
      try {
        text += this.#decoder.decode(step, { stream: true });
      } catch {
        throw new UndecodableAt(this.#before + failingByte(step, follower));
      }
      follower.decode(step, { stream: true });
      this.#before += step.length;
    }
    return text;
  }
}

function failingByte(step: Buffer, decoder: TextDecoder): number {
  for (let at = 0; at < step.length; at++) {
    try {
      decoder.decode(step.subarray(at, at + 1), { stream: true });
    } catch {
      return at;
    }
  }
  return step.length;
}

/**
 * Node's Shift_JIS (ICU's ibm-943) exchanges three control characters, which cp932 and the Encoding Standard leave alone; everything else was found to be
 * the same as in cp932, all 9,800 characters (Node 24.21, ICU 78.3). Where a release does it right, nothing is mended.
 */
function shiftJisMend(): (text: string) => string {
  const controls = '\x1a\x1c\x7f';
  const made = new TextDecoder('shift_jis').decode(Buffer.from(controls, 'latin1'));
  if (made === controls) return (text) => text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
  return (text) => text.replace(/[\x1a\x1c\x7f]/g, (one) => controls.charAt(made.indexOf(one)));
}
