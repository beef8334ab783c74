const quote = 34;
const backslash = 92;

/**
 * Finds where a JSON value ends, across pieces, without looking at what it means: `JSON.parse` does that, many times faster than any code could
 * that parses character by character.
 */
export class ValueScanner {
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** A number, `true`, `false` or `null` at depth 0: ends before what cannot be part of it. */
  #bare = false;

  /** Whether a value has begun and not ended. */
  get within(): boolean {
    return this.#depth > 0 || this.#inString || this.#bare;
  }

  /** Whether the end of the text may be its end too. */
  get mayEnd(): boolean {
    return this.#bare;
  }

  /** Forgets the value that has begun. */
  reset(): void {
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#bare = false;
  }

  /**
   * @param from - the value's first character, or for a value that has begun in an earlier piece, 0.
   * @returns the place behind its last character, or -1 when it goes on.
   */
  endIn(text: string, from: number): number {
    let at = from;
    if (!this.within) {
      const code = text.charCodeAt(at);
      this.#bare = !(code === quote || code === 123 || code === 91);
    }
    if (this.#bare) {
      for (; at < text.length; at++) {
        if (endsBare(text.charCodeAt(at))) {
          this.#bare = false;
          return at;
        }
      }
      return -1;
    }
    let depth = this.#depth;
    let inString = this.#inString;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (inString) {
        if (this.#escaped) this.#escaped = false;
        else if (code === backslash) this.#escaped = true;
        else if (code === quote) {
          inString = false;
          if (depth === 0) return this.#ended(at + 1);
        }
      } else if (code === quote) inString = true;
      else if (code === 123 || code === 91) depth++;
      else if ((code === 125 || code === 93) && --depth === 0) return this.#ended(at + 1);
    }
    this.#depth = depth;
    this.#inString = inString;
    return -1;
  }

  #ended(at: number): number {
    this.#depth = 0;
    this.#inString = false;
    return at;
  }
}

/** White space, comma, bracket, brace. */
function endsBare(code: number): boolean {
  return code <= 32 || code === 44 || code === 93 || code === 125;
}
