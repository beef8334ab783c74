import { setImmediate as turn } from 'node:timers/promises';

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
        await turn();
        await this.#round(this.#waiting.splice(0, this.#most));
      }
    } finally {
      this.#running = false;
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
