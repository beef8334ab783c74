import { isAscii } from 'node:buffer';
import type { TextDecoding } from './text-decoding.js';

/**
 * What windows-1252 has at 0x80 to 0x9F; the five free places stay the control characters that they are in latin-1.
 * Source: WHATWG Encoding Standard, index windows-1252.
 */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** True ISO 8859-1: each byte is the character of that number. */
export class Latin1Decoding implements TextDecoding {
  readonly replaced = 0;

  decode(bytes: Buffer): string {
    return bytes.toString('latin1');
  }

  end(): string {
    return '';
  }
}

/** Windows-1252. Node's own decoder took it for latin-1 in some releases, so the 27 differences stand here. */
export class Windows1252Decoding implements TextDecoding {
  readonly replaced = 0;

  decode(bytes: Buffer): string {
    const text = bytes.toString('latin1');
    if (isAscii(bytes)) return text;
    return text.replace(/[\x80-\x9f]/g, (character) => windows1252.charAt(character.charCodeAt(0) - 0x80));
  }

  end(): string {
    return '';
  }
}
