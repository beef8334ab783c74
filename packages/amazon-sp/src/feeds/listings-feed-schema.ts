import { Feeds } from '@sp-api-sdk/schemas';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

/** Amazon's own schema of the feed, ready to judge. */
export interface ListingsFeedSchema {
  readonly feed: ValidateFunction;
  readonly header: ValidateFunction;
  readonly message: ValidateFunction;
}

/** Compiles Amazon's schema (draft-07). It takes some milliseconds: keep what it gives. */
export function compileListingsFeedSchema(): ListingsFeedSchema {
  // Not strict: Amazon writes `example` and `$comment`, which are no keywords of validation.
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: false });
  const schema = Feeds.listingsFeedSchemaV2;
  return {
    feed: ajv.compile(schema),
    header: ajv.compile(schema.properties.header),
    message: ajv.compile(schema.properties.messages.items),
  };
}

/** Where a value breaks the schema, and by which rule. */
export interface SchemaFault {
  /** A JSON pointer, e.g. `/patches/0/op`; empty for the whole. */
  readonly pointer: string;
  /** For people, e.g. `must be one of add, replace, merge, delete`. */
  readonly rule: string;
}

/**
 * What the schema's validator found, for people: of alternatives (`oneOf`), only what the alternative meant lacks is told.
 * @param wanted - the value of `operationType`, which says which alternative is meant.
 */
export function schemaFaults(
  errors: readonly ErrorObject[] | null | undefined,
  wanted?: string,
): readonly SchemaFault[] {
  const alternatives = ['UPDATE', 'DELETE', 'PARTIAL_UPDATE', 'PATCH'];
  const faults: SchemaFault[] = [];
  for (const error of errors ?? []) {
    const branch = /^#\/oneOf\/(\d+)\//.exec(error.schemaPath)?.[1];
    if (branch !== undefined && alternatives[Number(branch)] !== wanted) continue;
    if (error.keyword === 'oneOf') continue;
    const fault = faultOf(error, branch === undefined ? undefined : wanted);
    if (!faults.some(({ pointer, rule }) => pointer === fault.pointer && rule === fault.rule)) {
      faults.push(fault);
    }
  }
  return faults;
}

function faultOf(error: ErrorObject, operation: string | undefined): SchemaFault {
  const { instancePath: at, keyword, params, message = 'is not as it should be' } = error;
  const of = operation === undefined ? '' : ` for ${operation}`;
  switch (keyword) {
    case 'required':
      return { pointer: `${at}/${params.missingProperty}`, rule: `is required${of}` };
    case 'false schema':
      return { pointer: at, rule: `does not belong here${of}` };
    case 'enum':
      return { pointer: at, rule: `must be one of ${(params.allowedValues as unknown[]).join(', ')}` };
    case 'const':
      return { pointer: at, rule: `must be ${JSON.stringify(params.allowedValue)}` };
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return { pointer: at, rule: 'must not be empty' };
    default:
      return { pointer: at, rule: message };
  }
}
