import { accountId, type MarketplaceId, Secret, secret, sellerId } from '@fluxori/core';
import { z } from 'zod';
import { authorisationEnd, clientSecretEnd } from './authorisation/lifetimes.js';
import { gatewaySchema, gatewayUrl } from './gateway/gateway-config.js';
import { overrideNameProblem } from './limits/limit-override.js';
import {
  findMarketplace,
  type Marketplace,
  marketplaceOf,
  unknownMarketplace,
} from './regions/marketplaces.js';
import type { Region } from './regions/region.js';
import { wrongRegion } from './regions/regional-endpoint-manager.js';

const named = (what: string, maxLength = 2048) =>
  z
    .string(`${what} is missing: ${wherefrom[what] ?? 'write it as a string'}`)
    .trim()
    .min(1, `${what} is empty`)
    .max(maxLength);

/** Where a person finds a credential. */
const wherefrom: Readonly<Record<string, string>> = {
  accountId: 'choose a name for this account, e.g. acme-za',
  sellerId: 'see Seller Central, Account Info, Merchant Token',
  clientId: 'see the developer console, LWA credentials',
  clientSecret: 'see the developer console, LWA credentials',
  refreshToken: 'it comes from the seller authorising your application',
};

const secretText = (what: string) =>
  z
    .union([named(what), z.instanceof(Secret)], {
      error: `${what} is missing: ${wherefrom[what]}`,
    })
    .transform((value) => secret(value as string | Secret));

const address = z.url({ protocol: /^https?$/, error: 'write an absolute http or https URL' });

const whole = 'burst is a whole number of requests, one or more';

const limit = z.strictObject({
  ratePerSecond: z.number('ratePerSecond is a number of requests per second').positive(),
  burst: z.number(whole).multipleOf(1, whole).min(1, whole),
});

const days = (what: string) =>
  z.int(`${what} is a whole number of days`).min(1, `${what} is one day or more`).max(3_650);

/** A day or a moment. A day alone means its beginning in UTC. */
const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true }), z.date()], {
  error: 'write a date such as 2026-11-21, or a moment such as 2026-11-21T08:00:00Z',
});

const token = /^[A-Za-z0-9 ._-]+$/;

const written = z.strictObject({
  accountId: named('accountId', 64).regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'use letters, digits, dots, dashes or underscores, beginning with a letter or digit',
  ),
  sellerId: named('sellerId', 64),
  marketplaceId: z.string().optional(),
  marketplaceIds: z.array(z.string()).min(1, 'name at least one marketplace').optional(),
  region: z.enum(['na', 'eu', 'fe'], 'a region is na, eu or fe').optional(),
  clientId: named('clientId'),
  clientSecret: secretText('clientSecret'),
  refreshToken: secretText('refreshToken'),
  /** When the client secret was made (it lives 180 days from then), or when it ends: to be warned ahead. */
  clientSecretIssuedAt: moment.optional(),
  clientSecretExpiresAt: moment.optional(),
  /** When the seller let the application in, or renewed it (good for a year from then): to be warned ahead. */
  authorizedAt: moment.optional(),
  /** What an authorisation needs beside the credentials; for `fluxori accounts add`. */
  applicationId: named('applicationId').optional(),
  redirectUri: z.url('write an absolute URL').optional(),
  draft: z.boolean().optional(),
  environment: z
    .enum(['production', 'sandbox'], 'an environment is production or sandbox')
    .default('production'),
  endpoints: z
    .strictObject({
      lwa: address.optional(),
      na: address.optional(),
      eu: address.optional(),
      fe: address.optional(),
      /** Where sellers let the application in; the connector itself does not go there. */
      sellerCentral: address.optional(),
      /** Where a sandbox keeps documents; their URLs come with Amazon's answers, so nobody needs it. */
      documents: address.optional(),
      /** Amazon SQS, where notifications are fetched; AWS's own by default. */
      sqs: address.optional(),
    })
    .optional(),
  /** A gateway of your own in front of Amazon's API: for audit, or control of what leaves. Tokens and documents do not go through it. */
  gateway: gatewaySchema.optional(),
  application: z
    .strictObject({
      name: z.string().regex(token, 'use letters, digits, spaces, dots, dashes or underscores').max(100),
      version: z.string().regex(token, 'use letters, digits, dots or dashes').max(50),
    })
    .optional(),
  limits: z.record(z.string(), limit).optional(),
  /** How long documents are kept since they were first seen, in days; Amazon's data protection policy says 30 for personal data. */
  retention: z
    .strictObject({
      documentsDays: days('documentsDays').default(30),
      restrictedDocumentsDays: days('restrictedDocumentsDays').default(30),
    })
    .prefault({}),
});

