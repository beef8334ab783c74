import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import type { Listing } from '../../world/listing.js';
import { findMarketplace } from '../../world/marketplaces.js';
import { newListing } from '../../world/new-listing.js';
import { type AttributeChanges, changeOf } from './apply-attributes.js';
import { attributesOf } from './attributes.js';
import { type Issue, missingAttribute, unknownSku } from './issues.js';
import { patchAttribute } from './patch-attribute.js';
import { submissionOf } from './submission.js';

const patchBody = z.object({
  productType: z.string().min(1),
  patches: z
    .array(
      z.object({
        op: z.enum(['add', 'replace', 'merge', 'delete']),
        path: z
          .string()
          .regex(/^\/attributes\/[a-z0-9_]+$/, 'must be /attributes/ and the name of an attribute'),
        value: z.array(z.record(z.string(), z.unknown())).optional(),
      }),
    )
    .min(1),
});

const putBody = z.object({
  productType: z.string().min(1),
  requirements: z.enum(['LISTING', 'LISTING_PRODUCT_ONLY', 'LISTING_OFFER_ONLY']).optional(),
  attributes: z.record(z.string(), z.unknown()),
});

/** Attributes that a new listing cannot be without, by `requirements`. */
const requiredAttributes = {
  LISTING: ['item_name', 'condition_type', 'purchasable_offer', 'fulfillment_availability'],
  LISTING_PRODUCT_ONLY: ['item_name'],
  LISTING_OFFER_ONLY: ['condition_type', 'purchasable_offer', 'fulfillment_availability'],
} as const;

export const patchListingsItem = implement('listingsItems', '2021-08-01', 'patchListingsItem', (call) => {
  const { params, seller } = call;
  const { patches } = readBody(patchBody, params.body);
  const issues: Issue[] = [];
  const changed: (readonly [Listing, readonly AttributeChanges[]])[] = [];
  for (const marketplaceId of params.marketplaceIds) {
    const listing = seller.listing(marketplaceId, params.sku);
    if (listing === undefined) {
      issues.push(unknownSku(params.sku));
      continue;
    }
    const attributes = attributesOf(listing);
    const changes: AttributeChanges[] = [];
    for (const { op, path, value } of patches) {
      const name = path.slice('/attributes/'.length);
      const next = patchAttribute(attributes[name], op, value ?? []);
      attributes[name] = next;
      if (op === 'delete' && !Array.isArray(next)) changes.push(removalOf(name));
      else changes.push(changeOf(listing, name, next));
    }
    issues.push(...changes.flatMap((change) => change.issues));
    changed.push([listing, changes]);
  }
  return finish(call, params, changed, issues);
});

export const putListingsItem = implement('listingsItems', '2021-08-01', 'putListingsItem', (call) => {
  const { params, seller, world } = call;
  const body = readBody(putBody, params.body);
  const marketplace = findMarketplace(params.marketplaceIds[0] as string);
  if (marketplace === undefined) throw new Error('A checked request names a marketplace.');
  const known = seller.listing(marketplace.id, params.sku);
  const issues = requiredAttributes[body.requirements ?? 'LISTING']
    .filter((name) => body.attributes[name] === undefined)
    .map(missingAttribute);
  const listing =
    known ??
    newListing({
      seed: world.seed,
      sellerId: seller.sellerId,
      sku: params.sku,
      marketplaceId: marketplace.id,
      productType: body.productType,
      asin: asinIn(body.attributes),
      nowMs: call.now(),
    });
  const changes = Object.entries(body.attributes).map(([name, value]) => changeOf(listing, name, value));
  const answer = finish(
    call,
    params,
    [[listing, changes]],
    [...issues, ...changes.flatMap((change) => change.issues)],
  );
  if (answer.status === 'ACCEPTED') {
    listing.productType = body.productType;
    seller.putListing(listing);
  }
  return answer;
});

export const deleteListingsItem = implement(
  'listingsItems',
  '2021-08-01',
  'deleteListingsItem',
  ({ params, seller }) => {
    const deleted = params.marketplaceIds.filter((id) => seller.deleteListing(id, params.sku));
    return submissionOf({
      sku: params.sku,
      issues: deleted.length === 0 ? [unknownSku(params.sku)] : [],
      preview: false,
      included: new Set(['issues']),
      identifiers: [],
    });
  },
);

interface Submitted {
  readonly sku: string;
  readonly mode?: string;
  readonly includedData?: readonly string[];
}

/** All or nothing: with an error, or for a preview, no listing is touched. */
function finish(
  call: Pick<OperationCall<unknown>, 'now'>,
  params: Submitted,
  changed: readonly (readonly [Listing, readonly AttributeChanges[]])[],
  issues: readonly Issue[],
): ReturnType<typeof submissionOf> {
  const preview = params.mode === 'VALIDATION_PREVIEW';
  if (!preview && issues.length === 0) {
    for (const [listing, changes] of changed) {
      for (const change of changes) change.apply(listing);
      listing.updatedMs = call.now();
    }
  }
  return submissionOf({
    sku: params.sku,
    issues,
    preview,
    included: new Set(params.includedData ?? ['issues']),
    identifiers: changed.map(([{ marketplaceId, asin }]) => ({ marketplaceId, asin })),
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
