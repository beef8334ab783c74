import { randomBytes } from 'node:crypto';
import type { Clock } from '@fluxori/core';
import { type Application, inventRefreshToken } from './application.js';

/** A seller's consent to an application. */
export interface Grant {
  readonly clientId: string;
  readonly sellerId: string;
}

const codeLifetimeMs = 5 * 60_000;

/** Where a code went: the address that the exchange must name, too. */
export interface CodeDestination {
  readonly redirectUri: string;
  /** Whether the consent was asked for with this address; if not, the exchange may leave it out. */
  readonly isNamed: boolean;
}

interface IssuedCode extends Grant {
  readonly expiresAtMs: number;
  readonly destination: CodeDestination | undefined;
}

/** Refresh tokens and authorisation codes: which seller let which application in. */
export class Grants {
  readonly #seed: number;
  readonly #clock: Clock;
  readonly #firstGeneration: number;
  readonly #byRefreshToken = new Map<string, Grant>();
  readonly #generation = new Map<string, number>();
  readonly #codes = new Map<string, IssuedCode>();

  /** @param firstGeneration - how often each seller has withdrawn and given consent before. */
  constructor(seed: number, clock: Clock, firstGeneration = 0) {
    this.#seed = seed;
    this.#clock = clock;
    this.#firstGeneration = firstGeneration;
  }

  /** Lets an application in and gives its refresh token: the same one for the same seed, until it is revoked. */
  allow(application: Application, sellerId: string): string {
    const grant = { clientId: application.clientId, sellerId };
    const generation = this.#generationOf(grant);
    const token = inventRefreshToken(this.#seed, grant.clientId, sellerId, generation);
    this.#byRefreshToken.set(token, grant);
    return token;
  }

  /** The grant behind a refresh token, if it stands and belongs to this client. */
  find(refreshToken: string, clientId: string): Grant | undefined {
    const grant = this.#byRefreshToken.get(refreshToken);
    return grant?.clientId === clientId ? grant : undefined;
  }

  /** Withdraws a seller's consent from all applications. A later `allow` gives another token. */
  revoke(sellerId: string): void {
    for (const [token, grant] of this.#byRefreshToken) {
      if (grant.sellerId !== sellerId) continue;
      this.#byRefreshToken.delete(token);
      this.#generation.set(keyOf(grant), this.#generationOf(grant) + 1);
    }
  }

  #generationOf(grant: Grant): number {
    return this.#generation.get(keyOf(grant)) ?? this.#firstGeneration;
  }

  /** The code that a browser would bring back after the seller agreed; good once, for five minutes. */
  issueCode(application: Application, sellerId: string, destination?: CodeDestination): string {
    const code = `RH${randomBytes(9).toString('hex')}`;
    this.#codes.set(code, {
      clientId: application.clientId,
      sellerId,
      expiresAtMs: this.#clock.now() + codeLifetimeMs,
      destination,
    });
    return code;
  }

  /** @param redirectUri - as the exchange names it. */
  redeemCode(code: string, clientId: string, redirectUri?: string): Grant | undefined {
    const found = this.#codes.get(code);
    if (found === undefined || found.clientId !== clientId) return undefined;
    if (!isSameDestination(found.destination, redirectUri)) return undefined;
    this.#codes.delete(code);
    return found.expiresAtMs > this.#clock.now() ? found : undefined;
  }
}

/** RFC 6749, section 4.1.3: the address must come again, and be the same, when the consent was asked for with it. */
function isSameDestination(
  destination: CodeDestination | undefined,
  redirectUri: string | undefined,
): boolean {
  if (destination === undefined) return true;
  return redirectUri === undefined ? !destination.isNamed : redirectUri === destination.redirectUri;
}

function keyOf(grant: Grant): string {
  return `${grant.clientId}|${grant.sellerId}`;
}