/**
 * What a person writes down for one seller's authorisation. Secrets are wrapped as soon as they are read; the marketplaces come out resolved,
 * all of one region, since a refresh token is good for one.
 */
export const amazonSpConfigSchema = written
  // Run also when a field is wrong by itself, so that a person sees every problem at once.
  .superRefine(checkAcrossFields, { when: ({ value }) => typeof value === 'object' && value !== null })
  .transform((config) => {
    const { marketplaceId, marketplaceIds, region, limits, ...others } = config;
    const { clientSecretIssuedAt, clientSecretExpiresAt, authorizedAt, ...rest } = others;
    const names = marketplaceIds ?? [marketplaceId ?? ''];
    const found = [...new Set(names.map((name) => marketplaceOf(name)))];
    const home = found[0] as Marketplace;
    return {
      ...rest,
      accountId: accountId(config.accountId),
      sellerId: sellerId(config.sellerId),
      region: region ?? home.region,
      marketplaces: found as readonly Marketplace[],
      /** The marketplace meant when none is named: the first. */
      home,
      marketplaceIds: found.map(({ id }): MarketplaceId => id),
      limits: limits ?? {},
      ...(clientSecretIssuedAt !== undefined && {
        clientSecretExpiresAt: clientSecretEnd(new Date(clientSecretIssuedAt)),
      }),
      ...(clientSecretExpiresAt !== undefined && { clientSecretExpiresAt: new Date(clientSecretExpiresAt) }),
      ...(authorizedAt !== undefined && { authorisationExpiresAt: authorisationEnd(new Date(authorizedAt)) }),
    };
  });

function checkAcrossFields(config: Partial<z.output<typeof written>>, context: z.RefinementCtx): void {
  const problem = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const { marketplaceId, marketplaceIds, region, limits } = config;
  if (marketplaceId !== undefined && marketplaceIds !== undefined) {
    problem(['marketplaceId'], 'write either marketplaceId or marketplaceIds, not both');
  }
  if (config.clientSecretIssuedAt !== undefined && config.clientSecretExpiresAt !== undefined) {
    problem(['clientSecretIssuedAt'], 'write either clientSecretIssuedAt or clientSecretExpiresAt, not both');
  }
  const many = Array.isArray(marketplaceIds);
  const names: unknown[] = many ? marketplaceIds : marketplaceId === undefined ? [] : [marketplaceId];
  if (names.length === 0 && marketplaceIds === undefined) {
    problem(['marketplaceIds'], 'name at least one marketplace, by id (AE08WJ6YKNBMC) or country code (ZA)');
  }
  let expected = region;
  names.forEach((name, index) => {
    if (typeof name !== 'string') return;
    const path = many ? ['marketplaceIds', index] : ['marketplaceId'];
    const marketplace = findMarketplace(name);
    if (marketplace === undefined) {
      problem(path, unknownMarketplace(name));
      return;
    }
    expected ??= marketplace.region;
    if (marketplace.region !== expected) problem(path, wrongRegion(marketplace, expected));
  });
  if (expected !== undefined && isWritten(config.gateway)) {
    if (gatewayUrl(config.gateway, expected) === undefined)
      problem(
        ['gateway', 'url', expected],
        `write the gateway's URL for region ${expected}, which this account is in`,
      );
    else if (config.endpoints?.[expected] !== undefined)
      problem(['endpoints', expected], 'write either the gateway or an endpoint for this region, not both');
  }
  for (const name of Object.keys(limits ?? {})) {
    const wrong = overrideNameProblem(name);
    if (wrong !== undefined) problem(['limits', name], wrong);
  }
}

/** Checked by itself already, or wrong in a way that is told already. */
function isWritten(gateway: unknown): gateway is { url: string | Partial<Record<Region, string>> } {
  const url = (gateway as { url?: unknown } | null | undefined)?.url;
  return typeof url === 'string' || (typeof url === 'object' && url !== null);
}

/** As a person writes it. */
export type AmazonSpConfigInput = z.input<typeof amazonSpConfigSchema>;
/** As the connector uses it. */
export type AmazonSpConfig = z.output<typeof amazonSpConfigSchema>;
