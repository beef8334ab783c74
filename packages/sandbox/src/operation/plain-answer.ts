import type { OperationDescriptor } from '@fluxori/amazon-sp-models';
import { operationKey } from './operation-key.js';
import { payloads } from './payloads.js';

/** What an operation without behaviour of its own answers: its success code and the smallest body of its model. */
export function plainAnswerOf(operation: OperationDescriptor): unknown {
  const payload = payloads[operationKey(operation)];
  if (payload === undefined) return {};
  return { payload: payload === 'array' ? [] : {} };
}
