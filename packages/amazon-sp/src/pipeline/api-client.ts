import {
  type ApiName,
  apiNames,
  type DefaultVersionOf,
  defaultVersionOf,
  findOperation,
  isApiName,
  type OperationArguments,
  type OperationDescriptor,
  type OperationIdOf,
  operations,
  type ParamsOf,
  type ResponseOf,
  type VersionOf,
  versionsOf,
} from '@fluxori/amazon-sp-models';
import { ValidationError } from '@fluxori/core';
import type { ApiCallOptions } from './call-options.js';
import { didYouMean } from './did-you-mean.js';
import type { Params } from './parameter-problems.js';

/** All operations of one API version, as functions: `(params, options?) => Promise<response>`. */
export type ApiClient<Api extends ApiName, Version extends VersionOf<Api>> = {
  readonly [Id in OperationIdOf<Api, Version>]: (
    ...args: OperationArguments<ParamsOf<Api, Version, Id>, ApiCallOptions>
  ) => Promise<ResponseOf<Api, Version, Id>>;
};

/** Gives the client of an API: its default version, or the one named. */
export interface SpApi {
  <Api extends ApiName>(name: Api): ApiClient<Api, DefaultVersionOf<Api>>;
  <Api extends ApiName, Version extends VersionOf<Api>>(name: Api, version: Version): ApiClient<Api, Version>;
}

/** Carries out one operation. */
export type CallOperation = (
  operation: OperationDescriptor,
  params: Params,
  options: ApiCallOptions,
) => Promise<unknown>;

/** Makes `api(name, version?)`. Clients are made when they are first asked for. */
export function createApi(call: CallOperation): SpApi {
  const clients = new Map<string, object>();
  const api = (name: string, version?: string): object => {
    const known = checkApi(name, version);
    const key = `${name}@${known}`;
    let client = clients.get(key);
    if (client === undefined) {
      client = createClient(name as ApiName, known, call);
      clients.set(key, client);
    }
    return client;
  };
  return api as unknown as SpApi;
}

/**
 * Looks up what a program names at run time.
 * @throws ValidationError `OPERATION_UNKNOWN` that names what there is.
 */
export function operationNamed(name: string, operationId: string, version?: string): OperationDescriptor {
  const known = checkApi(name, version);
  const operation = findOperation(name, operationId, known);
  if (operation === undefined) throw unknownOperation(name as ApiName, known, operationId);
  return operation;
}

function createClient(name: ApiName, version: string, call: CallOperation): object {
  const methods: Record<string, unknown> = Object.create(null);
  for (const operation of operations) {
    if (operation.api !== name || operation.version !== version) continue;
    methods[operation.operationId] = (params: Params = {}, options: ApiCallOptions = {}) =>
      call(operation, params, options);
  }
  // Only to turn a mistyped operation into an error that names the right one, instead of "is not a function".
  return new Proxy(Object.freeze(methods), {
    get(target, property) {
      if (typeof property !== 'string' || property in target) return Reflect.get(target, property);
      // Asked of any object by the language and by tools: await, JSON, printing, test runners.
      if (
        /^(then|catch|finally|toJSON|toString|valueOf|inspect|constructor|nodeType|tagName|asymmetricMatch|\$\$typeof|@@.*)$/.test(
          property,
        )
      ) {
        return undefined;
      }
      throw unknownOperation(name, version, property);
    },
  });
}

function checkApi(name: string, version: string | undefined): string {
  if (!isApiName(name)) {
    throw new ValidationError(
      `The Selling Partner API has no API ${JSON.stringify(name)}${didYouMean(name, apiNames)}; there are: ${apiNames.join(', ')}.`,
      { code: 'OPERATION_UNKNOWN', field: 'name', remedy: 'Use one of the names listed.' },
    );
  }
  if (version === undefined) return defaultVersionOf(name);
  const versions: readonly string[] = versionsOf(name);
  if (!versions.includes(version)) {
    throw new ValidationError(
      `API ${name} has no version ${JSON.stringify(version)}; there are: ${versions.join(', ')}.`,
      {
        code: 'OPERATION_UNKNOWN',
        field: 'version',
        remedy: 'Use one of the versions listed, or none for the newest.',
      },
    );
  }
  return version;
}

function unknownOperation(api: ApiName, version: string, operationId: string): ValidationError {
  const ids = operations
    .filter((operation) => operation.api === api && operation.version === version)
    .map((operation) => operation.operationId);
  const elsewhere = versionsOf(api).filter(
    (other: string) => other !== version && findOperation(api, operationId, other) !== undefined,
  );
  const hint =
    elsewhere.length > 0
      ? `; it is in version ${elsewhere.join(', ')}: api('${api}', '${elsewhere[0]}')`
      : didYouMean(operationId, ids);
  return new ValidationError(
    `API ${api} ${version} has no operation ${JSON.stringify(operationId)}${hint}; there are: ${ids.join(', ')}.`,
    { code: 'OPERATION_UNKNOWN', field: 'operation', remedy: 'Use one of the operations listed.' },
  );
}
