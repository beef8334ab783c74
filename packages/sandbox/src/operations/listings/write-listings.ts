import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import {
  type Judgement,
  judgeDeletion,
  judgePatches,
  judgeSubmission,
  type ListingScene,
} from './judge-listing.js';
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

export const patchListingsItem = implement('listingsItems', '2021-08-01', 'patchListingsItem', (call) => {
  const { patches } = readBody(patchBody, call.params.body);
  const scene = sceneOf(call, call.params.marketplaceIds);
  return finish(call.params, judgePatches(scene, call.params.sku, patches));
});

export const putListingsItem = implement('listingsItems', '2021-08-01', 'putListingsItem', (call) => {
  const body = readBody(putBody, call.params.body);
  const scene = sceneOf(call, call.params.marketplaceIds.slice(0, 1));
  return finish(call.params, judgeSubmission(scene, call.params.sku, body));
});

export const deleteListingsItem = implement('listingsItems', '2021-08-01', 'deleteListingsItem', (call) => {
  const { marketplaceIds, sku } = call.params;
  return finish({ sku }, judgeDeletion(sceneOf(call, marketplaceIds), sku));
});

function sceneOf(
  { notify, now, seller, world }: OperationCall<unknown>,
  marketplaceIds: readonly string[],
): ListingScene {
  return { world, seller, marketplaceIds, nowMs: now(), notify };
}

interface Submitted {
  readonly sku: string;
  readonly mode?: string;
  readonly includedData?: readonly string[];
}

/** All or nothing: with an error, or for a preview, no listing is touched. */
function finish(params: Submitted, judgement: Judgement): ReturnType<typeof submissionOf> {
  const preview = params.mode === 'VALIDATION_PREVIEW';
  const { identifiers, issues } = judgement;
  if (!preview && issues.length === 0) judgement.apply();
  return submissionOf({
    sku: params.sku,
    issues,
    preview,
    included: new Set(params.includedData ?? ['issues']),
    identifiers,
  });
}
