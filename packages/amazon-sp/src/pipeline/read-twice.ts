import type { OperationDescriptor, ParameterDescriptor } from '@fluxori/amazon-sp-models';

/**
 * Query parameters that Amazon unescapes twice, so that some characters must be escaped twice.
 * Source: descriptions of the operations in fulfillmentInbound_2024-03-20.json ("must be double percent encoded"), checked November 2026.
 */
const readTwice: ReadonlySet<string> = new Set([
  'fulfillmentInbound@2024-03-20.listItemComplianceDetails.mskus',
  'fulfillmentInbound@2024-03-20.listPrepDetails.mskus',
]);

/** A value of a query parameter before it is escaped as all are: once escaped already where Amazon unescapes twice. */
export function beforeEscaping(
  { api, version, operationId }: Pick<OperationDescriptor, 'api' | 'version' | 'operationId'>,
  { name }: Pick<ParameterDescriptor, 'name'>,
  value: string,
): string {
  return readTwice.has(`${api}@${version}.${operationId}.${name}`)
    ? value.replace(/[%+,]/g, encodeURIComponent)
    : value;
}

/** For the test that every row names a parameter. */
export const parametersReadTwice: readonly string[] = [...readTwice];
