import { createHash } from 'node:crypto';
import { contentOf } from '../../documents/content-spool.js';
import { invalidInput, notFound } from '../../http/refusal.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import { findMarketplace } from '../../world/marketplaces.js';
import { type ProductLine, productLines } from '../../world/product-lines.js';
import { propertyGroups, schemaOf } from './product-type-schema.js';

/** Of all definitions; Amazon's are named by a UUID or a text like this. */
const version = 'UHqSqmb4FNUk=';
/** Source: developer-docs.amazon.com/sp-api/docs/product-type-definitions-api, checked November 2026: the links are good for seven days. */
const linkLifetimeMs = 7 * 86_400_000;
const message = 'Request has missing or invalid parameters and cannot be parsed.';

export const searchDefinitionsProductTypes = implement(
  'productTypeDefinitions',
  '2020-09-01',
  'searchDefinitionsProductTypes',
  ({ params }) => {
    const { itemName, keywords, marketplaceIds } = params;
    if (itemName !== undefined && keywords !== undefined)
      throw invalidInput(message, 'itemName cannot be used with keywords.');
    const found = productLines.filter((line) => {
      if (keywords !== undefined) return keywords.some((word) => wordsOf(line).includes(word.toLowerCase()));
      return itemName === undefined || sharesAWord(line, itemName);
    });
    return {
      productTypes: found.map((line) => ({
        name: line.productType,
        displayName: displayNameOf(line),
        marketplaceIds: [...marketplaceIds],
      })),
      productTypeVersion: version,
    };
  },
);

export const getDefinitionsProductType = implement(
  'productTypeDefinitions',
  '2020-09-01',
  'getDefinitionsProductType',
  (call) => {
    const { marketplaceIds, productType } = call.params;
    const { requirements = 'LISTING', requirementsEnforced = 'ENFORCED' } = call.params;
    if (marketplaceIds.length !== 1) throw invalidInput(message, 'Only one marketplace can be specified.');
    const line = productLines.find((one) => one.productType === productType);
    if (line === undefined)
      throw notFound('The specified resource does not exist.', `There is no product type ${productType}.`);
    const [marketplaceId] = marketplaceIds as [string];
    const locale = call.params.locale ?? 'DEFAULT';
    return {
      locale: locale === 'DEFAULT' ? (findMarketplace(marketplaceId)?.language ?? 'en_US') : locale,
      marketplaceIds: [...marketplaceIds],
      productType,
      displayName: displayNameOf(line),
      productTypeVersion: { version, latest: true, releaseCandidate: false },
      requirements,
      requirementsEnforced,
      propertyGroups,
      schema: schemaLink(
        call,
        schemaOf({
          productType,
          requirements,
          enforced: requirementsEnforced === 'ENFORCED',
          ...(call.params.sellerId !== undefined && { brands: brandsOf(call, marketplaceId) }),
        }),
      ),
    };
  },
);

/** The same schema lies at the same place with the same checksum, each time under a URL of its own. */
function schemaLink({ desks, region, seller }: OperationCall<unknown>, schema: object) {
  const bytes = Buffer.from(JSON.stringify(schema));
  const document = desks.shelf.add({
    ...{ kind: 'schema', sellerId: seller.sellerId, region, lifetimeMs: linkLifetimeMs },
    contentType: 'application/json',
    content: contentOf(bytes, false),
  });
  return {
    link: { resource: desks.shelf.downloadUrl(document, false), verb: 'GET' as const },
    checksum: createHash('md5').update(bytes).digest('base64'),
  };
}

/** The brands that a seller lists already. */
function brandsOf({ seller, world }: OperationCall<unknown>, marketplaceId: string): readonly string[] {
  const brands = [...seller.listings(marketplaceId).values()].flatMap(
    ({ asin }) => world.catalog.byAsin(asin)?.brand ?? [],
  );
  return [...new Set(brands)].sort();
}

function displayNameOf({ productType }: ProductLine): string {
  const words = productType.toLowerCase().replaceAll('_', ' ');
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
}

function wordsOf({ category, noun, productType }: ProductLine): readonly string[] {
  return `${productType} ${category} ${noun}`.toLowerCase().split(/[^a-z]+/);
}

function sharesAWord({ noun }: ProductLine, itemName: string): boolean {
  const words = itemName.toLowerCase().split(/[^a-z]+/);
  return noun
    .toLowerCase()
    .split(' ')
    .some((word) => words.includes(word));
}
