import { operations } from '@fluxori/amazon-sp-models';
import { nearestName } from '../pipeline/did-you-mean.js';

/** A usage plan that a person knows better than the published table, e.g. because Amazon granted more. */
export interface LimitOverride {
  /** Requests per second, above zero. */
  readonly ratePerSecond: number;
  /** Requests that may go at once, one or more. */
  readonly burst: number;
}

/**
 * Overrides by operation: `orders.searchOrders` (in whichever version), `orders@v0.getOrder` (in one), or `*` (all the others).
 * The most specific wins.
 */
export type LimitOverrides = Readonly<Record<string, LimitOverride>>;

interface Named {
  readonly api: string;
  readonly version: string;
  readonly operationId: string;
}

/** The override for an operation, if there is one. */
export function overrideFor(overrides: LimitOverrides, operation: Named): LimitOverride | undefined {
  const { api, version, operationId } = operation;
  return (
    overrides[`${api}@${version}.${operationId}`] ?? overrides[`${api}.${operationId}`] ?? overrides['*']
  );
}

/** What is wrong with the name of an override, if anything. */
export function overrideNameProblem(name: string): string | undefined {
  const known = new Set(['*']);
  for (const { api, version, operationId } of operations) {
    known.add(`${api}.${operationId}`).add(`${api}@${version}.${operationId}`);
  }
  if (known.has(name)) return undefined;
  const nearest = nearestName(name, known);
  const hint =
    nearest === undefined ? 'write <api>.<operation>, e.g. orders.searchOrders' : `did you mean "${nearest}"`;
  return `${JSON.stringify(name.slice(0, 80))} names no operation; ${hint}`;
}
