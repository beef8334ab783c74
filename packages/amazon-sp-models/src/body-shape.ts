import { bodyShapes } from './generated/body-shapes.js';
import type { OperationDescriptor } from './operation.js';

/**
 * The request bodies of one API version. A type is `string`, `number`, `boolean`, `object` (any object), `any`, or the name of a shape, with `[]`
 * for a list and `{}` for an object that holds it under any name.
 */
export interface BodyShapes {
  /** Operation to type. */
  readonly bodies: Readonly<Record<string, string>>;
  /** Shape to members: `orderId:string note?:string *`; a question mark where the member may be missing, a star where others may be added. */
  readonly shapes: Readonly<Record<string, string>>;
}

export type BodyType =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'object' | 'any' }
  | { readonly kind: 'list' | 'map'; readonly of: BodyType }
  | { readonly kind: 'shape'; readonly name: string };

export interface BodyMember {
  readonly required: boolean;
  readonly type: BodyType;
}

export interface BodyShape {
  readonly members: ReadonlyMap<string, BodyMember>;
  /** Members besides these are foreseen. */
  readonly open: boolean;
}

/** What a request body consists of, as far as Amazon's model says: members and JSON types, no values. */
export interface Body {
  readonly type: BodyType;
  /** A shape that a type names. */
  shape(name: string): BodyShape;
}

/** The body of an operation; undefined when it takes none. */
export function bodyOf(
  operation: Pick<OperationDescriptor, 'api' | 'version' | 'operationId'>,
): Body | undefined {
  const model = bodyShapes[`${operation.api}@${operation.version}`];
  const type = model?.bodies[operation.operationId];
  if (model === undefined || type === undefined) return undefined;
  return { type: parseType(type), shape: (name) => parseShape(model.shapes[name] ?? '') };
}

function parseShape(text: string): BodyShape {
  const words = text.split(' ').filter((word) => word !== '');
  const members = words.filter((word) => word !== '*').map(parseMember);
  return { members: new Map(members), open: words.includes('*') };
}

function parseMember(word: string): [string, BodyMember] {
  const colon = word.lastIndexOf(':');
  const required = word[colon - 1] !== '?';
  return [word.slice(0, required ? colon : colon - 1), { required, type: parseType(word.slice(colon + 1)) }];
}

function parseType(text: string): BodyType {
  if (text.endsWith('[]')) return { kind: 'list', of: parseType(text.slice(0, -2)) };
  if (text.endsWith('{}')) return { kind: 'map', of: parseType(text.slice(0, -2)) };
  switch (text) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'object':
    case 'any':
      return { kind: text };
    default:
      return { kind: 'shape', name: text };
  }
}
