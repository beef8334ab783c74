/** The fields of an object. */
export interface Fields {
  readonly [name: string]: Shape;
}

/** What a view's rows consist of: a question mark or `null` beside it where there may be nothing, a list in brackets. */
export type Shape =
  | 'text'
  | 'text?'
  | 'number'
  | 'number?'
  | Fields
  | readonly [Fields]
  | readonly [Fields, null];

/** The type of a row, from its shape. */
export type RowOfShape<Of> = Of extends 'text'
  ? string
  : Of extends 'text?'
    ? string | null
    : Of extends 'number'
      ? number
      : Of extends 'number?'
        ? number | null
        : Of extends readonly [infer Item]
          ? readonly RowOfShape<Item>[]
          : Of extends readonly [infer Item, null]
            ? RowOfShape<Item> | null
            : { readonly [Name in keyof Of]: RowOfShape<Of[Name]> };

/** All fields of a shape, as a query selects them. */
export function selectionOf(shape: Shape): string {
  if (typeof shape === 'string') return '';
  const fields = (Array.isArray(shape) ? shape[0] : shape) as Fields;
  return `{ ${Object.entries(fields)
    .map(([name, inner]) => `${name} ${selectionOf(inner)}`.trim())
    .join(' ')} }`;
}

/** A query whose rows are known. */
export interface TypedQuery<Row> {
  readonly query: string;
  /** Only for the compiler. */
  readonly row?: Row;
}

/** Writes a value as GraphQL does. An `Enum` stands without quotes. */
export class EnumValue {
  constructor(readonly name: string) {}
}

type Argument = string | EnumValue | readonly (string | EnumValue)[] | undefined;

/** A query for all fields of one view of a dataset. */
export function viewQuery<Of extends Shape>(
  dataset: string,
  view: string,
  args: Readonly<Record<string, Argument | Readonly<Record<string, Argument>>>>,
  shape: Of,
): TypedQuery<RowOfShape<Of>> {
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  const written = given.map(([name, value]) => `${name}: ${literal(value as Argument)}`).join(', ');
  return { query: `query { ${dataset} { ${view}(${written}) ${selectionOf(shape)} } }` };
}

function literal(value: unknown): string {
  if (value instanceof EnumValue) return value.name;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'string') return JSON.stringify(value);
  const members = Object.entries(value as object).filter(([, inner]) => inner !== undefined);
  return `{${members.map(([name, inner]) => `${name}: ${literal(inner)}`).join(', ')}}`;
}
