import { operations } from './generated/operations.js';
import { defaultVersions, versions } from './generated/versions.js';
import type { OperationDescriptor } from './operation.js';
import type { ApiName, DefaultVersionOf, VersionOf } from './operation-types.js';

/** All API names, in alphabetical order. */
export const apiNames: readonly ApiName[] = Object.keys(versions) as ApiName[];

const byKey: ReadonlyMap<string, OperationDescriptor> = new Map(
  operations.map((operation) => [keyOf(operation.api, operation.version, operation.operationId), operation]),
);

/** Whether a string (from a job or a command line) names an API. */
export function isApiName(name: string): name is ApiName {
  return Object.hasOwn(versions, name);
}

/** The versions of an API, newest first. */
export function versionsOf<Api extends ApiName>(api: Api): readonly VersionOf<Api>[] {
  return versions[api] as readonly string[] as readonly VersionOf<Api>[];
}

/** The newest version of an API that is not wholly deprecated. */
export function defaultVersionOf<Api extends ApiName>(api: Api): DefaultVersionOf<Api> {
  return defaultVersions[api] as string as DefaultVersionOf<Api>;
}

/**
 * Looks an operation up.
 *
 * @param api An API name, such as `orders`.
 * @param operationId Amazon's operationId, such as `searchOrders`.
 * @param version Without it, the API's default version is meant, and only that.
 * @returns The operation, or `undefined` if the API, the version or the operation is unknown.
 */
export function findOperation(
  api: string,
  operationId: string,
  version?: string,
): OperationDescriptor | undefined {
  if (!isApiName(api)) return undefined;
  return byKey.get(keyOf(api, version ?? defaultVersionOf(api), operationId));
}

function keyOf(api: string, version: string, operationId: string): string {
  return `${api}/${version}/${operationId}`;
}
