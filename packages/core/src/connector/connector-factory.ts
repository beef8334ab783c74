import type { z } from 'zod';
import { ConfigurationError } from '../errors/errors.js';
import { checkWith } from '../json/check-with.js';
import type { BaseMarketplaceConnector } from './base-marketplace-connector.js';

/**
 * How the factory learns of a connector.
 *
 * @typeParam Config - what a person writes down for one account (checked by `configSchema`).
 * @typeParam Parts - what the composing program hands over: backend, logger, clock …
 */
export interface ConnectorDefinition<
  Id extends string,
  Schema extends z.ZodType,
  Parts,
  C extends BaseMarketplaceConnector,
> {
  readonly id: Id;
  readonly description: string;
  readonly configSchema: Schema;
  create(config: z.output<Schema>, parts: Parts): C;
}

type AnyDefinition = ConnectorDefinition<string, z.ZodType, never, BaseMarketplaceConnector>;
type Registered = Record<string, AnyDefinition>;

/** Typed registration of connectors: `new ConnectorFactory().register(amazonSp).create('amazon-sp', config, parts)`. */
export class ConnectorFactory<Known extends Registered = Record<never, never>> {
  readonly #definitions = new Map<string, AnyDefinition>();

  /** @throws ConfigurationError when the id is taken. */
  register<Id extends string, Schema extends z.ZodType, Parts, C extends BaseMarketplaceConnector>(
    definition: ConnectorDefinition<Id, Schema, Parts, C>,
  ): ConnectorFactory<Known & Record<Id, ConnectorDefinition<Id, Schema, Parts, C>>> {
    if (this.#definitions.has(definition.id)) {
      throw new ConfigurationError(`A connector with the id "${definition.id}" is registered already.`, {
        remedy: 'Register each connector once, or give the second another id.',
      });
    }
    this.#definitions.set(definition.id, definition as unknown as AnyDefinition);
    return this as unknown as ConnectorFactory<Known & Record<Id, ConnectorDefinition<Id, Schema, Parts, C>>>;
  }

  /** Ids and descriptions of what is registered. */
  list(): readonly { readonly id: string; readonly description: string }[] {
    return [...this.#definitions.values()].map(({ id, description }) => ({ id, description }));
  }

  /**
   * @param config - unchecked; it is checked here.
   * @throws ConfigurationError for an unknown id (naming the known ones), or with every problem of the config at once.
   */
  create<Id extends keyof Known & string>(
    id: Id,
    config: z.input<Known[Id]['configSchema']>,
    parts: Parameters<Known[Id]['create']>[1],
  ): ReturnType<Known[Id]['create']> {
    const { definition, checked } = this.#check(id, config);
    return definition.create(checked as never, parts as never) as ReturnType<Known[Id]['create']>;
  }

  /**
   * Checks a config without creating anything.
   * @throws ConfigurationError as `create` does.
   */
  check(id: string, config: unknown): void {
    this.#check(id, config);
  }

  #check(id: string, config: unknown): { definition: AnyDefinition; checked: unknown } {
    const definition = this.#definitions.get(id);
    if (definition === undefined) {
      const known = [...this.#definitions.keys()].join(', ') || 'none';
      throw new ConfigurationError(`No connector with the id "${id}" is registered; known: ${known}.`, {
        code: 'CONNECTOR_UNKNOWN',
        field: 'connector',
        remedy: 'Correct the id, or register the connector first.',
      });
    }
    return { definition, checked: checkConfig(definition.configSchema, config, `connector "${id}"`) };
  }
}

/**
 * Checks unchecked input against a schema.
 * @param what - named in the message, e.g. `connector "amazon-sp"`.
 * @throws ConfigurationError that lists every problem as `path: what is wrong`; values are never repeated, since they may be secrets.
 */
export function checkConfig<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  what: string,
): z.output<Schema> {
  const result = checkWith(schema, input);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap(problemsOfIssue);
  throw new ConfigurationError(
    `The configuration of ${what} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    {
      problems,
      field: problems[0]?.split(': ')[0],
      remedy: 'Correct the fields listed.',
    },
  );
}

/** A field that the schema does not know is named like any other. */
function problemsOfIssue(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: there is no such field`);
  }
  return [`${issue.path.join('.') || '(whole)'}: ${issue.message}`];
}
