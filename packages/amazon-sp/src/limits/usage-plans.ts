import type { OperationDescriptor } from '@fluxori/amazon-sp-models';
import type { UsagePlan } from '@fluxori/network';
import { grantlessScope } from '../auth/grantless-operations.js';
import { operationKey, operationName } from '../pipeline/operation-name.js';
import type { Environment, Region } from '../regions/region.js';
import { applicationLimits } from './application-limits.js';
import { type LimitOverrides, overrideFor } from './limit-override.js';
import { listingsFeedWindow, type WindowLimit } from './submission-window.js';

/** Taken for an operation whose plan Amazon does not publish (70 of 370): slow enough to be let through, and it learns the true rate from answers. */
export const carefulPlan = { ratePerSecond: 0.5, burst: 1 } as const;

/** Amazon's sandbox hosts: one plan for all calls. Source: developer-docs.amazon.com/sp-api/docs/sp-api-sandbox, checked November 2026. */
export const sandboxPlan = { ratePerSecond: 5, burst: 15 } as const;

/**
 * JSON_LISTINGS_FEED has a limit of its own beside createFeed's: five submissions in five minutes per account and region. As a bucket it tells how many
 * may go about now; that no five minutes see more of them is `SubmissionWindow`'s to hold.
 * Source: developer-docs.amazon.com/sp-api/changelog/update-feed-size-and-rate-limit-changes-for-the-json_listings_feed, checked November 2026.
 */
export const listingsFeedPlan = { ratePerSecond: 5 / 300, burst: 5 } as const;

/** Who calls, as far as limits go. */
export interface LimitSubject {
  /** The application: its client id. */
  readonly clientId: string;
  /** Amazon's own name of the account: two accounts of ours with the same seller share Amazon's bucket. */
  readonly sellerId: string;
  /** Our name of the account, for labels. */
  readonly accountId: string;
  readonly region: Region;
}

/** The beginning of every key of an application's buckets. */
export function applicationPrefix({ clientId }: Pick<LimitSubject, 'clientId'>): string {
  return `sp-api/${clientId}/`;
}

/** The beginning of the keys of a seller's own buckets. */
export function sellerPrefix(subject: Pick<LimitSubject, 'clientId' | 'sellerId' | 'region'>): string {
  return `${applicationPrefix(subject)}${subject.sellerId}/${subject.region}/`;
}

/**
 * The limits that a call must fit into, all at once: the pair of application and seller, and for some operations the application by itself.
 * A grantless operation has no seller, so its one bucket is the application's. A feed type may have a limit of its own.
 *
 * @param options.feedType - of a createFeed.
 */
export function usagePlans(
  operation: OperationDescriptor,
  subject: LimitSubject,
  options: { environment: Environment; overrides: LimitOverrides; feedType?: string },
): readonly UsagePlan[] {
  const grantless = grantlessScope(operation) !== undefined;
  const holder = grantless ? 'application' : subject.accountId;
  const prefix = grantless ? `${applicationPrefix(subject)}application/` : sellerPrefix(subject);
  const configured = overrideFor(options.overrides, operation);

  if (options.environment === 'sandbox') {
    // One bucket for all operations, so only an override for all of them can be meant.
    const all = options.overrides['*'];
    return [
      {
        key: `${prefix}sandbox`,
        label: `sandbox@${holder}`,
        ...(all ?? sandboxPlan),
        source: all ? 'configured' : 'published',
      },
    ];
  }

  const name = operationName(operation);
  const plans: UsagePlan[] = [
    {
      key: `${prefix}${operationKey(operation)}`,
      label: `${name}@${holder}`,
      observable: true,
      ...pairLimit(operation, configured),
    },
  ];
  const shared = applicationLimits.find(
    ({ api, version, operationId }) =>
      api === operation.api && version === operation.version && operationId === operation.operationId,
  );
  if (shared !== undefined && !grantless) {
    plans.push({
      key: `${applicationPrefix(subject)}application/${operationKey(operation)}`,
      label: `${name}@application`,
      ratePerSecond: shared.ratePerSecond,
      burst: Math.max(1, Math.floor(shared.ratePerSecond)),
      source: 'published',
    });
  }
  if (operation.operationId === 'createFeed' && options.feedType === 'JSON_LISTINGS_FEED') {
    plans.push({
      key: `${prefix}${operationKey(operation)}/${options.feedType}`,
      label: `${name}/${options.feedType}@${holder}`,
      ...(configured === undefined
        ? { ...listingsFeedPlan, source: 'published' as const }
        : { ...configured, source: 'configured' as const }),
    });
  }
  return plans;
}

/** The window that a createFeed must fit into beside its buckets, if its feed type has one. A limit that a person has set replaces it. */
export function windowOf(
  operation: OperationDescriptor,
  subject: LimitSubject,
  options: { environment: Environment; overrides: LimitOverrides; feedType?: string },
): { readonly key: string; readonly label: string; readonly limit: WindowLimit } | undefined {
  const { environment, overrides, feedType } = options;
  if (operation.operationId !== 'createFeed' || feedType !== 'JSON_LISTINGS_FEED') return undefined;
  if (environment === 'sandbox' || overrideFor(overrides, operation) !== undefined) return undefined;
  return {
    key: `sp-api-window/${subject.clientId}/${subject.sellerId}/${subject.region}/${operationKey(operation)}/${feedType}`,
    label: `${operationName(operation)}/${feedType}@${subject.accountId}`,
    limit: listingsFeedWindow,
  };
}

function pairLimit(
  operation: OperationDescriptor,
  configured: { ratePerSecond: number; burst: number } | undefined,
): Pick<UsagePlan, 'ratePerSecond' | 'burst' | 'source'> {
  if (configured !== undefined) return { ...configured, source: 'configured' };
  const { rate, burst } = operation;
  if (rate !== undefined && burst !== undefined) return { ratePerSecond: rate, burst, source: 'published' };
  return { ...carefulPlan, source: 'default' };
}

/** What `usagePlans` must know of the parameters of a call. */
export function feedTypeOfCall(
  { api, operationId }: OperationDescriptor,
  params: Readonly<Record<string, unknown>>,
): { feedType?: string } {
  if (api !== 'feeds' || operationId !== 'createFeed') return {};
  const { feedType } = (params.body ?? {}) as { feedType?: unknown };
  return typeof feedType === 'string' ? { feedType } : {};
}
