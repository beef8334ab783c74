import { isErrorOf, type Paged, paged, RemoteError } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { AnswerWatch } from './answer-watch.js';

interface Wishes {
  readonly onProgress?: () => unknown;
  readonly means?: { readonly call: (work: () => Promise<unknown>) => Promise<unknown> };
}

/** A client as sections have them: with members that are its own, a client within, and answers that it reads. */
class Shelf {
  readonly room: Shelf | undefined;
  readonly facts = { count: 3 };
  ended = 0;
  readonly #watch: AnswerWatch;
  readonly #name = 'shelf';

  constructor(watch: AnswerWatch, room?: Shelf) {
    this.#watch = watch;
    this.room = room;
  }

  get name(): string {
    return this.#name;
  }

  self(): this {
    return this;
  }

  async read(after?: () => unknown): Promise<unknown> {
    this.#answered();
    return after?.();
  }

  async fail(error: unknown): Promise<never> {
    this.#answered();
    throw error;
  }

  async tell({ onProgress, means }: Wishes): Promise<unknown> {
    this.#answered();
    onProgress?.();
    return means?.call(async () => (undefined as unknown as { length: number }).length);
  }

  readNow(): number {
    this.#answered();
    return (undefined as unknown as string).length;
  }

  /** Asks once more, and its sending breaks by this. */
  async askAgain(error: unknown): Promise<never> {
    this.#answered();
    this.#watch.asking();
    this.#watch.threw(error);
    throw error;
  }

  async breakUnderWay(_wish: unknown, error: unknown): Promise<never> {
    this.#watch.asking();
    throw error;
  }

  /** Breaks before it asks for the second page. */
  rest({ onPage }: { onPage?: () => void }): Paged<number> {
    return paged(async (cursor) => {
      if (cursor !== undefined) {
        onPage?.();
        throw new TypeError('no cursor');
      }
      this.#answered();
      return { items: [1], nextCursor: 'more' };
    });
  }

  async *each(wish: { readonly from: string }): AsyncGenerator<string> {
    yield wish.from.trim();
  }

  list(): Paged<number> {
    const pagesOf = paged(async (cursor) => {
      this.#answered();
      const at = Number(cursor ?? 0);
      if (at === 2) throw new TypeError('no list');
      return { items: [at], nextCursor: String(at + 1) };
    });
    const end = () => this.ended++;
    async function* pages() {
      try {
        yield* pagesOf.pages();
      } finally {
        end();
      }
    }
    return { ...pagesOf, pages };
  }

  #answered(): void {
    this.#watch.note({ operation: 'shelf.read', status: 200, requestId: 'r-1', repeatable: true });
  }
}

function guarded() {
  const watch = new AnswerWatch('acme-za');
  const bare = new Shelf(watch, new Shelf(watch));
  return { bare, shelf: watch.guard(bare, 'shelf') };
}

const unreadable = {
  ...{ name: 'RemoteError', code: 'REMOTE_UNREADABLE', account: 'acme-za', requestId: 'r-1' },
  cause: expect.objectContaining({ name: 'TypeError' }),
};

