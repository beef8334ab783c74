/** A field of a query, with its arguments and the fields asked of it. */
export interface QueryField {
  readonly name: string;
  /** How the answer calls it. */
  readonly alias: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly fields: readonly QueryField[];
}

/** A text that is no query. */
export class QuerySyntaxError extends Error {
  override readonly name = 'QuerySyntaxError';
}

/**
 * Reads as much of GraphQL as Data Kiosk's queries use: one anonymous or named query of nested fields with aliases and
 * literal arguments; no variables, fragments or directives.
 *
 * @throws QuerySyntaxError
 */
export function parseQuery(text: string): readonly QueryField[] {
  const parser = new Parser(tokensOf(text));
  if (parser.peek() === 'query') {
    parser.take();
    if (parser.peek() !== '{') parser.name();
  }
  const fields = parser.selection();
  if (parser.peek() !== undefined)
    throw new QuerySyntaxError(`Unexpected '${parser.peek()}' behind the query.`);
  return fields;
}

/** The query without unnecessary whitespace and comments, whose length Amazon limits. */
export function minified(text: string): string {
  return tokensOf(text)
    .join(' ')
    .replaceAll(/ ?([{}()[\]:,]) ?/g, '$1');
}

const token = /\s+|#[^\n]*|("(?:[^"\\\n]|\\.)*"|[A-Za-z_]\w*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[{}()[\]:,])/y;

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (found === null) throw new QuerySyntaxError(`Unexpected '${text[at]}' at character ${at + 1}.`);
    if (found[1] !== undefined) tokens.push(found[1]);
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens.filter((one) => one !== ',');
  }

  peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  take(expected?: string): string {
    const found = this.#tokens[this.#at];
    if (found === undefined || (expected !== undefined && found !== expected))
      throw new QuerySyntaxError(`Expected ${expected ?? 'more'}, found ${found ?? 'the end of the query'}.`);
    this.#at++;
    return found;
  }

  name(): string {
    const found = this.take();
    if (!/^[A-Za-z_]\w*$/.test(found)) throw new QuerySyntaxError(`Expected a name, found ${found}.`);
    return found;
  }

  selection(): readonly QueryField[] {
    this.take('{');
    const fields: QueryField[] = [];
    while (this.peek() !== '}') fields.push(this.#field());
    this.take('}');
    if (fields.length === 0) throw new QuerySyntaxError('A selection must name at least one field.');
    return fields;
  }

  #field(): QueryField {
    const alias = this.name();
    let name = alias;
    if (this.peek() === ':') {
      this.take(':');
      name = this.name();
    }
    const args: Record<string, unknown> = {};
    if (this.peek() === '(') {
      this.take('(');
      while (this.peek() !== ')') Object.assign(args, this.#member());
      this.take(')');
    }
    return { name, alias, args, fields: this.peek() === '{' ? this.selection() : [] };
  }

  #member(): Record<string, unknown> {
    const name = this.name();
    this.take(':');
    return { [name]: this.#value() };
  }

  #value(): unknown {
    const found = this.take();
    if (found === '[') return this.#until(']', () => this.#value());
    if (found === '{') return Object.assign({}, ...this.#until('}', () => this.#member()));
    if (found.startsWith('"') || /^-?\d/.test(found)) return JSON.parse(found);
    if (found === 'true' || found === 'false') return found === 'true';
    if (found === 'null') return null;
    if (/^[A-Za-z_]/.test(found)) return found;
    throw new QuerySyntaxError(`Expected a value, found ${found}.`);
  }

  #until<Value>(end: string, read: () => Value): Value[] {
    const values: Value[] = [];
    while (this.peek() !== end) values.push(read());
    this.take(end);
    return values;
  }
}
