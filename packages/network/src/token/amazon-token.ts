/** A token as ADR-0004 fixes it: the fields of Login with Amazon's answer, and when it was asked for. */
export interface IAmazonToken {
  access_token: string;
  /** `bearer`; `rdt` for a restricted data token. */
  token_type: string;
  /** Seconds from `created_at`. */
  expires_in: number;
  refresh_token?: string;
  /** Milliseconds since the epoch, taken before the request was sent: the token surely lives until `created_at + expires_in * 1000`. */
  created_at: number;
}

/** What Login with Amazon gives when it does not say. Source: SP-API developer guide, checked 2026-11. */
const usualLifeSeconds = 3_600;
/** No token of Amazon's lives longer than an hour: one that is said to outlive a day would only be kept for good. */
const longestLifeSeconds = 86_400;

/** Whether it is a token at all, and one that a header can hold: else it would be kept, and refused at every call. Source: RFC 6749, A.12. */
export function isAccessToken(told: unknown): told is string {
  return typeof told === 'string' && /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(told);
}

/** How long a token lives, by what its answer says of it. That may be anything; what makes no sense counts as the usual. */
export function lifeSeconds(told: unknown): number {
  const life = typeof told === 'string' ? Number(told) : told;
  return typeof life === 'number' && life > 0 && life <= longestLifeSeconds ? life : usualLifeSeconds;
}

/** Milliseconds since the epoch. */
export function expiresAt(token: IAmazonToken): number {
  return token.created_at + token.expires_in * 1000;
}

/** A stored value as a token, or undefined when it is none. */
export function asToken(value: unknown): IAmazonToken | undefined {
  const token = value as Partial<IAmazonToken> | null | undefined;
  if (typeof token !== 'object' || token === null) return undefined;
  const { access_token, token_type, expires_in, created_at } = token;
  if (!isAccessToken(access_token)) return undefined;
  if (typeof token_type !== 'string') return undefined;
  if (typeof expires_in !== 'number' || typeof created_at !== 'number') return undefined;
  return token as IAmazonToken;
}
