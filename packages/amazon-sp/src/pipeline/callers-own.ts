/** Told of each error that a function of the caller's throws. */
type Blame = (error: unknown) => void;
type Callback = (...args: unknown[]) => unknown;

/** So deep are the caller's functions looked for: `means.terms.wait` is the deepest that a section takes. */
const deepest = 3;

/**
 * An argument as the caller gave it, whose functions (`onProgress`, `invoice`) and iterators tell what they throw, so that nobody else is blamed for
 * it. What holds neither is the same object.
 *
 * @param value - a function, an iterator (a generator of messages), or an object literal with such in it. Instances of classes and lists stay as they are.
 */
export function callersOwn(value: unknown, blame: Blame, depth = deepest): unknown {
  if (typeof value === 'function') return telling(value as Callback, blame);
  if (isIterator(value)) return tellingItems(value, blame);
  if (depth === 0 || !isLiteral(value)) return value;
  const members = Object.entries(Object.getOwnPropertyDescriptors(value));
  const changed = new Map<string, unknown>();
  for (const [name, { value: member }] of members) {
    const own =
      typeof member === 'function'
        ? telling(member as Callback, blame, value)
        : callersOwn(member, blame, depth - 1);
    if (own !== member) changed.set(name, own);
  }
  if (changed.size === 0) return value;
  // All else is looked up in the caller's object each time: it may change, e.g. a journal's state.
  const copy = {};
  for (const [name, { enumerable = true }] of members) {
    const get = changed.has(name) ? () => changed.get(name) : () => Reflect.get(value, name);
    Object.defineProperty(copy, name, { get, enumerable });
  }
  return copy;
}

/** @param owner - whose method it is. */
function telling(callback: Callback, blame: Blame, owner?: object): Callback {
  const told = (error: unknown): never => {
    blame(error);
    throw error;
  };
  return new Proxy(callback, {
    apply(target, self, args: unknown[]) {
      const call = () => Reflect.apply(target, owner ?? self, args);
      // Given work of ours to do (`terms.call(work)`), it may only pass on what that throws.
      if (args.some((arg) => typeof arg === 'function')) return call();
      try {
        const given: unknown = call();
        return isPromise(given) ? given.catch(told) : given;
      } catch (error) {
        return told(error);
      }
    },
  });
}

function* tellingItems(items: Iterable<unknown>, blame: Blame): Generator<unknown> {
  try {
    yield* items;
  } catch (error) {
    blame(error);
    throw error;
  }
}

function isIterator(value: unknown): value is IterableIterator<unknown> {
  const { next, [Symbol.iterator]: self } = (value ?? {}) as Partial<IterableIterator<unknown>>;
  return typeof next === 'function' && typeof self === 'function';
}

/** Whether it was written as `{ … }`. */
function isLiteral(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { catch?: unknown } | null | undefined)?.catch === 'function';
}
