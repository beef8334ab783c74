import type { ParameterDescriptor } from '../operation.js';
import { type DrawnOperation, scalarType } from './draw-operations.js';
import { propertyName } from './literal.js';
import type { ApiModel } from './read-models.js';
import { header, type ModelSource } from './source.js';
import { type Parameter, referencedName, type Schema } from './swagger.js';
import { isPlainObject, writeArray, writeProperties, writeSchema, writeUnion } from './write-schema.js';

/**
 * Writes the types of one model: every definition that a request or a successful answer reaches, and
 * `Operations`, which maps each operationId to its parameters and its answer.
 */
export function writeModel(
  model: ApiModel,
  operations: readonly DrawnOperation[],
  source: ModelSource,
): string {
  const definitions = model.swagger.definitions ?? {};
  const answered = reach(operations.flatMap(answersOf), definitions, model.file);
  const sent = reach(operations.flatMap(bodiesOf), definitions, model.file);
  const taken = [...answered, ...sent].find((name) => name === 'Operations' || name === 'Open');
  if (taken)
    throw new Error(`${model.file}: the definition "${taken}" clashes with a name of the generator's.`);
  const types = Object.keys(definitions)
    .filter((name) => answered.has(name) || sent.has(name))
    .map((name) => writeDefinition(name, definitions[name] ?? {}, answered.has(name)));
  const body = `${types.join('\n')}\n${writeOperationTypes(operations)}`;
  const open = body.includes('Open<') ? "import type { Open } from '../../open.js';\n\n" : '';
  return `${header(source)}${open}${body}`;
}

function writeDefinition(name: string, schema: Schema, open: boolean): string {
  const style = { open, indent: '' };
  return isPlainObject(schema) && Object.keys(schema.properties ?? {}).length > 0
    ? `export interface ${name} ${writeProperties(schema, style)}\n`
    : `export type ${name} = ${writeSchema(schema, style)};\n`;
}

function writeOperationTypes(operations: readonly DrawnOperation[]): string {
  return `export interface Operations {\n${operations.map(writeOperationType).join('')}}\n`;
}

function writeOperationType(operation: DrawnOperation): string {
  const { operationId } = operation.descriptor;
  const lines = operation.parameters.map(writeParameter);
  const params = lines.length === 0 ? '{ [name: string]: never }' : `{\n${lines.join('')}    }`;
  return `  ${propertyName(operationId)}: {\n    params: ${params};\n    response: ${writeResponse(operation)};\n  };\n`;
}

function writeParameter(parameter: Parameter): string {
  const optional = parameter.required || parameter.in === 'path' ? '' : '?';
  return `      ${propertyName(parameter.name)}${optional}: ${writeParameterType(parameter)};\n`;
}

function writeParameterType(parameter: Parameter): string {
  const style = { open: false, indent: '      ' };
  if (parameter.in === 'body') return writeSchema(parameter.schema ?? {}, style);
  const type: ParameterDescriptor['type'] = scalarType(parameter);
  if (type === 'array') return `readonly ${writeArray(writeSchema(parameter.items ?? {}, style), style)}`;
  const values = parameter.enum ?? parameter.items?.enum;
  if (values && type === 'string') return writeUnion(values, style);
  return type === 'integer' ? 'number' : type;
}

/** A 204 has no body, whatever the model says; neither has an answer without a schema. */
function writeResponse({ source }: DrawnOperation): string {
  const types = successes(source.responses).map(([code, { schema }]) =>
    schema && code !== '204' ? writeSchema(schema, { open: true, indent: '    ' }) : 'undefined',
  );
  return [...new Set(types)].join(' | ') || 'undefined';
}

function answersOf({ source }: DrawnOperation): Schema[] {
  return successes(source.responses).flatMap(([code, { schema }]) =>
    schema && code !== '204' ? [schema] : [],
  );
}

function bodiesOf({ parameters }: DrawnOperation): Schema[] {
  return parameters.flatMap(({ schema }) => (schema ? [schema] : []));
}

function successes(responses: DrawnOperation['source']['responses']): [string, { schema?: Schema }][] {
  return Object.entries(responses).filter(([code]) => code.startsWith('2'));
}

/** The names of all definitions that some schemas refer to, directly or through others. */
function reach(roots: readonly Schema[], definitions: Record<string, Schema>, file: string): Set<string> {
  const reached = new Set<string>();
  const waiting = [...roots];
  for (let schema = waiting.pop(); schema; schema = waiting.pop()) {
    if (schema.$ref) {
      const name = referencedName(schema.$ref, 'definitions');
      const target = definitions[name];
      if (!target) throw new Error(`${file}: there is no definition "${name}".`);
      if (!reached.has(name)) waiting.push(target);
      reached.add(name);
      continue;
    }
    waiting.push(...(schema.allOf ?? []), ...Object.values(schema.properties ?? {}));
    if (schema.items) waiting.push(schema.items);
    if (typeof schema.additionalProperties === 'object') waiting.push(schema.additionalProperties);
  }
  return reached;
}
