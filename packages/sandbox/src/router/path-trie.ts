/** A node per path segment: fixed words first, then one placeholder, then a greedy one that takes the rest. */
interface Node<Value> {
  readonly words: Map<string, Node<Value>>;
  placeholder?: Node<Value>;
  greedy?: Node<Value>;
  /** By HTTP method. */
  readonly leaves: Map<string, { readonly value: Value; readonly names: readonly string[] }>;
}

export interface RouteMatch<Value> {
  readonly value: Value;
  /** Path parameters by name, percent-decoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

export type RouteResult<Value> =
  | { readonly kind: 'match'; readonly match: RouteMatch<Value> }
  | { readonly kind: 'no-path' }
  | { readonly kind: 'no-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'malformed' };

/**
 * Finds the operation of a path. A fixed word wins over a placeholder (`/items/inventory` over `/items/{sku}`),
 * and the search steps back when the fixed word leads nowhere. A segment is decoded only after the split, so that
 * `%2F` in a SKU stays one segment.
 */
export class PathTrie<Value> {
  readonly #root: Node<Value> = newNode();

  /** @throws RangeError when the same method and path are there already. */
  add(method: string, path: string, value: Value, greedyName?: string): void {
    const names: string[] = [];
    let node = this.#root;
    for (const segment of segmentsOf(path)) {
      if (!segment.startsWith('{')) {
        node = childOf(node.words, segment);
        continue;
      }
      const name = segment.slice(1, -1);
      names.push(name);
      if (name === greedyName) {
        node.greedy ??= newNode();
        node = node.greedy;
      } else {
        node.placeholder ??= newNode();
        node = node.placeholder;
      }
    }
    if (node.leaves.has(method)) throw new RangeError(`Two operations for ${method} ${path}.`);
    node.leaves.set(method, { value, names });
  }

  find(method: string, path: string): RouteResult<Value> {
    const allowed = new Set<string>();
    const found = this.#search(this.#root, segmentsOf(path), 0, [], method, allowed);
    if (found === undefined)
      return allowed.size === 0 ? { kind: 'no-path' } : { kind: 'no-method', allowed: [...allowed] };
    const parameters: Record<string, string> = {};
    for (const [i, name] of found.leaf.names.entries()) {
      const decoded = decode(found.values[i] as string);
      if (decoded === undefined) return { kind: 'malformed' };
      parameters[name] = decoded;
    }
    return { kind: 'match', match: { value: found.leaf.value, parameters } };
  }

  #search(
    node: Node<Value>,
    segments: readonly string[],
    at: number,
    values: readonly string[],
    method: string,
    allowed: Set<string>,
  ): { leaf: { value: Value; names: readonly string[] }; values: readonly string[] } | undefined {
    if (at === segments.length) {
      const leaf = node.leaves.get(method);
      if (leaf !== undefined) return { leaf, values };
      for (const other of node.leaves.keys()) allowed.add(other);
      return undefined;
    }
    const segment = segments[at] as string;
    const word = node.words.get(segment);
    if (word !== undefined) {
      const found = this.#search(word, segments, at + 1, values, method, allowed);
      if (found !== undefined) return found;
    }
    if (node.placeholder !== undefined && segment !== '') {
      const found = this.#search(node.placeholder, segments, at + 1, [...values, segment], method, allowed);
      if (found !== undefined) return found;
    }
    if (node.greedy === undefined) return undefined;
    const rest = segments.slice(at).join('/');
    if (rest === '') return undefined;
    return this.#search(node.greedy, segments, segments.length, [...values, rest], method, allowed);
  }
}

function newNode<Value>(): Node<Value> {
  return { words: new Map(), leaves: new Map() };
}

function childOf<Value>(words: Map<string, Node<Value>>, word: string): Node<Value> {
  const known = words.get(word);
  if (known !== undefined) return known;
  const made = newNode<Value>();
  words.set(word, made);
  return made;
}

function segmentsOf(path: string): readonly string[] {
  return path.slice(1).split('/');
}

function decode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
