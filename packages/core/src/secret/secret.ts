const redacted = '[redacted]';

/**
 * Holds a value that must not be printed. Whatever prints, logs, inspects or serialises it gets `[redacted]`;
 * only `reveal()` gives the value, so that every use can be found by its name.
 */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}

/** Wraps a plain string; a `Secret` is passed on as it is. */
export function secret(value: string | Secret): Secret {
  return value instanceof Secret ? value : new Secret(value);
}
