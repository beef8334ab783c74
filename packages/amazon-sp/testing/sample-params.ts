import type { ItemDescriptor, OperationDescriptor, ParameterDescriptor } from '@fluxori/amazon-sp-models';
import { parameterRules } from '../src/pipeline/parameter-rules.js';
import { sampleBody } from './sample-body.js';
import { type SampleWorld, specialParams } from './sample-world.js';

/** A valid value for every parameter of an operation, so that each place of the request is seen. */
export function sampleParams(operation: OperationDescriptor, world: SampleWorld): Record<string, unknown> {
  const { api, version, operationId } = operation;
  const own = specialParams[`${api}@${version}.${operationId}`];
  if (own !== undefined) return own(world);
  const left = leftOut(`${api}@${version}.${operationId}`);
  return Object.fromEntries(
    operation.parameters
      .filter(({ name }) => !left.has(name))
      .map((parameter) => [
        parameter.name,
        parameter.in === 'body' ? sampleBody(operation, world.marketplaceId) : sampleOf(parameter, world),
      ]),
  );
}

/** Parameters that cannot stand beside others. */
function leftOut(operation: string): ReadonlySet<string> {
  const { alone, excludes = [] } = parameterRules[operation] ?? {};
  return new Set([...(alone === undefined ? [] : [alone]), ...excludes.flatMap(([, ...others]) => others)]);
}

function sampleOf(parameter: ParameterDescriptor, world: SampleWorld): unknown {
  const known = knownValue(parameter.name, world);
  if (parameter.type === 'array') {
    const items = parameter.items ?? { type: 'string' as const };
    return [known ?? scalar(items, parameter.name)];
  }
  return known ?? scalar(parameter, parameter.name);
}

function knownValue(name: string, world: SampleWorld): string | undefined {
  if (/^marketplaceIds?$/i.test(name)) return world.marketplaceId;
  if (name === 'granularityId') return world.marketplaceId;
  if (name === 'sellerId') return world.sellerId;
  if (name === 'amazonOrderId') return world.orderId;
  if (name === 'notificationType') return 'LISTINGS_ITEM_STATUS_CHANGE';
  if (name === 'productType') return 'COOKING_POT';
  return world.ids?.[name];
}

function scalar(descriptor: ItemDescriptor, name: string): unknown {
  const { type, enum: values, minimum = 1, maximum = Number.POSITIVE_INFINITY, format, pattern } = descriptor;
  if (values !== undefined) return values[0];
  switch (type) {
    case 'integer':
    case 'number':
      return Math.min(Math.max(minimum, 1), maximum);
    case 'boolean':
      return true;
    default:
      if (format === 'date-time') return '2026-01-31T08:00:00Z';
      if (format === 'date') return '2026-01-31';
      if (format === '[A-Z]{2}') return 'ZA';
      if (pattern !== undefined) return matching(pattern, descriptor.minLength ?? 1);
      // Letters that must be escaped, so that a value in the wrong place or form is noticed.
      return `${name} /ä?&+#`.padEnd(descriptor.minLength ?? 0, 'x').slice(0, descriptor.maxLength);
  }
}

function matching(pattern: string, length: number): string {
  const candidates = [
    'a'.repeat(Math.max(length, 1)),
    '1234abcd-1234-abcd-5678-123456789012',
    'AFTN1',
    '1',
    'A'.repeat(Math.max(length, 1)),
  ];
  const found = candidates.find((one) => one.length >= length && new RegExp(pattern, 'u').test(one));
  if (found === undefined) throw new Error(`No sample for the pattern ${pattern}.`);
  return found;
}
