import type { SpApiOperations } from './generated/sp-api-operations.js';
import type { DefaultVersions } from './generated/versions.js';

/** The name of an API: `orders`, `catalogItems`, `listingsItems` ... */
export type ApiName = keyof SpApiOperations;

/** A version of an API: `VersionOf<'orders'>` is `'2026-01-01' | 'v0'`. */
export type VersionOf<Api extends ApiName> = keyof SpApiOperations[Api] & string;

/** The newest version of an API that is not wholly deprecated. */
export type DefaultVersionOf<Api extends ApiName> = DefaultVersions[Api] & VersionOf<Api>;

/** An operation of an API version: `OperationIdOf<'sellers', 'v1'>`. */
export type OperationIdOf<
  Api extends ApiName,
  Version extends VersionOf<Api>,
> = keyof SpApiOperations[Api][Version] & string;

/** The flat parameters of an operation: path, query and header parameters by name, the JSON body as `body`. */
export type ParamsOf<
  Api extends ApiName,
  Version extends VersionOf<Api>,
  OperationId extends OperationIdOf<Api, Version>,
> = SpApiOperations[Api][Version][OperationId] extends { params: infer Params } ? Params : never;

/** What an operation answers on success; `undefined` stands for an answer without a body. */
export type ResponseOf<
  Api extends ApiName,
  Version extends VersionOf<Api>,
  OperationId extends OperationIdOf<Api, Version>,
> = SpApiOperations[Api][Version][OperationId] extends { response: infer Response } ? Response : never;

/**
 * The arguments of a call: `params` may be left out when every parameter is optional.
 *
 * @example
 * type Call = (...args: OperationArguments<ParamsOf<'sellers', 'v1', 'getAccount'>, { signal?: AbortSignal }>) => Promise<unknown>;
 */
export type OperationArguments<Params, Options> =
  Record<never, never> extends Params
    ? [params?: Params, options?: Options]
    : [params: Params, options?: Options];
