import type { OperationDescriptor } from '@fluxori/amazon-sp-models';
import { ValidationError } from '@fluxori/core';
import type { ApiCallOptions } from '../pipeline/call-options.js';
import { operationName } from '../pipeline/operation-name.js';
import { restrictedOperation } from './restricted-operations.js';

/**
 * Refuses data elements where they mean nothing: Amazon would refuse the token for them, or the call would bring less than the caller believes.
 *
 * @throws ValidationError naming what to do instead.
 */
export function checkDataElements(
  operation: OperationDescriptor,
  rdt: ApiCallOptions['rdt'],
  account: string,
): void {
  if (typeof rdt !== 'object') return;
  const row = restrictedOperation(operation);
  const name = operationName(operation);
  const refuse = (text: string, remedy: string) => {
    throw new ValidationError(`${name} was not sent: ${text}`, {
      operation: name,
      account,
      field: 'rdt.dataElements',
      remedy,
    });
  };
  if (row === undefined) {
    const byRole = operation.api === 'orders' && operation.version !== 'v0';
    refuse(
      'rdt: it takes no data elements, since it needs no restricted data token.',
      byRole
        ? "Leave `rdt` out; name the kinds of personal data in the parameter includedData, e.g. ['BUYER', 'RECIPIENT']."
        : 'Leave `rdt` out.',
    );
  } else if (row.dataElements === undefined) {
    refuse(
      'rdt: it takes no data elements, since its restricted data token opens all that it gives.',
      row.when === 'asked'
        ? 'Write `rdt: true` for a restricted document; the token opens it as a whole.'
        : 'Leave `rdt` out: the token is fetched by itself and opens the data as a whole.',
    );
  } else if (!Array.isArray(rdt.dataElements) || rdt.dataElements.length === 0) {
    refuse(
      'rdt.dataElements: must be a list that names at least one.',
      `Name some of ${row.dataElements.join(', ')}, or write \`rdt: false\` to call without personal data.`,
    );
  }
}
