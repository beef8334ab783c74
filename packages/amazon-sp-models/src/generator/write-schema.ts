import { propertyName, quoted } from './literal.js';
import { referencedName, type Schema } from './swagger.js';

/** How a schema is written. */
export interface SchemaStyle {
  /** Whether enumerations stay open to values that Amazon adds later. */
  open: boolean;
  indent: string;
}

const anyObject = '{ [key: string]: unknown }';
/** A union that is shorter stays on one line, beside the name that it belongs to. */
const widthOfLine = 90;

/** Writes a schema as a TypeScript type. */
export function writeSchema(schema: Schema, style: SchemaStyle): string {
  const type = writePlain(schema, style);
  return schema['x-nullable'] ? `${type} | null` : type;
}

/** Whether a definition can be an `interface`: an object with properties and nothing else. */
export function isPlainObject(schema: Schema): boolean {
  return (
    schema.properties !== undefined && !schema.allOf && !schema.additionalProperties && !schema['x-nullable']
  );
}

/** Writes the braces of an object type with its properties, one per line. */
export function writeProperties(schema: Schema, style: SchemaStyle): string {
  const inner = { ...style, indent: `${style.indent}  ` };
  const required = new Set(schema.required);
  const lines = Object.entries(schema.properties ?? {}).map(
    ([name, property]) =>
      `${inner.indent}${propertyName(name)}${required.has(name) ? '' : '?'}: ${writeSchema(property, inner)};\n`,
  );
  return `{\n${lines.join('')}${style.indent}}`;
}

function writePlain(schema: Schema, style: SchemaStyle): string {
  if (schema.$ref) return referencedName(schema.$ref, 'definitions');
  if (schema.enum) return writeEnum(schema.enum, style);
  if (schema.allOf) return writeAllOf(schema, style);
  switch (schema.type) {
    case 'array':
      return writeArray(writeSchema(schema.items ?? {}, style), style);
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'string';
    case 'object':
    case undefined:
      return writeObject(schema, style);
    default:
      throw new Error(`A schema has the type "${schema.type}", which Swagger 2.0 does not know.`);
  }
}

/** Writes an array type; a union or an intersection is put in parentheses. */
export function writeArray(item: string, { indent }: SchemaStyle): string {
  const simple = /^[A-Za-z0-9_$]+$/.test(item) || /^Open<[^<>]*>$/.test(item) || isBraced(item);
  return simple ? `${item}[]` : `(${closed(item, indent)})[]`;
}

function isBraced(type: string): boolean {
  return type.startsWith('{') && type.endsWith('}') && !/\} [&|] /.test(type);
}

function writeEnum(values: readonly (string | number)[], style: SchemaStyle): string {
  const union = writeUnion(values, style);
  const open = style.open && values.every((value) => typeof value === 'string');
  return open ? `Open<${closed(union, style.indent)}>` : union;
}

/** A union of literals, broken into filled lines where it is long. */
export function writeUnion(values: readonly (string | number)[], { indent }: SchemaStyle): string {
  const lines: string[] = [];
  for (const value of new Set(values)) {
    const text = typeof value === 'string' ? quoted(value) : String(value);
    const last = lines.at(-1);
    if (last !== undefined && last.length + text.length < widthOfLine)
      lines[lines.length - 1] = `${last} | ${text}`;
    else lines.push(text);
  }
  if (lines.length === 1) return lines[0] ?? 'never';
  return lines.map((line) => `\n${indent}  | ${line}`).join('');
}

/** Puts what closes a union of several lines on a line of its own. */
function closed(union: string, indent: string): string {
  return union.startsWith('\n') ? `${union}\n${indent}` : union;
}

function writeAllOf(schema: Schema, style: SchemaStyle): string {
  const { allOf = [], ...own } = schema;
  const parts = allOf.map((part) => writeSchema(part, style));
  if (own.properties || own.additionalProperties)
    parts.push(writeObject({ ...own, 'x-nullable': false }, style));
  return parts
    .map((part) => (part.includes(' | ') && !part.startsWith('{') ? `(${part})` : part))
    .join(' & ');
}

function writeObject(schema: Schema, style: SchemaStyle): string {
  const { additionalProperties } = schema;
  const index =
    typeof additionalProperties === 'object' &&
    Object.keys(additionalProperties).some((key) => key !== 'description')
      ? `{ [key: string]: ${writeSchema(additionalProperties, style)} }`
      : anyObject;
  if (!schema.properties || Object.keys(schema.properties).length === 0) return index;
  const properties = writeProperties(schema, style);
  return additionalProperties ? `${properties} & ${index}` : properties;
}
