/** The part of Swagger 2.0 that Amazon's models use. */
export interface SwaggerModel {
  swagger: '2.0';
  info: { version: string };
  consumes?: string[];
  produces?: string[];
  paths: Record<string, PathItem>;
  definitions?: Record<string, Schema>;
  parameters?: Record<string, Parameter>;
}

export const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

export type Method = (typeof methods)[number];

export type PathItem = { parameters?: (Parameter | Reference)[] } & SandboxMarks & {
    [M in Method]?: Operation;
  };

export interface Operation extends SandboxMarks {
  operationId: string;
  description?: string;
  deprecated?: boolean;
  consumes?: string[];
  produces?: string[];
  parameters?: (Parameter | Reference)[];
  responses: Record<string, { schema?: Schema }>;
}

/** Amazon's own marks, on a path or on an operation. */
export interface SandboxMarks {
  'x-amzn-api-sandbox'?: { dynamic?: object };
  'x-amzn-api-sandbox-only'?: boolean;
}

export interface Reference {
  $ref: string;
}

export interface Constraints {
  format?: string;
  enum?: (string | number)[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
}

export interface Parameter extends Constraints {
  name: string;
  in: 'path' | 'query' | 'header' | 'body' | 'formData';
  required?: boolean;
  type?: string;
  items?: Schema;
  collectionFormat?: string;
  default?: string | number | boolean | (string | number)[];
  schema?: Schema;
  'x-amazon-spds-greedy-path-parameter'?: boolean;
}

export interface Schema extends Constraints {
  $ref?: string;
  type?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  'x-nullable'?: boolean;
}

/** The name at the end of a local reference: `#/definitions/Order` gives `Order`. */
export function referencedName(reference: string, section: 'definitions' | 'parameters'): string {
  const prefix = `#/${section}/`;
  if (!reference.startsWith(prefix)) {
    throw new Error(`The reference "${reference}" does not point into this model's ${section}.`);
  }
  return reference.slice(prefix.length);
}
