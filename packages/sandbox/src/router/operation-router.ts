import { type OperationDescriptor, operations } from '@fluxori/amazon-sp-models';
import { operationKey } from '../operation/operation-key.js';
import { PathTrie, type RouteResult } from './path-trie.js';

/** An operation with the name under which it is counted, limited and disturbed. */
export interface RoutedOperation {
  readonly key: string;
  readonly descriptor: OperationDescriptor;
}

/** Amazon's whole table as a router. */
export class OperationRouter {
  readonly #trie = new PathTrie<RoutedOperation>();
  readonly #byKey = new Map<string, RoutedOperation>();

  constructor(table: readonly OperationDescriptor[] = operations) {
    for (const descriptor of table) {
      const routed: RoutedOperation = { key: operationKey(descriptor), descriptor };
      const greedy = descriptor.parameters.find((parameter) => parameter.greedy)?.name;
      this.#trie.add(descriptor.method, descriptor.path, routed, greedy);
      this.#byKey.set(routed.key, routed);
    }
  }

  find(method: string, path: string): RouteResult<RoutedOperation> {
    return this.#trie.find(method, path);
  }

  byKey(key: string): RoutedOperation | undefined {
    return this.#byKey.get(key);
  }

  get keys(): readonly string[] {
    return [...this.#byKey.keys()];
  }
}
