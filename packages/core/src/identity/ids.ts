import { ValidationError } from '../errors/errors.js';
import { shown } from '../errors/shown.js';
import type { Brand } from './brand.js';

/** Our name for one seller's authorisation at one marketplace platform, e.g. `acme-za`. Limits, tokens and jobs are keyed by it. */
export type AccountId = Brand<string, 'AccountId'>;
/** The marketplace platform's own id of a seller (Amazon's merchant token), e.g. `A2EXAMPLE1`. */
export type SellerId = Brand<string, 'SellerId'>;
/** The platform's id of a marketplace, e.g. Amazon.co.za is `AE08WJ6YKNBMC`. */
export type MarketplaceId = Brand<string, 'MarketplaceId'>;
/** The platform's id of an order, e.g. `902-1234567-1234567`. */
export type OrderId = Brand<string, 'OrderId'>;
/** The seller's stock keeping unit. */
export type Sku = Brand<string, 'Sku'>;

function id<T>(kind: string, maxLength: number) {
  return (value: string): T => {
    if (typeof value !== 'string' || value.trim() === '' || value.length > maxLength) {
      throw new ValidationError(`${kind} must be a non-empty string of at most ${maxLength} characters.`, {
        field: kind,
        remedy: `Pass the ${kind} as a string.`,
      });
    }
    return value as T;
  };
}

const accountIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * @param value - 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit.
 * @throws ValidationError when it is not.
 */
export function accountId(value: string): AccountId {
  if (typeof value !== 'string' || !accountIdPattern.test(value)) {
    throw new ValidationError(`accountId ${shown(value)} is not a valid account name.`, {
      field: 'accountId',
      remedy: 'Use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit.',
    });
  }
  return value as AccountId;
}

export const sellerId = id<SellerId>('sellerId', 64);
export const marketplaceId = id<MarketplaceId>('marketplaceId', 64);
export const orderId = id<OrderId>('orderId', 64);
export const sku = id<Sku>('sku', 255);
