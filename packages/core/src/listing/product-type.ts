import type { AccountId, MarketplaceId } from '../identity/ids.js';

/** What kind of thing a listing is of, as its platform defines it; the definition itself is a JSON schema. */
export interface ProductTypeFacts {
  readonly accountId: AccountId;
  readonly marketplaceId: MarketplaceId;
  /** The platform's name, e.g. `COOKING_POT`. */
  readonly productType: string;
  readonly displayName: string;
  /** The platform's name of the definition's version. */
  readonly definitionVersion: string;
  /** Changes with the schema. */
  readonly schemaChecksum: string;
  /** Of the properties, in groups as a form would show them. */
  readonly propertyGroups: Readonly<Record<string, readonly string[]>>;
  /** ISO 8601 in UTC. */
  readonly observedAt: string;
}
