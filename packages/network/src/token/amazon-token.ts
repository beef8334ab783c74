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

/** Milliseconds since the epoch. */
export function expiresAt(token: IAmazonToken): number {
  return token.created_at + token.expires_in * 1000;
}

/** A stored value as a token, or undefined when it is none. */
export function asToken(value: unknown): IAmazonToken | undefined {
  const token = value as Partial<IAmazonToken> | null | undefined;
  if (typeof token !== 'object' || token === null) return undefined;
  const { access_token, token_type, expires_in, created_at } = token;
  if (typeof access_token !== 'string' || access_token === '') return undefined;
  if (typeof token_type !== 'string') return undefined;
  if (typeof expires_in !== 'number' || typeof created_at !== 'number') return undefined;
  return token as IAmazonToken;
}
