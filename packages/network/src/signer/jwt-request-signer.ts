import { createHash, randomUUID } from 'node:crypto';
import {
  type Clock,
  ConfigurationError,
  type RequestSigner,
  type RequestToSign,
  Secret,
  systemClock,
} from '@fluxori/core';
import { SignJWT } from 'jose';
import { type SigningKey, type UsableKey, unusable, usableKey } from './signing-key.js';

export interface JwtRequestSignerOptions {
  /** The key, or a function that gives the one in use now: it is asked for each request, so that a key is changed without a restart. */
  readonly key: SigningKey | (() => SigningKey | Promise<SigningKey>);
  /** Who signs (`iss`). */
  readonly issuer: string;
  /** For whom (`aud`). */
  readonly audience: string;
  /** The gateway's origins, e.g. `https://gateway.example.com`. Requests to anywhere else carry no signature. */
  readonly origins: readonly string[];
  /** The header of the signature; `x-fluxori-signature` by default. In `authorization` it goes as `Bearer …`. */
  readonly header?: string;
  /** How long a signature is good for, in seconds; 60 by default, 300 at most. */
  readonly lifeSeconds?: number;
  readonly clock?: Clock;
  /** A new name for each signature; a random UUID by default. */
  readonly newId?: () => string;
}

const defaultHeader = 'x-fluxori-signature';
const longestLifeSeconds = 300;
const headerName = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Headers that mean something else: Amazon's own token above all is never replaced. */
const reservedHeaders: ReadonlySet<string> = new Set([
  'x-amz-access-token',
  'host',
  'content-type',
  'content-length',
  'content-digest',
  'content-encoding',
  'transfer-encoding',
  'connection',
  'user-agent',
  'accept',
  'cookie',
]);

/**
 * Signs requests to a gateway with a short-lived JWT, made with jose.
 *
 * Claims: `iss`, `aud`, `iat`, `exp`, `jti` (new for each attempt), `htm` the method, `htu` the whole address with its query (RFC 9449 leaves the
 * query out; here it is what is asked for), `content_digest` the body as RFC 9530 writes it (`sha-256=:…:`, of no bytes where there is no
 * body). A body's digest goes as the header `content-digest`, too. The JWT's header has `kid` and `typ: fluxori-request+jwt`.
 *
 * @throws ConfigurationError that lists every problem of the options.
 */
export class JwtRequestSigner implements RequestSigner {
  readonly #options: JwtRequestSignerOptions;
  readonly #origins: ReadonlySet<string>;
  readonly #header: string;
  readonly #lifeSeconds: number;
  readonly #clock: Clock;
  readonly #newId: () => string;
  #used: { readonly key: SigningKey; readonly usable: UsableKey } | undefined;

  constructor(options: JwtRequestSignerOptions) {
    this.#options = options;
    this.#header = (options.header ?? defaultHeader).toLowerCase();
    this.#lifeSeconds = options.lifeSeconds ?? 60;
    this.#clock = options.clock ?? systemClock;
    this.#newId = options.newId ?? randomUUID;
    const problems = problemsOf(options, this.#header, this.#lifeSeconds);
    if (problems.length > 0) {
      throw new ConfigurationError(`The request signer cannot be made: ${problems.join('; ')}.`, {
        problems,
        field: 'signer',
        remedy: 'Correct the options of JwtRequestSigner.',
      });
    }
    this.#origins = new Set(options.origins.map((origin) => new URL(origin).origin));
  }

  async sign(request: RequestToSign): Promise<Readonly<Record<string, string>>> {
    const url = new URL(request.url);
    if (!this.#origins.has(url.origin)) return {};
    url.hash = '';
    const { key } = this.#options;
    const signingKey = typeof key === 'function' ? await key() : key;
    const digest = contentDigest(request.body);
    const jwt = await this.#jwt(signingKey, {
      htm: request.method.toUpperCase(),
      htu: url.href,
      content_digest: digest,
    });
    return {
      [this.#header]: this.#header.endsWith('authorization') ? `Bearer ${jwt}` : jwt,
      ...(request.body !== undefined && { 'content-digest': digest }),
    };
  }

  async #jwt(key: SigningKey, claims: Readonly<Record<string, string>>): Promise<string> {
    const usable = await this.#usable(key);
    const now = Math.floor(this.#clock.now() / 1_000);
    const { issuer, audience } = this.#options;
    try {
      return await new SignJWT({ ...claims })
        .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'fluxori-request+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + this.#lifeSeconds)
        .setJti(this.#newId())
        .sign(usable);
    } catch {
      throw unusable(key.kid, key.alg, 'Give the private half of a key that was made for this algorithm.');
    }
  }

  /** A key is read once, and anew when another comes. */
  async #usable(key: SigningKey): Promise<UsableKey> {
    if (this.#used !== undefined && isSameKey(this.#used.key, key)) return this.#used.usable;
    const usable = await usableKey(key);
    this.#used = { key, usable };
    return usable;
  }
}

/** As RFC 9530 writes it, of the bytes that go on the wire. */
function contentDigest(body: string | Uint8Array | undefined): string {
  return `sha-256=:${createHash('sha256')
    .update(body ?? '')
    .digest('base64')}:`;
}

function isSameKey(one: SigningKey, other: SigningKey): boolean {
  return one === other || (one.kid === other.kid && one.alg === other.alg && plain(one) === plain(other));
}

function plain({ key }: SigningKey): unknown {
  return key instanceof Secret ? key.reveal() : key;
}

function problemsOf(options: JwtRequestSignerOptions, header: string, lifeSeconds: number): string[] {
  const problems: string[] = [];
  if (options.issuer === '') problems.push('issuer: it is empty');
  if (options.audience === '') problems.push('audience: it is empty');
  if (options.origins.length === 0) problems.push('origins: there is none, so nothing would be signed');
  for (const origin of options.origins) {
    const url = URL.parse(origin);
    if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`)
      problems.push('origins: each must be like https://gateway.example.com, without path or credentials');
  }
  if (!headerName.test(header)) problems.push('header: it is no name of a header');
  if (reservedHeaders.has(header)) problems.push(`header: ${header} has a meaning of its own`);
  if (!Number.isInteger(lifeSeconds) || lifeSeconds < 1 || lifeSeconds > longestLifeSeconds)
    problems.push(`lifeSeconds: it must be from 1 to ${longestLifeSeconds}`);
  return problems;
}
