import { AsyncLocalStorage } from 'node:async_hooks';
import { type Page, type Paged, RemoteError } from '@fluxori/core';

/** The answer that a section has read last. */
export interface ReadAnswer {
  readonly operation: string;
  readonly status: number;
  readonly requestId?: string;
  /** Whether the call may be repeated. */
  readonly repeatable: boolean;
}

interface Reading {
  last?: ReadAnswer;
}

/** Clients within a client, e.g. `inbound.plans`. */
const rooms: ReadonlySet<PropertyKey> = new Set([
  ...['plans', 'packing', 'placement', 'transportation', 'shipments'],
  ...['returns', 'schedules'],
]);

/** What the language throws at a value of another shape than the code was written for. */
const misfits: ReadonlySet<string> = new Set(['TypeError', 'RangeError', 'SyntaxError', 'URIError']);

/**
 * Amazon's answers are typed by its models, but nobody checks them member by member: an answer of another shape breaks the code that makes a
 * canonical record of it. What breaks so, after an answer came, is told as an answer that cannot be read, which jobs and people can act on.
 */
export class AnswerWatch {
  readonly #account: string;
  readonly #reading = new AsyncLocalStorage<Reading>();

  constructor(account: string) {
    this.#account = account;
  }

  /** An answer came, and is handed to whoever asked. */
  note(answer: ReadAnswer): void {
    const reading = this.#reading.getStore();
    if (reading !== undefined) reading.last = answer;
  }

  /** The same client of a section, whose calls tell what they could not read. */
  guard<Section extends object>(section: Section): Section {
    const guarded = new Map<PropertyKey, unknown>();
    return new Proxy(section, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        // What was put on the object itself is not of the class.
        if (typeof value !== 'function' || Object.hasOwn(target, name) || name === 'constructor') {
          return rooms.has(name) ? remembered(guarded, name, () => this.guard(value as object)) : value;
        }
        return remembered(
          guarded,
          name,
          () =>
            (...args: unknown[]) =>
              this.#watched(() => Reflect.apply(value, target, args)),
        );
      },
    });
  }

  #watched(work: () => unknown): unknown {
    const reading: Reading = {};
    try {
      const given = this.#reading.run(reading, work);
      if (isPromise(given)) return given.catch((error: unknown) => this.#fail(error, reading));
      return isPaged(given) ? this.#watchedPages(given) : given;
    } catch (error) {
      return this.#fail(error, reading);
    }
  }

  #watchedPages(list: Paged<unknown>): Paged<unknown> {
    const pages = () => this.#each(list.pages()[Symbol.asyncIterator]());
    return {
      pages,
      async *[Symbol.asyncIterator]() {
        for await (const { items } of pages()) yield* items;
      },
    };
  }

  async *#each(pages: AsyncIterator<Page<unknown>>): AsyncGenerator<Page<unknown>> {
    try {
      for (;;) {
        const reading: Reading = {};
        const { done, value } = await this.#reading
          .run(reading, () => pages.next())
          .catch((error: unknown) => this.#fail(error, reading));
        if (done) return;
        yield value;
      }
    } finally {
      await pages.return?.();
    }
  }

  #fail(error: unknown, { last }: Reading): never {
    const { name, message } = (error ?? {}) as { name?: string; message?: string };
    if (last === undefined || name === undefined || !misfits.has(name)) throw error;
    const { operation, status, requestId, repeatable } = last;
    throw new RemoteError(
      `${operation} for ${this.#account}: the answer (status ${status}) cannot be read: it is not as Amazon’s model says (${message}).`,
      {
        ...{ code: 'REMOTE_UNREADABLE', status, operation, account: this.#account, cause: error },
        ...(requestId !== undefined && { requestId }),
        retryable: repeatable,
        remedy: repeatable
          ? 'Try again; if it goes on, ask with api(…), which gives the answer as it is, and tell us of it.'
          : 'Look whether the request was carried out before sending it again.',
      },
    );
  }
}

function remembered(known: Map<PropertyKey, unknown>, name: PropertyKey, make: () => unknown): unknown {
  if (!known.has(name)) known.set(name, make());
  return known.get(name);
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

function isPaged(value: unknown): value is Paged<unknown> {
  return typeof (value as { pages?: unknown } | null | undefined)?.pages === 'function';
}
