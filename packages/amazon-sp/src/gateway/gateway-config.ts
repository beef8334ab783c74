import { Secret, secret } from '@fluxori/core';
import { z } from 'zod';
import type { Region } from '../regions/region.js';

const text = (what: string) => z.string(`write ${what} as text`).trim().min(1, `${what} is empty`).max(256);

/** Amazon's access token goes there, so nobody on the way may read it. */
const origin = z.string('write an absolute https URL').refine(isFitForTokens, {
  error:
    'write an absolute https URL without user, query or fragment; http only for this machine (localhost)',
});

/** How requests are signed for the gateway: what `JwtRequestSigner` of @fluxori/network makes. */
const signingSchema = z.strictObject({
  issuer: text('the issuer'),
  audience: text('the audience'),
  /** Names the key to the gateway. */
  kid: text('the key’s id'),
  alg: z.enum(['ES256', 'EdDSA', 'HS256'], 'an algorithm is ES256, EdDSA or HS256'),
  /** ES256, EdDSA: the private key as PEM (PKCS #8). HS256: base64url of 32 bytes or more. */
  key: z
    .union([z.string().trim().min(1, 'the key is empty'), z.instanceof(Secret)], {
      error: 'the key is missing: name a secret that holds it',
    })
    .transform((value) => secret(value as string | Secret)),
  header: z
    .string()
    .regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'write the name of a header')
    .optional(),
  lifeSeconds: z
    .int('lifeSeconds is a whole number of seconds')
    .min(1, 'lifeSeconds is 1 or more')
    .max(300, 'lifeSeconds is 300 or less')
    .optional(),
});

/** A gateway of one's own that the calls to Amazon's API go through. */
export const gatewaySchema = z.strictObject({
  /** Its base URL: one for all regions, or one for each. */
  url: z.union(
    [
      origin,
      z
        .strictObject({ na: origin.optional(), eu: origin.optional(), fe: origin.optional() })
        .refine((urls) => Object.values(urls).some((url) => url !== undefined), 'write the URL of a region'),
    ],
    {
      error: (issue) =>
        typeof issue.input === 'string'
          ? 'write an absolute https URL without user, query or fragment; http only for this machine (localhost)'
          : 'write its URL, or { na?, eu?, fe? } with a URL for each region; https, or http for this machine',
    },
  ),
  signing: signingSchema.optional(),
});

export type GatewayConfig = z.output<typeof gatewaySchema>;

/** The gateway's base URL for a region; undefined when the region's calls do not go through it. */
export function gatewayUrl(
  gateway: Pick<GatewayConfig, 'url'> | undefined,
  region: Region,
): string | undefined {
  if (gateway === undefined) return undefined;
  return typeof gateway.url === 'string' ? gateway.url : gateway.url[region];
}

function isFitForTokens(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (url.search !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isThisMachine(url.hostname));
}

function isThisMachine(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
  );
}
