import { randomUUID } from 'node:crypto';
import type { ResponseOf } from '@fluxori/amazon-sp-models';
import type { Issue } from './issues.js';

type Submission = ResponseOf<'listingsItems', '2021-08-01', 'patchListingsItem'>;

export interface SubmissionFacts {
  readonly sku: string;
  readonly issues: readonly Issue[];
  /** VALIDATION_PREVIEW: nothing is changed. */
  readonly preview: boolean;
  readonly included: ReadonlySet<string>;
  readonly identifiers: readonly { readonly marketplaceId: string; readonly asin: string }[];
}

/** Amazon's answer to a put, patch or delete. */
export function submissionOf({ sku, issues, preview, included, identifiers }: SubmissionFacts): Submission {
  const bad = issues.some((issue) => issue.severity === 'ERROR');
  return {
    sku,
    status: bad ? 'INVALID' : preview ? 'VALID' : 'ACCEPTED',
    submissionId: randomUUID().replaceAll('-', ''),
    ...(included.has('issues') || bad ? { issues: [...issues] } : {}),
    ...(included.has('identifiers') ? { identifiers: [...identifiers] } : {}),
  };
}
