import { requiredAttributes } from '../listings/judge-listing.js';

/** The groups in which a form would show the attributes. */
export const propertyGroups = {
  product_identity: {
    title: 'Product Identity',
    propertyNames: ['item_name', 'brand', 'merchant_suggested_asin'],
  },
  offer: {
    title: 'Offer',
    propertyNames: ['condition_type', 'purchasable_offer', 'fulfillment_availability'],
  },
};

export interface SchemaWish {
  readonly productType: string;
  readonly requirements: keyof typeof requiredAttributes;
  readonly enforced: boolean;
  /** The only brands that are allowed. */
  readonly brands?: readonly string[];
}

/** A small schema in the form of Amazon's: what this sandbox itself wants of a listing. */
export function schemaOf({ productType, requirements, enforced, brands }: SchemaWish): object {
  const text = { type: 'string', minLength: 1, maxLength: 500 };
  return {
    $schema: 'https://schemas.amazon.com/selling-partners/definitions/product-types/meta-schema/v1',
    $id: `https://schemas.amazon.com/selling-partners/definitions/product-types/schema/v1/${productType}`,
    $comment: 'Amazon product type definition schema',
    type: 'object',
    properties: {
      item_name: attribute({ value: { title: 'Item Name', ...text } }, ['value']),
      brand: attribute({ value: { title: 'Brand', ...text, ...(brands && { enum: brands }) } }, ['value']),
      merchant_suggested_asin: attribute({ value: text }, ['value']),
      condition_type: attribute(
        { value: { type: 'string', enum: ['new_new', 'used_like_new', 'used_good', 'used_acceptable'] } },
        ['value'],
      ),
      purchasable_offer: attribute(
        {
          currency: { type: 'string' },
          audience: { type: 'string' },
          our_price: { type: 'array', minItems: 1, items: { type: 'object' } },
        },
        ['currency', 'our_price'],
      ),
      fulfillment_availability: attribute(
        { fulfillment_channel_code: { type: 'string' }, quantity: { type: 'integer', minimum: 0 } },
        ['fulfillment_channel_code'],
      ),
    },
    ...(enforced && { required: requiredAttributes[requirements] }),
  };
}

function attribute(properties: object, required: readonly string[]): object {
  return {
    type: 'array',
    minItems: 1,
    selectors: ['marketplace_id'],
    items: {
      type: 'object',
      required,
      properties: { ...properties, marketplace_id: { type: 'string' }, language_tag: { type: 'string' } },
    },
  };
}
