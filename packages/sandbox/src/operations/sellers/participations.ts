import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { implement } from '../../operation/implementation.js';
import type { Region } from '../../world/marketplaces.js';
import type { Seller } from '../../world/seller.js';

type Participation = NonNullable<
  ResponseOf<'sellers', 'v1', 'getMarketplaceParticipations'>['payload']
>[number];

export const getMarketplaceParticipations = implement(
  'sellers',
  'v1',
  'getMarketplaceParticipations',
  ({ seller, region }) => ({ payload: participationsOf(seller, region) }),
);

export const getAccount = implement('sellers', 'v1', 'getAccount', ({ seller, region }) => ({
  payload: {
    marketplaceParticipationList: participationsOf(seller, region),
    businessType: 'PRIVATE_LIMITED',
    sellingPlan: 'PROFESSIONAL',
    business: {
      name: `${seller.name} (Pty) Ltd`,
      registeredBusinessAddress: {
        addressLine1: '12 Loop Street',
        city: 'Cape Town',
        stateOrProvinceCode: 'WC',
        postalCode: '8001',
        countryCode: 'ZA',
      },
    },
  },
}));

function participationsOf(seller: Seller, region: Region): Participation[] {
  return seller.marketplaces
    .filter((one) => one.region === region)
    .map((one) => ({
      marketplace: {
        id: one.id,
        name: one.name,
        countryCode: one.countryCode === 'UK' ? 'GB' : one.countryCode,
        defaultCurrencyCode: one.currency,
        defaultLanguageCode: one.language,
        domainName: `www.${one.name.toLowerCase()}`,
      },
      participation: { isParticipating: true, hasSuspendedListings: false },
      storeName: seller.name,
    }));
}
