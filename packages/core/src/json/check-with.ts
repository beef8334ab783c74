import { z } from 'zod';

/**
 * `schema.safeParse`, which for some input throws after all: zod measures what is no text or list by its own `length`, and that may be an object that
 * cannot be compared.
 *
 * @returns what `safeParse` does; such input as an issue that names the field.
 */
export function checkWith<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  try {
    return schema.safeParse(input);
  } catch (thrown) {
    const path = wayTo(input);
    if (path === undefined) throw thrown;
    const message = 'cannot be checked: it is neither text nor a list, but has a length of its own';
    const error = new z.ZodError([{ code: 'custom', path: [...path], message, input }]);
    return { success: false, error: error as z.ZodError<z.output<Schema>> };
  }
}

/** To the first object whose `length` is an object. */
function wayTo(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { length } = value as { length?: unknown };
  if (typeof length === 'object' && length !== null) return [];
  for (const [name, inner] of Object.entries(value)) {
    const way = wayTo(inner);
    if (way !== undefined) return [name, ...way];
  }
  return undefined;
}
