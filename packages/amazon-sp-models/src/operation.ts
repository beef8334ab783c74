import type { ApiName } from './operation-types.js';

/** Where a parameter travels. The JSON body is the one parameter named `body` with `in: 'body'`. */
export type ParameterPlace = 'path' | 'query' | 'header' | 'body' | 'formData';

export type ParameterType = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';

/** How an array is written into one query or header value; `multi` repeats the parameter. */
export type CollectionFormat = 'csv' | 'ssv' | 'tsv' | 'pipes' | 'multi';

/** What a value must satisfy, as far as Amazon's model says so. */
export interface ValueConstraints {
  readonly format?: string;
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A regular expression, as in JSON Schema: not anchored unless it says so. */
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: true;
}

export interface ItemDescriptor extends ValueConstraints {
  readonly type: ParameterType;
}

export interface ParameterDescriptor extends ValueConstraints {
  readonly name: string;
  readonly in: ParameterPlace;
  readonly required?: true;
  readonly type: ParameterType;
  /** What an array outside the body holds. */
  readonly items?: ItemDescriptor;
  /** Always present on an array outside the body; Swagger's default (`csv`) is written out. */
  readonly collectionFormat?: CollectionFormat;
  /** What Amazon assumes when the parameter is absent. */
  readonly default?: string | number | boolean | readonly (string | number)[];
  /** A path parameter whose value keeps its slashes (only Uploads' `resource`). */
  readonly greedy?: true;
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One SP-API operation: the facts of Amazon's model, and nothing of ours. */
export interface OperationDescriptor {
  readonly api: ApiName;
  /** The API's version as it is named in the model: `v0`, `v1`, `2026-01-01`. */
  readonly version: string;
  /** Amazon's operationId; unique within an API version. */
  readonly operationId: string;
  readonly method: HttpMethod;
  /** The path with its placeholders: `/orders/v0/orders/{orderId}`. */
  readonly path: string;
  readonly parameters: readonly ParameterDescriptor[];
  /** Published default rate of the usage plan, in requests per second; absent if Amazon publishes none. */
  readonly rate?: number;
  /** Published default burst of the usage plan, in requests. */
  readonly burst?: number;
  readonly successCodes: readonly number[];
  readonly errorCodes: readonly number[];
  readonly deprecated?: true;
  /** Exists on Amazon's sandbox hosts only. */
  readonly sandboxOnly?: true;
  /** Amazon's sandbox keeps state for it, instead of answering from fixed examples. */
  readonly dynamicSandbox?: true;
  /** The model says that it is called with an application's token instead of a seller's. */
  readonly grantless?: true;
  /** Content types of the request, where they are not just `application/json`. */
  readonly consumes?: readonly string[];
  /** Content types of the answer, where they are not just `application/json`. */
  readonly produces?: readonly string[];
}
