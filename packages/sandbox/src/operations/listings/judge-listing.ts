import type { Notify } from '../../events/far-side-event.js';
import type { Listing } from '../../world/listing.js';
import { findMarketplace, type Marketplace } from '../../world/marketplaces.js';
import { newListing } from '../../world/new-listing.js';
import type { Seller } from '../../world/seller.js';
import type { World } from '../../world/world.js';
import { type AttributeChanges, changeOf } from './apply-attributes.js';
import { attributesOf } from './attributes.js';
import { type Issue, missingAttribute, unknownSku } from './issues.js';
import { patchAttribute } from './patch-attribute.js';
import { watchListings } from './watch-listings.js';

/** Where a listing is changed, by whom, and when. */
export interface ListingScene {
  readonly world: World;
  readonly seller: Seller;
  readonly marketplaceIds: readonly string[];
  readonly nowMs: number;
  readonly notify: Notify;
}

/** What Amazon has against a change, and the change itself, which is made in one go or not at all. */
export interface Judgement {
  readonly issues: readonly Issue[];
  readonly identifiers: readonly { readonly marketplaceId: string; readonly asin: string }[];
  /** To be called only when no issue is an error. */
  readonly apply: () => void;
}

export interface Patch {
  readonly op: 'add' | 'replace' | 'merge' | 'delete';
  /** `/attributes/` and the name of an attribute. */
  readonly path: string;
  readonly value?: readonly Readonly<Record<string, unknown>>[] | undefined;
}

export interface Submission {
  readonly productType: string;
  readonly requirements?: keyof typeof requiredAttributes | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Attributes that a new listing cannot be without, by `requirements`. */
export const requiredAttributes = {
  LISTING: ['item_name', 'condition_type', 'purchasable_offer', 'fulfillment_availability'],
  LISTING_PRODUCT_ONLY: ['item_name'],
  LISTING_OFFER_ONLY: ['condition_type', 'purchasable_offer', 'fulfillment_availability'],
} as const;

/** Some attributes of a listing are changed, patch by patch. */
export function judgePatches(scene: ListingScene, sku: string, patches: readonly Patch[]): Judgement {
  return judgeKnown(scene, sku, (listing) => {
    const attributes = attributesOf(listing);
    return patches.map(({ op, path, value }) => {
      const name = path.slice('/attributes/'.length);
      const next = patchAttribute(attributes[name], op, value ?? []);
      attributes[name] = next;
      return op === 'delete' && !Array.isArray(next) ? removalOf(name) : changeOf(listing, name, next);
    });
  });
}

/** Some attributes of a listing are set, the others stay: PARTIAL_UPDATE of a feed. */
export function judgePartialUpdate(
  scene: ListingScene,
  sku: string,
  attributes: Submission['attributes'],
): Judgement {
  return judgeKnown(scene, sku, (listing) =>
    Object.entries(attributes).map(([name, value]) => changeOf(listing, name, value)),
  );
}

/** A listing is put up, or put up anew with all its attributes. */
export function judgeSubmission(scene: ListingScene, sku: string, submission: Submission): Judgement {
  const { nowMs, seller, world } = scene;
  const listings = marketplacesOf(scene).map(
    ({ id }) =>
      seller.listing(id, sku) ??
      newListing({
        ...{ seed: world.seed, sellerId: seller.sellerId, sku, marketplaceId: id, nowMs },
        productType: submission.productType,
        asin: asinIn(submission.attributes),
      }),
  );
  const missing = requiredAttributes[submission.requirements ?? 'LISTING']
    .filter((name) => submission.attributes[name] === undefined)
    .map(missingAttribute);
  const changed = listings.map((listing) => ({
    listing,
    changes: Object.entries(submission.attributes).map(([name, value]) => changeOf(listing, name, value)),
  }));
  const judgement = judgementOf(scene, sku, changed, missing);
  const put = () => {
    judgement.apply();
    for (const listing of listings) listing.productType = submission.productType;
  };
  return { ...judgement, apply: put };
}

export function judgeDeletion(scene: ListingScene, sku: string): Judgement {
  const { marketplaceIds, seller } = scene;
  const known = marketplaceIds.filter((id) => seller.listing(id, sku) !== undefined);
  return {
    issues: known.length === 0 ? [unknownSku(sku)] : [],
    identifiers: [],
    apply: () =>
      watchListings(scene, sku, () => {
        for (const id of known) seller.deleteListing(id, sku);
      }),
  };
}

interface ChangedListing {
  readonly listing: Listing;
  readonly changes: readonly AttributeChanges[];
}

function judgeKnown(
  scene: ListingScene,
  sku: string,
  changesOf: (listing: Listing) => readonly AttributeChanges[],
): Judgement {
  const issues: Issue[] = [];
  const changed: ChangedListing[] = [];
  for (const marketplaceId of scene.marketplaceIds) {
    const listing = scene.seller.listing(marketplaceId, sku);
    if (listing === undefined) issues.push(unknownSku(sku));
    else changed.push({ listing, changes: changesOf(listing) });
  }
  return judgementOf(scene, sku, changed, issues);
}

function judgementOf(
  scene: ListingScene,
  sku: string,
  changed: readonly ChangedListing[],
  issues: readonly Issue[],
): Judgement {
  return {
    issues: [...issues, ...changed.flatMap(({ changes }) => changes.flatMap((change) => change.issues))],
    identifiers: changed.map(({ listing: { marketplaceId, asin } }) => ({ marketplaceId, asin })),
    apply: () =>
      watchListings(scene, sku, () => {
        for (const { listing, changes } of changed) {
          for (const change of changes) change.apply(listing);
          listing.updatedMs = scene.nowMs;
          if (scene.seller.listing(listing.marketplaceId, sku) === undefined)
            scene.seller.putListing(listing);
        }
      }),
  };
}

function marketplacesOf({ marketplaceIds }: ListingScene): readonly Marketplace[] {
  return marketplaceIds.map((id) => {
    const marketplace = findMarketplace(id);
    if (marketplace === undefined) throw new Error('A checked request names marketplaces that exist.');
    return marketplace;
  });
}

function removalOf(name: string): AttributeChanges {
  return {
    issues: name === 'item_name' ? [missingAttribute(name)] : [],
    apply: (listing) => {
      delete listing.attributes[name];
      if (name === 'fulfillment_availability') listing.quantity = 0;
    },
  };
}

function asinIn(attributes: Readonly<Record<string, unknown>>): string | undefined {
  const suggested = attributes.merchant_suggested_asin;
  const first: unknown = Array.isArray(suggested) ? suggested[0] : undefined;
  const value =
    typeof first === 'object' && first !== null ? (first as { value?: unknown }).value : undefined;
  return typeof value === 'string' ? value : undefined;
}
