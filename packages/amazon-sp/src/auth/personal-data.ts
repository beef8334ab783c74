import type { OperationDescriptor } from '@fluxori/amazon-sp-models';
import type { RestrictedResource } from './restricted-data-tokens.js';

/**
 * Data sets of orders 2026-01-01 that tell of persons; they come by role, without a restricted data token. `TAX` holds the buyer's tax
 * registration: name, number and address.
 */
const personalSets: ReadonlySet<unknown> = new Set(['BUYER', 'RECIPIENT', 'TAX']);

/**
 * Which personal data a call fetches, for the audit; undefined when none is known of.
 * @param resource - when a restricted data token is used.
 */
export function personalDataOf(
  operation: OperationDescriptor,
  params: Readonly<Record<string, unknown>>,
  resource: RestrictedResource | undefined,
): readonly string[] | undefined {
  if (resource !== undefined) return resource.dataElements ?? ['all that the operation gives'];
  if (operation.api !== 'orders' || !Array.isArray(params.includedData)) return undefined;
  const sets = params.includedData.filter((one) => personalSets.has(one)).map(String);
  return sets.length === 0 ? undefined : sets;
}
