/** Values that the head may hold in all, in characters. */
const mostCharacters = 2 ** 20;

/** The text of a document without its rows. A value that would make it large is left out, and told. */
export class Head {
  #text = '';
  #path = '';
  #begin = 0;
  #skipping = false;
  readonly leftOut: string[] = [];

  get isEmpty(): boolean {
    return this.#text === '';
  }

  /** Signs and keys on the way. */
  add(text: string): void {
    this.#text += text;
  }

  /** A value that is no row begins. */
  begin(path: string): void {
    this.#path = path;
    this.#begin = this.#text.length;
    this.#skipping = false;
  }

  take(text: string): void {
    if (this.#skipping) return;
    if (this.#text.length + text.length <= mostCharacters) {
      this.#text += text;
      return;
    }
    this.#skipping = true;
    this.leftOut.push(this.#path);
    this.#text = `${this.#text.slice(0, this.#begin)}null`;
  }

  end(): void {
    this.#skipping = false;
  }

  /** @returns `undefined` when the text is no JSON. */
  parse(): { readonly value: unknown } | undefined {
    if (this.#text === '') return { value: undefined };
    try {
      return { value: JSON.parse(this.#text) };
    } catch {
      return undefined;
    }
  }
}
