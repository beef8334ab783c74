import type { CellType, Column } from '@fluxori/documents';

/**
 * A column in short: the type of its cells, with `!` when a document without it is refused; or in full, where its name, sign or zone needs saying.
 */
export type ColumnSpec = CellType | `${CellType}!` | Column;

/** Columns by the header that Amazon writes. */
export type ColumnTable = Readonly<Record<string, ColumnSpec>>;

/** A row of a flat file: a field for each column, by its header in camel case. Cells of columns that the document lacks are not there. */
export type RowOfColumns<Table extends ColumnTable> = {
  readonly [Header in keyof Table & string as IsRequired<Table[Header]> extends true
    ? NameOf<Header, Table[Header]>
    : never]: ValueOf<Table[Header]>;
} & {
  readonly [Header in keyof Table & string as IsRequired<Table[Header]> extends true
    ? never
    : NameOf<Header, Table[Header]>]?: ValueOf<Table[Header]>;
};

/** The columns as `rowsOf` takes them. */
export function toColumns(table: ColumnTable): Readonly<Record<string, Column>> {
  return Object.fromEntries(
    Object.entries(table).map(([header, spec]) => {
      if (typeof spec !== 'string') return [header, spec];
      const required = spec.endsWith('!');
      const type = (required ? spec.slice(0, -1) : spec) as CellType;
      return [header, { name: camelCase(header), type, ...(required && { required }) }];
    }),
  );
}

/** `ship-postal-code` -> `shipPostalCode`, `FNSKU` -> `fnsku`, `EventType` -> `eventType`, `A-to-Z Claim` -> `aToZClaim`. */
export function camelCase(header: string): string {
  const words = header.split(/[-_ /]+/).filter((word) => word !== '');
  const cased = words.map((word) => {
    const lower = word === word.toUpperCase() ? word.toLowerCase() : word;
    return lower.charAt(0).toUpperCase() + lower.slice(1);
  });
  const joined = cased.join('');
  return joined.charAt(0).toLowerCase() + joined.slice(1);
}

type IsRequired<Spec> = Spec extends `${string}!` ? true : Spec extends { required: true } ? true : false;

type NameOf<Header extends string, Spec> = Spec extends { name: infer Name extends string }
  ? Name
  : Uncapitalize<Joined<Header>>;

type TypeOf<Spec> = Spec extends `${infer Type}!` ? Type : Spec extends { type: infer Type } ? Type : Spec;

interface Values {
  text: string;
  number: number | null;
  integer: number | null;
  money: string | null;
  boolean: boolean | null;
  date: string | null;
  instant: Date | null;
}
type ValueOf<Spec> = TypeOf<Spec> extends infer Type extends keyof Values ? Values[Type] : never;

type Joined<Text extends string> = Text extends `${infer Word}-${infer Rest}`
  ? `${Joined<Word>}${Joined<Rest>}`
  : Text extends `${infer Word}_${infer Rest}`
    ? `${Joined<Word>}${Joined<Rest>}`
    : Text extends `${infer Word} ${infer Rest}`
      ? `${Joined<Word>}${Joined<Rest>}`
      : Text extends `${infer Word}/${infer Rest}`
        ? `${Joined<Word>}${Joined<Rest>}`
        : Text extends Uppercase<Text>
          ? Capitalize<Lowercase<Text>>
          : Capitalize<Text>;
