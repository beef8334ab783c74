import { type ListingChange, type ListingIssue, ValidationError } from '@fluxori/core';

export interface ListingChangeResult {
  readonly sku: string;
  readonly status: 'accepted';
  readonly submissionId?: string;
  /** Warnings and hints; errors fail the job. */
  readonly issues: readonly ListingIssue[];
}

/**
 * A change that Amazon took, as a job's result.
 * @throws ValidationError with Amazon's issues when it did not.
 */
export function acceptedChange(change: ListingChange, account: string): ListingChangeResult {
  const { sku, status, submissionId, issues } = change;
  if (status === 'accepted') {
    return { sku, status, ...(submissionId !== undefined && { submissionId }), issues };
  }
  const problems = issues.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
  throw new ValidationError(
    `Amazon did not take the change of SKU ${sku}: ${problems.join('; ') || 'it gave no reason'}`,
    {
      account,
      field: 'sku',
      problems,
      operation: 'listingsItems.patchListingsItem',
      remedy: 'Correct what the issues name, in the listing or in the job’s payload.',
      ...(submissionId !== undefined && { details: { submissionId } }),
    },
  );
}
