import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@fluxori/core';

/** One resource that a restricted data token opens. */
export interface RestrictedResource {
  readonly method: string;
  readonly path: string;
  readonly dataElements?: readonly string[];
}

/** What a token stands for. */
export type TokenClaims = {
  readonly clientId: string;
  readonly issuedAtUs: number;
  readonly expiresAtMs: number;
} & (
  | { readonly kind: 'seller'; readonly sellerId: string }
  | { readonly kind: 'grantless'; readonly scope: string }
  | { readonly kind: 'rdt'; readonly sellerId: string; readonly resources: readonly RestrictedResource[] }
);

/** Omit that keeps a union a union. */
type OmitEach<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

export type TokenSubject = OmitEach<TokenClaims, 'issuedAtUs' | 'expiresAtMs'>;

export type TokenVerdict =
  | { readonly kind: 'valid'; readonly claims: TokenClaims }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' };

const prefixes = { seller: 'Atza|', grantless: 'Atc|', rdt: 'Atz.sprdt|' } as const;
const rememberedTokens = 10_000;

/**
 * Issues and reads access tokens. A token carries its claims and a signature made with a key drawn from the seed, so
 * one that a client kept is still good after the sandbox was started anew, as it would be with Amazon.
 */
export class AccessTokens {
  readonly #key: Buffer;
  readonly #clock: Clock;
  readonly #read = new Map<string, TokenClaims>();
  #lastIssuedUs = 0;
  #expiredUpToUs = 0;
  #revokedUpToUs = 0;
  readonly #revokedSellers = new Map<string, number>();

  constructor(seed: number, clock: Clock) {
    this.#key = createHmac('sha256', 'fluxori-sandbox').update(`access-tokens ${seed}`).digest();
    this.#clock = clock;
  }

  /** @param lifetimeMs - how long it is good, in milliseconds. */
  issue(subject: TokenSubject, lifetimeMs: number): string {
    this.#lastIssuedUs = Math.max(this.#lastIssuedUs + 1, this.#clock.now() * 1_000);
    const claims = {
      ...subject,
      issuedAtUs: this.#lastIssuedUs,
      expiresAtMs: this.#clock.now() + lifetimeMs,
    };
    const nonce = randomBytes(12).toString('base64url');
    const payload = Buffer.from(JSON.stringify({ ...claims, nonce })).toString('base64url');
    return `${prefixes[subject.kind]}${payload}.${this.#sign(payload).toString('base64url')}`;
  }

  check(token: string): TokenVerdict {
    const claims = this.#read.get(token) ?? this.#open(token);
    if (claims === undefined || this.#isRevoked(claims)) return { kind: 'invalid' };
    if (claims.expiresAtMs <= this.#clock.now() || claims.issuedAtUs <= this.#expiredUpToUs)
      return { kind: 'expired' };
    return { kind: 'valid', claims };
  }

  /** Every token issued until now counts as expired. */
  expireAll(): void {
    this.#expiredUpToUs = this.#nowUs();
  }

  /** Every token issued until now counts as revoked. */
  revokeAll(): void {
    this.#revokedUpToUs = this.#nowUs();
  }

  /** Every token of this seller issued until now counts as revoked. */
  revokeSeller(sellerId: string): void {
    this.#revokedSellers.set(sellerId, this.#nowUs());
  }

  /** The present as a time of issue; whatever is issued from here on is later. */
  #nowUs(): number {
    this.#lastIssuedUs = Math.max(this.#lastIssuedUs, this.#clock.now() * 1_000);
    return this.#lastIssuedUs;
  }

  #isRevoked(claims: TokenClaims): boolean {
    if (claims.issuedAtUs <= this.#revokedUpToUs) return true;
    const sellerId = claims.kind === 'grantless' ? undefined : claims.sellerId;
    return sellerId !== undefined && claims.issuedAtUs <= (this.#revokedSellers.get(sellerId) ?? -1);
  }

  #open(token: string): TokenClaims | undefined {
    const bar = token.indexOf('|');
    const dot = token.lastIndexOf('.');
    if (bar < 0 || dot < bar) return undefined;
    const payload = token.slice(bar + 1, dot);
    const signature = Buffer.from(token.slice(dot + 1), 'base64url');
    const expected = this.#sign(payload);
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return undefined;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as TokenClaims;
    if (!token.startsWith(prefixes[claims.kind])) return undefined;
    if (this.#read.size >= rememberedTokens) this.#read.clear();
    this.#read.set(token, claims);
    return claims;
  }

  #sign(payload: string): Buffer {
    return createHmac('sha256', this.#key).update(payload).digest();
  }
}
