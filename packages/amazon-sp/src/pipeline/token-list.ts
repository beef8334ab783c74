import { type Page, type Paged, paged } from '@fluxori/core';
import { callOptions, type SpCallOptions } from './call-options.js';
import { decodeCursor, encodeCursor } from './cursor.js';

/** What a list of Amazon's has in common with all others: pages, and a token that leads to the next. */
export interface TokenListSpec<Params, Item> {
  /** For cursors and messages: what the list holds. */
  readonly kind: string;
  /** The parameter that takes the token. */
  readonly token: keyof Params & string;
  /** Amazon takes the token only by itself. By default it wants the parameters that the token came with. */
  readonly alone?: true;
  fetch(
    params: Params,
    options: SpCallOptions,
  ): Promise<{ readonly items: readonly Item[]; readonly nextToken?: string | undefined }>;
}

/** Where a list begins: `cursor` of an earlier page goes on behind it, and brings that page's parameters along. */
export interface ListOptions extends SpCallOptions {
  readonly cursor?: string;
}

/** The part of a query that is not about what is listed. */
export function listOptions(query: ListOptions): ListOptions {
  return { ...callOptions(query), cursor: query.cursor };
}

/** A list of Amazon's, page by page. */
export class TokenList<Params extends object, Item> {
  readonly #spec: TokenListSpec<Params, Item>;

  constructor(spec: TokenListSpec<Params, Item>) {
    this.#spec = spec;
  }

  /** @param params - of the first page; not used with a cursor. */
  list(params: Params, options: ListOptions = {}): Paged<Item> {
    return paged((cursor) => this.page(params, { ...options, cursor }), options.cursor);
  }

  /** One page. @throws ValidationError when the cursor is not of such a list. */
  async page(params: Params, options: ListOptions = {}): Promise<Page<Item>> {
    const { kind, token, alone, fetch } = this.#spec;
    const { cursor, ...rest } = options;
    const asked = cursor === undefined ? params : decodeCursor<{ params: Params }>(kind, cursor).params;
    const { items, nextToken } = await fetch(asked, rest);
    // Amazon's answer is typed, not checked.
    if (!Array.isArray(items)) throw new TypeError(`${kind} is no list`);
    if (!nextToken) return { items };
    const next = alone ? { [token]: nextToken } : { ...asked, [token]: nextToken };
    return { items, nextCursor: encodeCursor(kind, { params: next }) };
  }
}
