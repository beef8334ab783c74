import type {
  ItemDescriptor,
  OperationDescriptor,
  ParameterDescriptor,
  ValueConstraints,
} from '../operation.js';
import type { ApiModel } from './read-models.js';
import { dynamicSandbox, sandboxOnly } from './sandbox-marks.js';
import {
  type Constraints,
  type Method,
  methods,
  type Operation,
  type Parameter,
  type PathItem,
  type Reference,
  referencedName,
  type Schema,
  type SwaggerModel,
} from './swagger.js';
import { usagePlan } from './usage-plan.js';

/** An operation as the model has it, under the operationId that is unique in its model. */
export interface DrawnOperation {
  descriptor: OperationDescriptor;
  /** With the path's parameters joined in and references resolved; the body is named `body`. */
  parameters: Parameter[];
  source: Operation;
}

/** Draws the operations of one model, in the model's own order. */
export function drawOperations(model: ApiModel): DrawnOperation[] {
  const seen = new Set<string>();
  return Object.entries(model.swagger.paths).flatMap(([path, item]) =>
    (Object.keys(item) as (keyof PathItem)[])
      .filter((key): key is Method => (methods as readonly string[]).includes(key))
      .map((method) => drawOperation(model, path, item, method, seen)),
  );
}

function drawOperation(
  model: ApiModel,
  path: string,
  item: PathItem,
  method: Method,
  seen: Set<string>,
): DrawnOperation {
  const source = item[method] as Operation;
  const operationId = uniqueOperationId(source.operationId, method, seen, model.file);
  const parameters = joinParameters(item.parameters, source.parameters, model.swagger);
  const codes = Object.keys(source.responses)
    .map(Number)
    .filter(Number.isInteger)
    .sort((a, b) => a - b);
  const key = `${model.api} ${model.version}`;
  const { description = '' } = source;
  const dynamic =
    item['x-amzn-api-sandbox']?.dynamic !== undefined ||
    source['x-amzn-api-sandbox']?.dynamic !== undefined ||
    dynamicSandbox[key]?.includes(operationId);
  const onlyInSandbox =
    item['x-amzn-api-sandbox-only'] ||
    source['x-amzn-api-sandbox-only'] ||
    /sandbox-only operation/i.test(description) ||
    sandboxOnly[key]?.includes(operationId);
  const consumes = source.consumes ?? model.swagger.consumes;
  const produces = source.produces ?? model.swagger.produces;
  return {
    source,
    parameters,
    descriptor: {
      api: model.api as OperationDescriptor['api'],
      version: model.version,
      operationId,
      method: method.toUpperCase() as OperationDescriptor['method'],
      path,
      ...usagePlan(description),
      successCodes: codes.filter((code) => code < 300),
      errorCodes: codes.filter((code) => code >= 300),
      ...(source.deprecated && { deprecated: true }),
      ...(onlyInSandbox && { sandboxOnly: true }),
      ...(dynamic && { dynamicSandbox: true }),
      ...(/\b(?:operation|API) is grantless\b/i.test(description) && { grantless: true }),
      ...(!isPlainJson(consumes) && { consumes }),
      ...(!isPlainJson(produces) && { produces }),
      parameters: parameters.map((parameter) => describeParameter(parameter, model.swagger)),
    },
  };
}

/**
 * Amazon repeats an operationId now and then (shipping v2 has `linkCarrierAccount` as PUT and as POST).
 * The first in the model keeps it; a later one gets its method appended: `linkCarrierAccountPost`.
 */
function uniqueOperationId(operationId: string, method: Method, seen: Set<string>, file: string): string {
  const suffix = `${method.charAt(0).toUpperCase()}${method.slice(1)}`;
  const unique = seen.has(operationId) ? `${operationId}${suffix}` : operationId;
  if (seen.has(unique)) throw new Error(`${file}: the operationId "${unique}" stands there more than once.`);
  seen.add(unique);
  return unique;
}

