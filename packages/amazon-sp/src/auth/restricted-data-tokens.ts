import { findOperation, type OperationDescriptor, type ResponseOf } from '@fluxori/amazon-sp-models';
import { AuthenticationError, type Clock, isErrorOf, RemoteError } from '@fluxori/core';
import { type IAmazonToken, isAccessToken, lifeSeconds, type TokenCache, tokenKey } from '@fluxori/network';
import type { ApiCallOptions, SpCallOptions } from '../pipeline/call-options.js';
import { operationName } from '../pipeline/operation-name.js';
import { type DataElement, type RestrictedOperation, restrictedOperation } from './restricted-operations.js';

/** What a restricted data token is for. */
export interface RestrictedResource {
  readonly method: string;
  /** Without query; with placeholders it covers every order. */
  readonly path: string;
  readonly dataElements?: readonly DataElement[];
}

/** Sends createRestrictedDataToken with the seller's token, to a production host whatever the environment. */
export type RequestRestrictedToken = (
  operation: OperationDescriptor,
  params: { body: { restrictedResources: RestrictedResource[] } },
  options: SpCallOptions,
) => Promise<unknown>;

const requestOperation = findOperation('tokens', 'createRestrictedDataToken') as OperationDescriptor;

/**
 * Which token a call needs, by the table and what the caller says; undefined when the seller's token is enough.
 * @param path - of this call, with its values.
 * @param options.unchecked - the caller may know of restricted operations that the table lacks.
 */
export function resourceFor(
  operation: OperationDescriptor,
  path: string,
  { rdt, unchecked }: Pick<ApiCallOptions, 'rdt' | 'unchecked'>,
): RestrictedResource | undefined {
  const row = restrictedOperation(operation);
  if (rdt === false || (row === undefined && !(unchecked && rdt))) return undefined;
  if (row?.when === 'asked' && rdt === undefined) return undefined;
  const dataElements = elementsOf(row, rdt);
  return {
    method: operation.method,
    path: row?.exactPath ? path : operation.path,
    ...(dataElements && { dataElements }),
  };
}

function elementsOf(
  row: RestrictedOperation | undefined,
  rdt: ApiCallOptions['rdt'],
): readonly DataElement[] | undefined {
  return typeof rdt === 'object' ? [...rdt.dataElements].sort() : row?.dataElements;
}

/** Fetches restricted data tokens and keeps them for the hour that they live, shared by all processes. */
export class RestrictedDataTokens {
  readonly #cache: TokenCache;
  readonly #request: RequestRestrictedToken;
  readonly #owner: readonly string[];
  readonly #clock: Clock;
  readonly #account: string;

  /** @param options.owner - whose tokens they are: application, seller, region. */
  constructor(options: {
    cache: TokenCache;
    request: RequestRestrictedToken;
    owner: readonly string[];
    account: string;
    clock: Clock;
  }) {
    this.#cache = options.cache;
    this.#request = options.request;
    this.#owner = options.owner;
    this.#account = options.account;
    this.#clock = options.clock;
  }

  /**
   * @param options.rejected - this token was refused: get another.
   * @throws AuthenticationError when the application may not have this personal data.
   */
  async get(
    resource: RestrictedResource,
    options: SpCallOptions & { rejected?: string },
    forOperation: OperationDescriptor,
  ): Promise<string> {
    const key = tokenKey(
      'rdt',
      ...this.#owner,
      resource.method,
      resource.path,
      ...(resource.dataElements ?? []),
    );
    const { signal, rejected, ...rest } = options;
    const token = await this.#cache.through(
      key,
      (flight) => this.#load(resource, { ...rest, signal: flight.signal }, forOperation),
      { signal, rejected },
    );
    return token.access_token;
  }

  async #load(
    resource: RestrictedResource,
    options: SpCallOptions,
    forOperation: OperationDescriptor,
  ): Promise<IAmazonToken> {
    const createdAt = this.#clock.now();
    const answer = (await this.#request(
      requestOperation,
      { body: { restrictedResources: [resource] } },
      options,
    ).catch((error: unknown) => {
      if (!isErrorOf(error, 'AuthenticationError') || error.code !== 'AUTH_DENIED') throw error;
      throw new AuthenticationError(
        `${operationName(forOperation)} gives personal data, and Amazon refused ${this.#account} a restricted data token for it.`,
        {
          ...error,
          cause: error,
          operation: operationName(forOperation),
          remedy:
            'Ask Amazon for the role that covers this data and let the seller authorise again; or pass `rdt: false` to call without personal data.',
        },
      );
    })) as ResponseOf<'tokens', '2021-03-01', 'createRestrictedDataToken'>;
    if (!isAccessToken(answer?.restrictedDataToken)) {
      throw new RemoteError('tokens.createRestrictedDataToken answered without a token.', {
        code: 'REMOTE_UNREADABLE',
        status: 200,
        account: this.#account,
        operation: operationName(requestOperation),
        remedy: 'Try again; if it stays, give Amazon’s support the request id.',
      });
    }
    return {
      access_token: answer.restrictedDataToken,
      token_type: 'rdt',
      expires_in: lifeSeconds(answer.expiresIn),
      created_at: createdAt,
    };
  }
}
