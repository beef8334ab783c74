import { type ListingChange, type ListingIssue, ValidationError } from '@fluxori/core';

export interface ListingChangeResult {
  readonly sku: string;
  /** `superseded`: a later change of the same field took its place before it was sent, and Amazon took that one. */
  readonly status: 'accepted' | 'superseded';
  /** The job whose change took its place. */
  readonly supersededBy?: string;
  /** How it went to Amazon: by itself, or in a feed. */
  readonly way?: 'patch' | 'feed';
  readonly submissionId?: string;
  readonly feedId?: string;
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
