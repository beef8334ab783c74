import type { AccountId, MarketplaceId, SellerId } from '@fluxori/core';

/** An account whose seller's notifications come; an `AmazonSpConfig` is one. */
export interface NotifiedAccount {
  readonly accountId: AccountId;
  readonly sellerId: SellerId;
  readonly marketplaceIds: readonly MarketplaceId[];
}

/** An account, and where in it something happened. */
export interface Concerned {
  readonly accountId: AccountId;
  readonly marketplaceIds: readonly MarketplaceId[];
}

/**
 * The accounts that something concerns: one seller may have several, for its marketplaces or for applications.
 * @param where - the marketplaces; all of the account, if Amazon does not say.
 */
export function concerned(
  accounts: readonly NotifiedAccount[],
  where: readonly string[] | undefined,
): readonly Concerned[] {
  return accounts
    .map(({ accountId, marketplaceIds }) => ({
      accountId,
      marketplaceIds: marketplaceIds.filter((id) => where?.includes(id) ?? true),
    }))
    .filter(({ marketplaceIds }) => marketplaceIds.length > 0);
}
