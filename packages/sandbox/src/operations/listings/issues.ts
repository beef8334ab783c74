import type { ResponseOf } from '@fluxori/amazon-sp-models';

export type Issue = NonNullable<
  ResponseOf<'listingsItems', '2021-08-01', 'patchListingsItem'>['issues']
>[number];

/**
 * What Amazon finds wrong with a submission. 90220 (a required attribute is missing) and 13013 (unknown SKU) are
 * Amazon's codes; 99022 stands here for the many codes of an attribute whose value does not fit its schema.
 */
export const issueCodes = { missing: '90220', invalid: '99022', unknownSku: '13013' } as const;

export function missingAttribute(name: string): Issue {
  return {
    code: issueCodes.missing,
    message: `'${name}' is required but not supplied.`,
    severity: 'ERROR',
    attributeNames: [name],
    categories: ['MISSING_ATTRIBUTE'],
  };
}

export function invalidAttribute(name: string, what: string): Issue {
  return {
    code: issueCodes.invalid,
    message: `The value of '${name}' is not valid: ${what}.`,
    severity: 'ERROR',
    attributeNames: [name],
    categories: [name === 'purchasable_offer' ? 'INVALID_PRICE' : 'INVALID_ATTRIBUTE'],
  };
}

export function unknownSku(sku: string): Issue {
  return {
    code: issueCodes.unknownSku,
    message: `This SKU does not exist in the Amazon catalog. Your data cannot be processed: ${sku}.`,
    severity: 'ERROR',
    categories: ['INVALID_ATTRIBUTE'],
  };
}
