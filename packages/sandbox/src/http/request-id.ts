import { randomUUID } from 'node:crypto';

/** By what Amazon's support finds a request again. */
export type RequestIdHeaders = { readonly 'x-amzn-RequestId': string; readonly 'x-amz-apigw-id': string };

export function requestIdHeaders(): RequestIdHeaders {
  const requestId = randomUUID();
  return { 'x-amzn-RequestId': requestId, 'x-amz-apigw-id': requestId.slice(0, 8) };
}