function joinParameters(
  ofPath: readonly (Parameter | Reference)[] = [],
  ofOperation: readonly (Parameter | Reference)[] = [],
  swagger: SwaggerModel,
): Parameter[] {
  const joined = new Map<string, Parameter>();
  for (const given of [...ofPath, ...ofOperation]) {
    const parameter = '$ref' in given ? sharedParameter(given.$ref, swagger) : given;
    const renamed = parameter.in === 'body' ? { ...parameter, name: 'body' } : parameter;
    joined.set(`${renamed.in} ${renamed.name}`, renamed);
  }
  const parameters = [...joined.values()];
  const names = new Set(parameters.map(({ name }) => name));
  if (names.size < parameters.length) {
    throw new Error(`Two parameters in different places share a name: ${[...joined.keys()].join(', ')}.`);
  }
  return parameters;
}

function sharedParameter(reference: string, swagger: SwaggerModel): Parameter {
  const parameter = swagger.parameters?.[referencedName(reference, 'parameters')];
  if (!parameter) throw new Error(`The model has no "${reference}".`);
  return parameter;
}

function describeParameter(parameter: Parameter, swagger: SwaggerModel): ParameterDescriptor {
  const { name, in: place } = parameter;
  const head = {
    name,
    in: place,
    ...((parameter.required || place === 'path') && { required: true as const }),
  };
  if (place === 'body') return { ...head, type: typeOfBody(parameter.schema ?? {}, swagger) };
  const type = scalarType(parameter);
  return {
    ...head,
    type,
    ...constraintsOf(parameter, type),
    ...(type === 'array' && {
      items: describeItems(parameter.items ?? {}),
      collectionFormat: (parameter.collectionFormat ?? 'csv') as ParameterDescriptor['collectionFormat'],
    }),
    ...(parameter.default !== undefined && { default: defaultOf(parameter.default, type) }),
    ...(parameter['x-amazon-spds-greedy-path-parameter'] && { greedy: true }),
  };
}

/** Amazon writes booleans as `string` with the format `boolean` here and there; on the wire they are the same. */
export function scalarType(parameter: Parameter | Schema): ParameterDescriptor['type'] {
  if (parameter.type === 'string' && parameter.format === 'boolean') return 'boolean';
  return (parameter.type ?? 'string') as ParameterDescriptor['type'];
}

/** Some defaults stand there as text: `'true'` of a boolean, `'10'` of an integer, `'a,b'` of a list. */
function defaultOf(given: NonNullable<Parameter['default']>, type: ParameterDescriptor['type']) {
  if (typeof given !== 'string') return given;
  if (type === 'boolean') return given === 'true';
  if (type === 'array') return given.split(',');
  return type === 'integer' || type === 'number' ? Number(given) : given;
}

function typeOfBody(schema: Schema, swagger: SwaggerModel): 'array' | 'object' {
  if (schema.$ref) {
    const target = swagger.definitions?.[referencedName(schema.$ref, 'definitions')];
    if (!target) throw new Error(`The model has no "${schema.$ref}".`);
    return typeOfBody(target, swagger);
  }
  return schema.type === 'array' ? 'array' : 'object';
}

function describeItems(schema: Schema): ItemDescriptor {
  const type = scalarType(schema);
  return { type, ...constraintsOf(schema, type) };
}

function constraintsOf(from: Constraints & { items?: Schema }, type: string): ValueConstraints {
  // A scalar that carries `items` means the items' enumeration (customerFeedback's sortBy).
  const values = from.enum ?? (type === 'array' ? undefined : from.items?.enum);
  const { format, minimum, maximum, minLength, maxLength, pattern, minItems, maxItems, uniqueItems } = from;
  const all = {
    format: format === 'boolean' ? undefined : format,
    enum: values,
    minimum,
    maximum,
    minLength,
    maxLength,
    pattern,
    minItems,
    maxItems,
    uniqueItems: uniqueItems || undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function isPlainJson(types: readonly string[] = ['application/json']): boolean {
  return types.length === 1 && types[0] === 'application/json';
}
