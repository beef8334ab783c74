import { AsyncLocalStorage } from 'node:async_hooks';
import { type Paged, RemoteError } from '@fluxori/core';
import { callersOwn, isPromise } from './callers-own.js';
import { type Asking, unfitArguments } from './unfit-arguments.js';

/** The answer that a section has read last. */
export interface ReadAnswer {
  readonly operation: string;
  readonly status: number;
  readonly requestId?: string;
  /** Whether the call may be repeated. */
  readonly repeatable: boolean;
}

type Method = (...args: unknown[]) => unknown;

/** What is known of one call of a section, or of all pages of one list. */
interface Reading {
  last?: ReadAnswer;
  /** A request has left, or was about to. */
  asked?: boolean;
  /** Misfits that are neither the arguments' fault nor an answer's: thrown by a function of the caller's, or by what sends. */
  readonly others: Set<unknown>;
}

/** What the language throws at a value of another shape than the code was written for. */
const misfits: ReadonlySet<string> = new Set(['TypeError', 'RangeError', 'SyntaxError', 'URIError']);

/**
 * Amazon's answers are typed by its models, but nobody checks them member by member: an answer of another shape breaks the code that makes a
 * canonical record of it. What breaks so, after an answer came, is told as an answer that cannot be read, which jobs and people can act on (ADR 0032).
 * What breaks so before anything was asked is told as the fault of the arguments, which nobody checks one by one either: then surely nothing was sent.
 */
export class AnswerWatch {
  readonly #account: string;
  readonly #reading = new AsyncLocalStorage<Reading>();

  constructor(account: string) {
    this.#account = account;
  }

  /** A request is about to leave. */
  asking(): void {
    const reading = this.#reading.getStore();
    if (reading !== undefined) reading.asked = true;
  }

  /** What sends has thrown this: whether the request has left is not known. */
  threw(error: unknown): void {
    if (isMisfit(error)) this.#reading.getStore()?.others.add(error);
  }

  /** An answer came, and is handed to whoever asked. */
  note(answer: ReadAnswer): void {
    const reading = this.#reading.getStore();
    if (reading !== undefined) reading.last = answer;
  }

  /**
   * The same client of a section, whose calls, and those of the clients within it, tell what they could not read.
   *
   * @param path - how programs write it, e.g. `inbound.plans`.
   */
  guard<Section extends object>(section: Section, path: string): Section {
    const guarded = new Map<PropertyKey, unknown>();
    const once = (name: PropertyKey, make: () => unknown) => {
      if (!guarded.has(name)) guarded.set(name, make());
      return guarded.get(name);
    };
    return new Proxy(section, {
      // The client itself is `this`, for its private members and since its own calls of itself are within a watched one.
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        // What a program put on the object itself, e.g. a spy, is not of the class.
        if (Object.hasOwn(target, name))
          return isInstance(value) ? once(name, () => this.guard(value, `${path}.${String(name)}`)) : value;
        if (typeof value !== 'function' || name === 'constructor') return value;
        return once(name, () => {
          const called = { method: value as Method, path: `${path}.${String(name)}` };
          return (...args: unknown[]) => this.#watched(target, { ...called, args });
        });
      },
    });
  }

  #watched(section: object, asking: Asking & { readonly method: Method }): unknown {
    const reading: Reading = { others: new Set() };
    const blame = (error: unknown) => {
      if (isMisfit(error)) reading.others.add(error);
    };
    try {
      const own = asking.args.map((arg) => callersOwn(arg, blame));
      const given = this.#reading.run(reading, () => Reflect.apply(asking.method, section, own));
      if (isPromise(given)) return given.catch((error: unknown) => this.#fail(error, reading, asking));
      if (isPaged(given)) return this.#watchedPages(given, reading, asking);
      return isGenerator(given) ? this.#each(given, reading, asking) : given;
    } catch (error) {
      return this.#fail(error, reading, asking);
    }
  }

  #watchedPages(list: Paged<unknown>, reading: Reading, asking: Asking): Paged<unknown> {
    const pages = () => this.#each(list.pages()[Symbol.asyncIterator](), reading, asking);
    return {
      pages,
      async *[Symbol.asyncIterator]() {
        for await (const { items } of pages()) yield* items;
      },
    };
  }

  async *#each<Item>(items: AsyncIterator<Item>, reading: Reading, asking: Asking): AsyncGenerator<Item> {
    try {
      for (;;) {
        const { done, value } = await this.#reading
          .run(reading, () => items.next())
          .catch((error: unknown) => this.#fail(error, reading, asking));
        if (done) return;
        yield value;
      }
    } finally {
      await items.return?.();
    }
  }

  #fail(error: unknown, { last, asked, others }: Reading, asking: Asking): never {
    if (!isMisfit(error) || others.has(error)) throw error;
    if (last === undefined) throw (!asked && unfitArguments(asking, error)) || error;
    const { message } = error;
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

function isMisfit(error: unknown): error is Error {
  return misfits.has((error as { name?: unknown } | null | undefined)?.name as string);
}

/** Of a class, as clients are; no literal, no list. */
function isInstance(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null;
}

function isPaged(value: unknown): value is Paged<unknown> {
  return typeof (value as { pages?: unknown } | null | undefined)?.pages === 'function';
}

function isGenerator(value: unknown): value is AsyncGenerator<unknown> {
  return Object.prototype.toString.call(value) === '[object AsyncGenerator]';
}
