import type { IncomingMessage } from 'node:http';
import { authorize, denials } from '../checks/authorization.js';
import { checkHttp, checkUserAgent } from '../checks/request-headers.js';
import { checkRegion } from '../checks/seller-access.js';
import type { SeenRequest } from '../counters/counts.js';
import type { RateLimiter } from '../limits/rate-limiter.js';
import type { AccessTokens } from '../lwa/access-tokens.js';
import type { Application } from '../lwa/application.js';
import type { ClientSecrets } from '../lwa/client-secrets.js';
import type { RoutedOperation } from '../router/operation-router.js';
import type { RouteMatch } from '../router/path-trie.js';
import type { Region } from '../world/marketplaces.js';
import type { Seller } from '../world/seller.js';
import type { World } from '../world/world.js';
import { accessDenied, noSuchRoute, quotaExceeded, Refusal } from './refusal.js';

export interface AdmissionParts {
  readonly region: Region;
  readonly applications: ReadonlyMap<string, Application>;
  readonly limiter: RateLimiter;
  readonly tokens: AccessTokens;
  readonly secrets: ClientSecrets;
  readonly world: World;
}

/** A request of which is known what it wants and who asks. */
export interface Identified {
  readonly operation: RoutedOperation;
  readonly path: Readonly<Record<string, string>>;
  readonly application: Application;
  readonly seller: Seller | undefined;
  readonly dataElements: readonly string[];
  readonly auth: 'seller' | 'rdt' | 'grantless';
}

/** A request within its quota. */
export interface Admitted extends Identified {
  readonly search: string;
}

/** What the first bytes of a request decide: whether it is well formed, who asks, and whether he has quota left. */
export class Admission {
  readonly #parts: AdmissionParts;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** Headers, route and token. Notes who asks, as far as it is known. */
  identify(
    request: IncomingMessage,
    seen: SeenRequest,
    path: string,
    match: RouteMatch<RoutedOperation> | undefined,
  ): Identified | Refusal {
    const { applications, region, secrets, tokens, world } = this.#parts;
    try {
      checkHttp(request);
      if (match === undefined) throw noSuchRoute();
      checkUserAgent(request);
      const token = request.headers['x-amz-access-token'] as string | undefined;
      const { claims, dataElements } = authorize(tokens, token, match.value, path);
      seen.auth = claims.kind;
      const seller = claims.kind === 'grantless' ? undefined : world.seller(claims.sellerId);
      const application = applications.get(claims.clientId);
      if (application === undefined || (seller === undefined && claims.kind !== 'grantless'))
        throw accessDenied(denials.invalid);
      if (secrets.isExpired(application.clientId)) throw accessDenied(denials.secretExpired);
      if (seller !== undefined) {
        seen.sellerId = seller.sellerId;
        checkRegion(seller, region);
      }
      return {
        operation: match.value,
        path: match.parameters,
        application,
        seller,
        dataElements,
        auth: claims.kind,
      };
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  /** Takes a token of the quota. */
  admit(identified: Identified | Refusal, search: string): Admitted | Refusal {
    if (identified instanceof Refusal) return identified;
    const { application, operation, seller } = identified;
    const caller = {
      applicationId: application.applicationId,
      region: this.#parts.region,
      ...(seller === undefined ? {} : { sellerId: seller.sellerId }),
    };
    const admitted = this.#parts.limiter.admit(caller, operation.descriptor, operation.key);
    return admitted ? { ...identified, search } : quotaExceeded;
  }
}
