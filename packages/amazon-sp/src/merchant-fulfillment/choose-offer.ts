import { compareMoney, type Money, ValidationError } from '@fluxori/core';
import type { ShippingOffer, ShippingOffers } from './shipment-mapping.js';

/** Which of the offers is bought: a service by its id, or the one that costs least or arrives first. */
export type OfferWish =
  | { readonly serviceId: string }
  | { readonly by: 'cheapest' | 'fastest'; readonly carriers?: readonly string[] };

/**
 * @param wish.maxPrice - a dearer one is not bought.
 * @throws ValidationError saying what there was instead.
 */
export function chooseOffer(
  { offers, rejected, termsNotAccepted }: ShippingOffers,
  { wish, maxPrice, account }: { wish: OfferWish; maxPrice?: Money; account: string },
): ShippingOffer {
  const wrong = (field: string, text: string, remedy: string) =>
    new ValidationError(`${field}: ${text}.`, { field, account, operation: 'merchantFulfillment', remedy });
  const wanted = offers.filter((one) =>
    'serviceId' in wish
      ? one.serviceId === wish.serviceId
      : !one.needsInputs && (wish.carriers?.includes(one.carrier) ?? true),
  );
  const [first] =
    'serviceId' in wish ? wanted : [...wanted].sort(wish.by === 'cheapest' ? byPrice : byArrival);
  if (first === undefined) {
    const refusal =
      'serviceId' in wish ? rejected.find(({ serviceId }) => serviceId === wish.serviceId) : undefined;
    const why = refusal && `: ${refusal.code}${refusal.reason === undefined ? '' : `, ${refusal.reason}`}`;
    const terms =
      termsNotAccepted.length === 0 ? '' : ` Terms not yet accepted: ${termsNotAccepted.join(', ')}.`;
    throw wrong(
      'choose',
      `Amazon does not offer the service that is wanted for this parcel${why ?? ''}`,
      `Choose one of ${offers.map(({ serviceId }) => serviceId).join(', ') || 'none'}.${terms}`,
    );
  }
  if (maxPrice !== undefined && maxPrice.currency !== first.price.currency)
    throw wrong(
      'maxPrice',
      `${maxPrice.currency} is not the currency of the offer, which is ${first.price.currency}`,
      `Give the amount in ${first.price.currency}.`,
    );
  if (maxPrice !== undefined && compareMoney(first.price, maxPrice) > 0)
    throw wrong(
      'maxPrice',
      `${first.service} costs ${first.price.amount} ${first.price.currency}, which is more than ${maxPrice.amount}`,
      'Raise it, or choose another service.',
    );
  return first;
}

function byPrice(a: ShippingOffer, b: ShippingOffer): number {
  return compareMoney(a.price, b.price);
}

function byArrival(a: ShippingOffer, b: ShippingOffer): number {
  const [first, second] = [a.arrivesUntil ?? '9', b.arrivesUntil ?? '9'];
  return first === second ? byPrice(a, b) : first < second ? -1 : 1;
}
