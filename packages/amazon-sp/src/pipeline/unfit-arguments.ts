import { shown, ValidationError } from '@fluxori/core';

/** A call of a section's client, as a program made it. */
export interface Asking {
  /** How programs write it, e.g. `inbound.plans.create`. */
  readonly path: string;
  readonly method: (...args: never[]) => unknown;
  readonly args: readonly unknown[];
}

/**
 * For programs without types: a call that broke before it asked anything was given what it does not take.
 *
 * @param cause - what the language threw. A `SyntaxError` is no argument's: none is parsed, but what a store gives back is.
 * @returns what names the first argument that is not there, or the only one; undefined when nothing was given and nothing needs to be.
 */
export function unfitArguments({ path, method, args }: Asking, cause: unknown): ValidationError | undefined {
  // The language does not count those with a default, which may be undefined.
  const count = Math.max(method.length, args.length);
  if (count === 0 || (cause as Error).name === 'SyntaxError') return undefined;
  const remedy = `Pass what ${path} takes: its types and the README tell it. If you did, tell us of it, with the cause.`;
  for (let at = 0; at < count; at++) {
    const given = args[at];
    if (given !== null && (given !== undefined || at >= method.length)) continue;
    const field = `arguments[${at}]`;
    return new ValidationError(`${path}: ${field} must be given, not ${shown(given)}.`, {
      field,
      cause,
      remedy,
    });
  }
  const field = count === 1 ? 'arguments[0]' : 'arguments';
  return new ValidationError(`${path}: ${field} cannot be used: not of the kind that it takes.`, {
    ...{ field, cause, remedy },
  });
}
