import { type DrawnOperation, scalarType } from './draw-operations.js';
import { propertyName, quoted } from './literal.js';
import type { ApiModel } from './read-models.js';
import { header, type ModelSource } from './source.js';
import { referencedName, type Schema } from './swagger.js';

/** The tokens of `BodyShapes` that are no name of a shape. */
const tokens: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'object', 'any']);

/**
 * Writes what request bodies consist of: members, whether they are required, and their JSON types, all the way down. Values (enumerations,
 * lengths, patterns) are left out. One shape per line, so that a change of the models reads well.
 */
export function writeBodyShapes(
  drawn: readonly { model: ApiModel; operations: readonly DrawnOperation[] }[],
  source: ModelSource,
): string {
  const rows = drawn.flatMap(({ model, operations }) => {
    const bodies = operations.flatMap(({ descriptor, parameters }) =>
      parameters
        .filter((parameter) => parameter.in === 'body')
        .map(({ schema = {} }) => [descriptor.operationId, schema] as const),
    );
    if (bodies.length === 0) return [];
    const shapes = new Shapes(model);
    const ofBodies = bodies.map(([id, schema]) => [id, shapes.typeOf(schema, id)] as const);
    const line = ([name, text]: readonly [string, string]) =>
      `      ${propertyName(name)}: ${quoted(text)},\n`;
    return [
      `  ${quoted(`${model.api}@${model.version}`)}: {\n`,
      `    bodies: {\n${ofBodies.map(line).join('')}    },\n`,
      `    shapes: {\n${[...shapes.written].map(line).join('')}    },\n`,
      '  },\n',
    ];
  });
  return [
    header(source),
    "import type { BodyShapes } from '../body-shape.js';\n\n",
    '/** The shapes of all request bodies, by API and version. */\n',
    `export const bodyShapes: Readonly<Record<string, BodyShapes>> = {\n${rows.join('')}};\n`,
  ].join('');
}

class Shapes {
  /** By name, in the order in which they are met. */
  readonly written = new Map<string, string>();
  readonly #model: ApiModel;

  constructor(model: ApiModel) {
    this.#model = model;
  }

  /** @param name - of the shape, if the schema is an object that has none. */
  typeOf(schema: Schema, name: string): string {
    if (schema.$ref) {
      const target = referencedName(schema.$ref, 'definitions');
      if (this.written.has(target)) return target;
      const definition = this.#model.swagger.definitions?.[target];
      if (definition === undefined) throw new Error(`${this.#model.file}: the model has no "${target}".`);
      return this.typeOf(definition, target);
    }
    if (schema.allOf !== undefined || Object.keys(schema.properties ?? {}).length > 0)
      return this.#shape(schema, name);
    if (schema.type === 'array') return `${this.typeOf(schema.items ?? {}, `${name}.item`)}[]`;
    if (schema.type === 'object' || schema.properties !== undefined) {
      const { additionalProperties: inner } = schema;
      return typeof inner === 'object' ? `${this.typeOf(inner, `${name}.value`)}{}` : 'object';
    }
    if (schema.type === undefined && schema.enum === undefined) return 'any';
    const type = scalarType(schema);
    // On the wire a boolean that the model writes as text may be either.
    if (type === 'boolean' && schema.type === 'string') return 'any';
    return type === 'integer' ? 'number' : type;
  }

  #shape(schema: Schema, name: string): string {
    if (this.written.has(name)) return name;
    if (tokens.has(name)) throw new Error(`${this.#model.file}: "${name}" cannot be a shape’s name.`);
    // Entered before its members, which may hold it again.
    this.written.set(name, '');
    const { properties, required, open } = this.#flat(schema);
    const members = Object.entries(properties).map(([member, inner]) => {
      if (/[\s:?]/.test(member)) throw new Error(`${this.#model.file}: the member "${member}" of ${name}.`);
      return `${member}${required.has(member) ? '' : '?'}:${this.typeOf(inner, `${name}.${member}`)}`;
    });
    this.written.set(name, [...members, ...(open ? ['*'] : [])].join(' '));
    return name;
  }

  /** The members of an object and of all that it is composed of. */
  #flat(schema: Schema): { properties: Record<string, Schema>; required: Set<string>; open: boolean } {
    if (schema.$ref) {
      const target = referencedName(schema.$ref, 'definitions');
      return this.#flat(this.#model.swagger.definitions?.[target] ?? {});
    }
    const parts = (schema.allOf ?? []).map((part) => this.#flat(part));
    return {
      properties: Object.assign({}, ...parts.map((part) => part.properties), schema.properties),
      required: new Set([...parts.flatMap((part) => [...part.required]), ...(schema.required ?? [])]),
      open: Boolean(schema.additionalProperties) || parts.some((part) => part.open),
    };
  }
}