describe('a guarded client', () => {
  it('has its own private members, getters and class, and is the same each time it is looked at', () => {
    const { bare, shelf } = guarded();
    expect(shelf.name).toBe('shelf');
    expect(shelf).toBeInstanceOf(Shelf);
    expect(shelf.constructor).toBe(Shelf);
    expect(shelf.self()).toBe(bare);
    expect(shelf.read).toBe(shelf.read);
    expect(shelf.room).toBe(shelf.room);
    expect(shelf.facts).toBe(bare.facts);
    const { list } = shelf;
    expect(list()).toHaveProperty('pages');
  });

  it('tells what its own methods and those of a client within could not read, at once or later, with the cause', async () => {
    const { shelf } = guarded();
    expect(() => shelf.readNow()).toThrow(expect.objectContaining(unreadable));
    await expect(shelf.tell({ means: { call: (work) => work() } })).rejects.toMatchObject(unreadable);
    const within = (shelf.room as Shelf).tell({ means: { call: (work) => work() } });
    const error: unknown = await within.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(unreadable);
    expect((error as { cause: Error }).cause.stack).toContain('answer-watch.test');
  });

  it('leaves what is put on the object itself, e.g. a spy', () => {
    const { shelf } = guarded();
    const spy = () => 7;
    shelf.readNow = spy;
    expect(shelf.readNow).toBe(spy);
  });

  it.each([
    new DOMException('stopped', 'AbortError'),
    new RemoteError('no', { code: 'REMOTE_FAILED', status: 500 }),
    new Error('another'),
    'no error at all',
    undefined,
  ])('passes on every other error as it is: %p', async (thrown) => {
    const { shelf } = guarded();
    const caught = await shelf.fail(thrown).catch((error: unknown) => error);
    expect(caught).toBe(thrown);
  });

  it('does not blame Amazon for what a function of the caller’s throws, at once or later', async () => {
    const { shelf } = guarded();
    const mine = new TypeError('mine');
    const throwing = () => {
      throw mine;
    };
    expect(await shelf.read(throwing).catch((error: unknown) => error)).toBe(mine);
    expect(await shelf.read(async () => throwing()).catch((error: unknown) => error)).toBe(mine);
    expect(await shelf.tell({ onProgress: throwing }).catch((error: unknown) => error)).toBe(mine);
  });
});

describe('a call that breaks before it was answered', () => {
  const mine = new TypeError('mine');
  const refused = {
    ...{ name: 'ValidationError', field: 'arguments[0]' },
    cause: expect.objectContaining({ name: 'TypeError' }),
  };

  it('is the arguments’ fault while nothing was asked, also where it gives its items one by one', async () => {
    const { shelf } = guarded();
    await expect(shelf.tell(null as never)).rejects.toMatchObject(refused);
    await expect(Array.fromAsync(shelf.each({} as never))).rejects.toMatchObject({
      ...refused,
      message: 'shelf.each: arguments[0] cannot be used: not of the kind that it takes.',
    });
    expect(await Array.fromAsync(shelf.each({ from: ' a ' }))).toEqual(['a']);
  });

  it('is nobody’s fault, and may have been carried out, once a request may have left', async () => {
    const { shelf } = guarded();
    expect(await shelf.breakUnderWay(null, mine).catch((error: unknown) => error)).toBe(mine);
    // The answer that came before is not blamed either: asked for once more it would be sent twice.
    expect(await shelf.askAgain(mine).catch((error: unknown) => error)).toBe(mine);
  });
});

describe('a guarded list', () => {
  it('that breaks between two pages was not given anything wrong: the page before cannot be read', async () => {
    const { shelf } = guarded();
    await expect(Array.fromAsync(shelf.rest({}))).rejects.toMatchObject(unreadable);
  });

  it('blames nobody for what a function of the caller’s throws on its way', async () => {
    const mine = new TypeError('mine');
    const onPage = () => {
      throw mine;
    };
    const { shelf } = guarded();
    expect(await Array.fromAsync(shelf.rest({ onPage })).catch((error: unknown) => error)).toBe(mine);
  });

  it('is read to where it breaks, and tells that', async () => {
    const { bare, shelf } = guarded();
    const read: number[] = [];
    const reading = async () => {
      for await (const one of shelf.list()) read.push(one);
    };
    await expect(reading()).rejects.toMatchObject(unreadable);
    expect(read).toEqual([0, 1]);
    expect(bare.ended).toBe(1);
  });

  it('ends with a break, by items and by pages, and passes on what its reader throws', async () => {
    const { bare, shelf } = guarded();
    for await (const _ of shelf.list()) break;
    expect(bare.ended).toBe(1);
    for await (const _ of shelf.list().pages()) break;
    expect(bare.ended).toBe(2);
    const mine = new TypeError('mine');
    const reading = async () => {
      for await (const _ of shelf.list()) throw mine;
    };
    const caught: unknown = await reading().catch((error: unknown) => error);
    expect(caught).toBe(mine);
    expect(isErrorOf(caught, 'RemoteError')).toBe(false);
    expect(bare.ended).toBe(3);
  });
});
