/** Lets so many in at a time; the others wait in order of arrival. */
export class Gate {
  #places: number;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#places = places;
  }

  get places(): number {
    return this.#places;
  }

  /** Who is inside stays; who comes finds so many places from now on. */
  resize(places: number): void {
    this.#places = places;
    this.#admit();
  }

  async enter(): Promise<void> {
    if (this.#inside < this.#places) this.#inside++;
    else await new Promise<void>((admit) => this.#waiting.push(admit));
  }

  leave(): void {
    this.#inside--;
    this.#admit();
  }

  #admit(): void {
    while (this.#inside < this.#places) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#inside++;
      next();
    }
  }
}
