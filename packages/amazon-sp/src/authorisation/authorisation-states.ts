import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  AuthenticationError,
  type Clock,
  type JsonValue,
  type KeyValueStore,
  type Locks,
  systemClock,
} from '@fluxori/core';

/** What an authorisation under way is bound to. Kept on our side: the state that travels says nothing. */
export interface AuthorisationRequest {
  /** Our name for the account, e.g. `acme-za`. */
  readonly account: string;
  /** Amazon's id of the marketplace. */
  readonly marketplaceId: string;
  /** For an account that exists, or when Amazon said who it is: the seller that must come back. */
  readonly sellerId?: string;
  /** As it went into the authorize URL; the exchange of the code must name the same. */
  readonly redirectUri?: string;
}

export interface IssuedState {
  /** For the URL. 256 random bits. */
  readonly state: string;
  readonly expiresAt: Date;
}

export interface AuthorisationStatesOptions {
  readonly keyValues: KeyValueStore;
  readonly locks: Locks;
  readonly clock?: Clock;
  /** How long a seller may take to sign in and agree, in milliseconds; 15 minutes by default. */
  readonly lifetimeMs?: number;
  /** So many random bytes; the system's source by default. */
  readonly randomBytes?: (count: number) => Uint8Array;
}

const prefix = 'authorisation-state/';
/** A state that is over is remembered so long, only to say so instead of "unknown". */
const rememberedMs = 24 * 60 * 60_000;

/** Why a state was not accepted. */
export type StateProblem = 'missing' | 'unknown' | 'expired' | 'used' | 'other-asker';

interface Kept extends AuthorisationRequest {
  /** SHA-256, so that a session's id does not lie in the store. */
  readonly askerHash: string;
  readonly expiresAt: number;
  readonly used: boolean;
}

/**
 * The `state` of authorisations under way: random, so that it cannot be forged; short-lived; good once, for all processes together; and bound
 * to who asked, so that nobody's browser can be made to finish what somebody else began. In the store lies its hash only, which also makes the
 * look-up safe against timing: who does not know a state cannot learn one letter of it.
 */
export class AuthorisationStates {
  readonly #options: AuthorisationStatesOptions;
  readonly #clock: Clock;
  readonly #lifetimeMs: number;

  constructor(options: AuthorisationStatesOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#lifetimeMs = options.lifetimeMs ?? 15 * 60_000;
  }

  /** @param asker - who asked, e.g. the id of the browser's session; must be the same when the seller comes back. */
  async issue(request: AuthorisationRequest, asker: string): Promise<IssuedState> {
    const bytes = this.#options.randomBytes ?? randomBytes;
    const state = Buffer.from(bytes(32)).toString('base64url');
    const expiresAt = this.#clock.now() + this.#lifetimeMs;
    const { account, marketplaceId, sellerId, redirectUri } = request;
    await this.#keep(state, {
      ...{ account, marketplaceId },
      ...(sellerId !== undefined && { sellerId }),
      ...(redirectUri !== undefined && { redirectUri }),
      ...{ askerHash: sha256(asker).toString('base64url'), expiresAt, used: false },
    });
    return { state, expiresAt: new Date(expiresAt) };
  }

  /**
   * What the state stands for. It is used up by this, whatever comes of it.
   * @throws AuthenticationError `AUTH_STATE_INVALID`; `details.reason` is a `StateProblem`.
   */
  async redeem(
    state: string | undefined,
    asker: string,
    options: { signal?: AbortSignal } = {},
  ): Promise<AuthorisationRequest> {
    if (state === undefined || state === '') throw refused('missing');
    // Another shape than ours cannot be in the store; an endless one need not be hashed.
    if (!/^[\w-]{43}$/.test(state)) throw refused('unknown');
    const kept = await this.#options.locks.withLock(keyOf(state), () => this.#useUp(state), options);
    if (kept === undefined) throw refused('unknown');
    if (kept.used) throw refused('used', kept.account);
    if (kept.expiresAt <= this.#clock.now()) throw refused('expired', kept.account);
    if (!timingSafeEqual(sha256(asker), Buffer.from(kept.askerHash, 'base64url'))) {
      throw refused('other-asker', kept.account);
    }
    const { account, marketplaceId, sellerId, redirectUri } = kept;
    return {
      ...{ account, marketplaceId },
      ...(sellerId !== undefined && { sellerId }),
      ...(redirectUri !== undefined && { redirectUri }),
    };
  }

  /** As it was before; from now on it counts as used. */
  async #useUp(state: string): Promise<Kept | undefined> {
    const kept = (await this.#options.keyValues.get(keyOf(state))) as unknown as Kept | undefined;
    if (kept !== undefined && !kept.used) await this.#keep(state, { ...kept, used: true });
    return kept;
  }

  #keep(state: string, kept: Kept): Promise<void> {
    const ttlMs = Math.max(1, kept.expiresAt - this.#clock.now() + rememberedMs);
    return this.#options.keyValues.set(keyOf(state), kept as unknown as JsonValue, { ttlMs });
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function keyOf(state: string): string {
  return prefix + sha256(state).toString('base64url');
}

const words: Readonly<Record<StateProblem, string>> = {
  missing: 'the answer carries no state',
  unknown: 'its state is not one of ours, or is long over',
  expired: 'it took too long: the state has expired',
  used: 'its state was used already',
  'other-asker': 'it was begun by somebody else, or in another browser',
};

function refused(reason: StateProblem, account?: string): AuthenticationError {
  const whose = account === undefined ? '' : ` of ${account}`;
  return new AuthenticationError(
    `The authorisation${whose} is not accepted: ${words[reason]}. Nothing was exchanged.`,
    {
      code: 'AUTH_STATE_INVALID',
      field: 'state',
      ...(account !== undefined && { account }),
      details: { reason },
      remedy:
        reason === 'used'
          ? 'If the first time went well, nothing is to do (a page was loaded again). Otherwise begin the authorisation anew.'
          : 'Begin the authorisation anew, and finish it in the same browser.',
    },
  );
}
