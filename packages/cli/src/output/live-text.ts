/** Lines on a terminal that are drawn again and again in the same place, without clearing what stands above them. */
export class LiveText {
  #drawn = 0;

  /**
   * @param write - to the terminal.
   * @param rows - the terminal's height: more lines would scroll away, and could not be drawn over.
   */
  constructor(
    private readonly write: (text: string) => void,
    readonly rows: number,
  ) {}

  /** Replaces what was shown before. Lines that do not fit are left out, from the end. */
  show(lines: readonly string[]): void {
    const fitting = lines.slice(0, Math.max(1, this.rows - 1));
    const up = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A`;
    // Each line is cleared behind its end, and the rest below: nothing flickers.
    this.write(`${up}${fitting.map((line) => `${line}\u001b[K\n`).join('')}\u001b[0J`);
    this.#drawn = fitting.length;
  }
}
