/** An element that has begun. */
export interface Building {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Map<string, unknown[]>;
  text: string;
}

/**
 * An element as a plain value. With neither attributes nor children it is its text; otherwise an object: children by name, attributes as `@name`,
 * text that is not only white space as `#text`. A child that is there twice, or whose name is in `arrays`, is an array.
 */
export function elementValue(
  { attributes, children, text }: Building,
  arrays: ReadonlySet<string>,
): string | Record<string, unknown> {
  const names = Object.keys(attributes);
  if (names.length === 0 && children.size === 0) return text;
  const trimmed = text.trim();
  return Object.fromEntries([
    ...names.map((name): [string, unknown] => [`@${name}`, attributes[name]]),
    ...[...children].map(([name, values]): [string, unknown] => [
      name,
      values.length > 1 || arrays.has(name) ? values : values[0],
    ]),
    ...(trimmed === '' ? [] : [['#text', trimmed] as [string, unknown]]),
  ]);
}
