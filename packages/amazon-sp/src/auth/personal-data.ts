import type { OperationDescriptor } from '@fluxori/amazon-sp-models';
import { operationKey } from '../pipeline/operation-name.js';
import type { RestrictedResource } from './restricted-data-tokens.js';

/**
 * Data sets of orders 2026-01-01 that tell of persons; they come by role, without a restricted data token. `TAX` holds the buyer's tax
 * registration: name, number and address.
 */
const personalSets: ReadonlySet<unknown> = new Set(['BUYER', 'RECIPIENT', 'TAX']);

/**
 * Operations whose answers always hold the recipient of goods that did not sell at Amazon, without a restricted data token.
 * Source: fulfillment outbound 2020-07-01 and 2026-07-04, checked November 2026.
 */
const tellRecipients: ReadonlySet<string> = new Set([
  'fulfillmentOutbound@2020-07-01.getFulfillmentOrder',
  'fulfillmentOutbound@2020-07-01.listAllFulfillmentOrders',
  'fulfillmentOutbound@2020-07-01.getPackageTrackingDetails',
  'fulfillmentOutbound@2026-07-04.getOrder',
  'fulfillmentOutbound@2026-07-04.listOrders',
]);

/** For the test that every row names an operation. */
export const operationsThatTellRecipients: readonly string[] = [...tellRecipients];

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
  if (tellRecipients.has(operationKey(operation))) return ['RECIPIENT'];
  if (operation.api !== 'orders' || !Array.isArray(params.includedData)) return undefined;
  const sets = params.includedData.filter((one) => personalSets.has(one)).map(String);
  return sets.length === 0 ? undefined : sets;
}
