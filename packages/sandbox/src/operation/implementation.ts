import type { ApiName, OperationIdOf, ParamsOf, ResponseOf, VersionOf } from '@fluxori/amazon-sp-models';
import type { Desks } from '../desks.js';
import type { Notify } from '../events/far-side-event.js';
import type { AccessTokens } from '../lwa/access-tokens.js';
import type { Application } from '../lwa/application.js';
import type { Region } from '../world/marketplaces.js';
import type { Seller } from '../world/seller.js';
import type { World } from '../world/world.js';
import { operationKey } from './operation-key.js';
import type { PageTokens } from './page-tokens.js';

/** What the far side knows when it does an operation. */
export interface Surroundings {
  readonly world: World;
  readonly pages: PageTokens;
  readonly tokens: AccessTokens;
  readonly desks: Desks;
  readonly now: () => number;
  /** Tells what happened to those who subscribed to it. */
  readonly notify: Notify;
  /** How long after a change the search of orders shows it, in milliseconds. */
  readonly settleMs: number;
  readonly orderPageTokenLifetimeMs: number;
  readonly inventoryPageTokenLifetimeMs: number;
}

/** One admitted and checked request. */
export interface OperationCall<Params> extends Surroundings {
  /** Path, query and header parameters by name, and the JSON body as `body`. */
  readonly params: Params;
  readonly seller: Seller;
  readonly application: Application;
  readonly region: Region;
  readonly requestId: string;
  /** The personal data that a restricted data token opens. */
  readonly dataElements: readonly string[];
  /** The kind of token it came with. */
  readonly auth: 'seller' | 'rdt' | 'grantless';
  /** A fault: what is said of a document's compression is not true. */
  readonly wrongLabel: boolean;
}

/** An operation that the sandbox really does. */
export interface Implementation {
  readonly key: string;
  readonly run: (call: OperationCall<never>) => unknown;
  /** An application does it in its own name: there is no seller. */
  readonly grantless?: boolean;
}

/**
 * Binds behaviour to an operation of the table. Parameters and answer have the types of Amazon's model, so an answer
 * with a wrong member does not compile.
 */
export function implement<
  Api extends ApiName,
  Version extends VersionOf<Api>,
  OperationId extends OperationIdOf<Api, Version>,
>(
  api: Api,
  version: Version,
  operationId: OperationId,
  run: (call: OperationCall<ParamsOf<Api, Version, OperationId>>) => ResponseOf<Api, Version, OperationId>,
): Implementation {
  return { key: operationKey({ api, version, operationId }), run };
}

/** The same for an operation that an application does in its own name. */
export function implementGrantless<
  Api extends ApiName,
  Version extends VersionOf<Api>,
  OperationId extends OperationIdOf<Api, Version>,
>(
  api: Api,
  version: Version,
  operationId: OperationId,
  run: (
    call: Omit<OperationCall<ParamsOf<Api, Version, OperationId>>, 'seller' | 'dataElements'>,
  ) => ResponseOf<Api, Version, OperationId>,
): Implementation {
  return { key: operationKey({ api, version, operationId }), run, grantless: true };
}
