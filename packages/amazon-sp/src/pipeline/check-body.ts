import {
  type Body,
  type BodyShape,
  type BodyType,
  bodyOf,
  type OperationDescriptor,
} from '@fluxori/amazon-sp-models';
import { didYouMean, nearestName } from './did-you-mean.js';
import type { Problem } from './parameter-problems.js';

export interface BodyFindings {
  /** What Amazon would refuse: required members that are missing, values of another JSON type. */
  readonly problems: readonly Problem[];
  /** Members that Amazon's model does not know, as paths: `body.packageDetail.carrier`. */
  readonly strangers: readonly string[];
}

/** More than these help nobody. */
const mostProblems = 20;

/**
 * Checks a request body against Amazon's model, all the way down: members that are required, and JSON types. Values are Amazon's to judge. A member
 * that the model does not know is no problem, since Amazon takes new ones before its models name them; it is handed back to be told.
 */
export function checkBody(operation: OperationDescriptor, value: unknown): BodyFindings {
  const body = bodyOf(operation);
  if (body === undefined) return { problems: [], strangers: [] };
  const look = new Look(body);
  try {
    look.at(body.type, value, 'body');
  } catch {
    // A `toJSON` or a getter of its own threw, or it goes in a circle.
    return { problems: [{ field: 'body', text: 'cannot be written as JSON' }], strangers: [] };
  }
  return { problems: look.problems.slice(0, mostProblems), strangers: [...look.strangers] };
}

class Look {
  readonly problems: Problem[] = [];
  /** Without positions in lists, so that a thousand items with the same stranger tell it once. */
  readonly strangers = new Set<string>();
  readonly #body: Body;
  readonly #shapes = new Map<string, BodyShape>();

  constructor(body: Body) {
    this.#body = body;
  }

  at(type: BodyType, given: unknown, path: string): void {
    if (this.problems.length >= mostProblems) return;
    const value = asJson(given);
    switch (type.kind) {
      case 'any':
        break;
      case 'string':
        this.#expect(typeof value === 'string', 'text', value, path);
        break;
      case 'boolean':
        this.#expect(typeof value === 'boolean', 'true or false', value, path);
        break;
      case 'number':
        this.#expect(Number.isFinite(value), 'a number', value, path);
        break;
      case 'list':
        if (Array.isArray(value)) {
          for (const [index, item] of value.entries()) this.at(type.of, item, `${path}[${index}]`);
        } else this.#expect(false, 'a list', value, path);
        break;
      default:
        if (!isObject(value)) this.#expect(false, 'an object', value, path);
        else if (type.kind === 'shape') this.#members(this.#shape(type.name), value, path);
        else if (type.kind === 'map') {
          for (const [name, inner] of present(value)) this.at(type.of, inner, `${path}.${name}`);
        }
    }
  }

  #members({ members, open }: BodyShape, value: Readonly<Record<string, unknown>>, path: string): void {
    const given = new Map(present(value));
    const unknown = [...given.keys()].filter((name) => !members.has(name));
    for (const [name, { required, type }] of members) {
      const field = `${path}.${name}`;
      if (given.has(name)) {
        // Amazon takes null for "not there"; what must be there must be something.
        if (given.get(name) !== null) this.at(type, given.get(name), field);
        else if (required) this.problems.push({ field, text: 'is required, and null' });
      } else if (required) {
        const meant = unknown.find((one) => nearestName(one, [name]) !== undefined);
        this.problems.push({
          field,
          text: `is required (${nameOf(type)})${meant === undefined ? '' : `; "${meant}" is not its name`}`,
        });
      }
    }
    if (open) return;
    const bare = path.replaceAll(/\[\d+\]/g, '[]');
    for (const name of unknown) this.strangers.add(`${bare}.${name}${didYouMean(name, members.keys())}`);
  }

  #expect(fits: boolean, what: string, value: unknown, field: string): void {
    // The value itself may be a buyer's.
    if (!fits) this.problems.push({ field, text: `must be ${what}, not ${kindOf(value)}` });
  }

  #shape(name: string): BodyShape {
    const shape = this.#shapes.get(name) ?? this.#body.shape(name);
    this.#shapes.set(name, shape);
    return shape;
  }
}

/** As JSON writes it: dates and the like say by themselves what they become. */
function asJson(value: unknown): unknown {
  const { toJSON } = (value ?? {}) as { toJSON?: unknown };
  return typeof toJSON === 'function' ? toJSON.call(value) : value;
}

function present(value: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(value).filter(([, inner]) => inner !== undefined);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'text' : `a ${typeof value}`;
}

function nameOf(type: BodyType): string {
  switch (type.kind) {
    case 'string':
      return 'text';
    case 'any':
      return 'any value';
    case 'shape':
    case 'map':
      return 'object';
    default:
      return type.kind;
  }
}
