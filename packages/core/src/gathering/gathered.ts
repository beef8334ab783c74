import { setImmediate as turn } from 'node:timers/promises';

/** As long as each turn of the event loop brings another, so many are waited for. */
const mostTurns = 50;
/** One turn may end just before the next of them asks. */
const quietTurns = 2;

interface Asked<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Questions that come at about the same time are asked together: what comes while one round is under way goes with the next. Nobody waits longer
 * than a round, and the store is asked once for many.
 */
export class Gathered<Item, Answer> {
  readonly #work: (items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly #most: number;
  #waiting: Asked<Item, Answer>[] = [];
  #running = false;

  /** @param work - gives an answer for each item, in their order. @param most - items of one round. */
  constructor(work: (items: readonly Item[]) => Promise<readonly Answer[]>, most = 500) {
    this.#work = work;
    this.#most = most;
  }

  ask(item: Item): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#waiting.length > 0) {
        await this.#untilNoMoreCome();
        await this.#round(this.#waiting.splice(0, this.#most));
      }
    } finally {
      this.#running = false;
    }
  }

  /** A store in the process answers within one turn of the event loop, and those that ask it come one in a turn. */
  async #untilNoMoreCome(): Promise<void> {
    let quiet = 0;
    for (
      let turns = 0;
      turns < mostTurns && quiet < quietTurns && this.#waiting.length < this.#most;
      turns++
    ) {
      const before = this.#waiting.length;
      await turn();
      quiet = this.#waiting.length === before ? quiet + 1 : 0;
    }
  }

  async #round(asked: readonly Asked<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#work(asked.map(({ item }) => item));
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
