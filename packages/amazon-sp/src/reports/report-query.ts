import type { ParamsOf } from '@fluxori/amazon-sp-models';
import { isErrorOf, NotFoundError, ValidationError } from '@fluxori/core';
import { instant } from '../mapping/instant.js';
import type { SpCallOptions } from '../pipeline/call-options.js';
import { checkTexts } from '../pipeline/check-list.js';
import { marketplacesIn } from '../pipeline/marketplace-in.js';
import type { SectionContext } from '../pipeline/section-context.js';

export interface ReportQuery extends SpCallOptions {
  /** 1 to 10; all that are known here would be too many. */
  readonly reportTypes: readonly string[];
  readonly statuses?: readonly ('CANCELLED' | 'DONE' | 'FATAL' | 'IN_PROGRESS' | 'IN_QUEUE')[];
  readonly marketplaceIds?: readonly string[];
  /** The last 90 days by default; Amazon keeps none longer. */
  readonly createdSince?: Date;
  readonly createdUntil?: Date;
  /** Goes on where a page ended. */
  readonly cursor?: string;
}

/** What `getReports` is asked with. @throws ValidationError before anything is sent. */
export function listParams(
  { reportTypes, statuses, marketplaceIds, createdSince, createdUntil }: ReportQuery,
  { config, endpoints }: SectionContext,
): ParamsOf<'reports', '2021-06-30', 'getReports'> {
  checkTexts(reportTypes, 'reportTypes');
  if (reportTypes.length === 0 || reportTypes.length > 10) {
    throw new ValidationError('reportTypes: Amazon lists 1 to 10 types at a time.', {
      field: 'reportTypes',
      account: config.accountId,
      remedy: 'Name the types that are wanted; `reportTypeNames` has those that are known here.',
    });
  }
  return {
    reportTypes: [...reportTypes],
    pageSize: 100,
    ...(statuses && { processingStatuses: [...checkTexts(statuses, 'statuses')] }),
    ...(marketplaceIds && {
      marketplaceIds: marketplacesIn({ config, endpoints }, marketplaceIds),
    }),
    ...(createdSince && { createdSince: instant(createdSince, 'createdSince') }),
    ...(createdUntil && { createdUntil: instant(createdUntil, 'createdUntil') }),
  };
}

/** Amazon's "not found" names nothing; ours names the report. */
export function named(error: unknown, reportId: string, account: string): unknown {
  if (!isErrorOf(error, 'NotFoundError')) return error;
  return new NotFoundError(`There is no report ${reportId} for ${account}.`, {
    account,
    operation: error.operation,
    requestId: error.requestId,
    cause: error,
    field: 'reportId',
    remedy: 'Check the id: it is good for its seller only, and for 90 days.',
  });
}
