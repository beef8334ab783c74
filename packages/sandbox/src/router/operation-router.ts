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
  readonly #keys = new Set<string>();
  readonly operations: readonly RoutedOperation[];

  constructor(table: readonly OperationDescriptor[] = operations) {
    this.operations = table.map((descriptor) => ({ key: operationKey(descriptor), descriptor }));
    for (const routed of this.operations) {
      const { descriptor, key } = routed;
      const greedy = descriptor.parameters.find((parameter) => parameter.greedy)?.name;
      this.#trie.add(descriptor.method, descriptor.path, routed, greedy);
      this.#keys.add(key);
    }
  }

  find(method: string, path: string): RouteResult<RoutedOperation> {
    return this.#trie.find(method, path);
  }

  knows(key: string): boolean {
    return this.#keys.has(key);
  }
}
