interface Appointment<Guest> {
  readonly atMs: number;
  readonly guest: Guest;
  /** An appointment holds only as long as this is its guest's number. */
  readonly number: number;
}

/** Moments to come, the next one first (a binary heap). One that has been overtaken by a newer one of its guest is passed over. */
export class Appointments<Guest extends { number: number }> {
  #heap: Appointment<Guest>[] = [];

  get size(): number {
    return this.#heap.length;
  }

  add(atMs: number, guest: Guest): void {
    this.#heap.push({ atMs, guest, number: guest.number });
    this.#rise(this.#heap.length - 1);
  }

  /** The next guest whose moment has come by `nowMs`. */
  next(nowMs: number): Guest | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.atMs > nowMs) return undefined;
      this.#removeFirst();
      if (first.number === first.guest.number) return first.guest;
    }
  }

  /** Drops what has been overtaken. */
  tidy(): void {
    const kept = this.#heap.filter((one) => one.number === one.guest.number).sort((a, b) => a.atMs - b.atMs);
    this.#heap = kept;
  }

  #removeFirst(): void {
    const last = this.#heap.pop()!;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (this.#heap[parent]!.atMs <= this.#heap[child]!.atMs) return;
      this.#swap(parent, child);
      child = parent;
    }
  }

  #sink(from: number): void {
    let parent = from;
    for (;;) {
      const left = parent * 2 + 1;
      if (left >= this.#heap.length) return;
      const right = left + 1;
      const child =
        right < this.#heap.length && this.#heap[right]!.atMs < this.#heap[left]!.atMs ? right : left;
      if (this.#heap[parent]!.atMs <= this.#heap[child]!.atMs) return;
      this.#swap(parent, child);
      parent = child;
    }
  }

  #swap(a: number, b: number): void {
    const kept = this.#heap[a]!;
    this.#heap[a] = this.#heap[b]!;
    this.#heap[b] = kept;
  }
}
