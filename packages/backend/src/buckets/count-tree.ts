/** Counts at numbered places, and how many lie before a place, each in logarithmic time (a Fenwick tree). */
export class CountTree {
  readonly #sums: Int32Array;

  constructor(readonly capacity: number) {
    this.#sums = new Int32Array(capacity + 1);
  }

  add(place: number, by: number): void {
    for (let node = place + 1; node <= this.capacity; node += node & -node) this.#sums[node]! += by;
  }

  before(place: number): number {
    let sum = 0;
    for (let node = place; node > 0; node -= node & -node) sum += this.#sums[node]!;
    return sum;
  }
}
