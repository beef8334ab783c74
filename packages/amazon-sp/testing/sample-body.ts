import { type Body, type BodyType, bodyOf, type OperationDescriptor } from '@fluxori/amazon-sp-models';

/** Which members a sample has. */
export type Fullness = 'all' | 'required';

/**
 * A body of the right shape: every member that Amazon's model has (but none inside itself), or the required ones only. Undefined for an operation
 * without a body.
 */
export function sampleBody(
  operation: OperationDescriptor,
  marketplaceId: string,
  fullness: Fullness = 'all',
): unknown {
  const body = bodyOf(operation);
  return body && sample(body, body.type, { name: 'body', marketplaceId, fullness, within: [] });
}

interface Place {
  readonly name: string;
  readonly marketplaceId: string;
  readonly fullness: Fullness;
  /** Shapes around this one. */
  readonly within: readonly string[];
}

function sample(body: Body, type: BodyType, place: Place): unknown {
  switch (type.kind) {
    case 'string':
      return /marketplaceids?$/i.test(place.name) ? place.marketplaceId : `${place.name} "ä" 1`;
    case 'number':
      return 1.5;
    case 'boolean':
      return true;
    case 'object':
    case 'any':
      return { anything: ['goes'] };
    case 'list':
      return [sample(body, type.of, place)];
    case 'map':
      return { 'a key': sample(body, type.of, place) };
    case 'shape': {
      const within = [...place.within, type.name];
      const wanted = [...body.shape(type.name).members].filter(
        ([, member]) => member.required || (place.fullness === 'all' && !holds(member.type, within)),
      );
      return Object.fromEntries(
        wanted.map(([name, member]) => [name, sample(body, member.type, { ...place, name, within })]),
      );
    }
  }
}

function holds(type: BodyType, names: readonly string[]): boolean {
  if (type.kind === 'list' || type.kind === 'map') return holds(type.of, names);
  return type.kind === 'shape' && names.includes(type.name);
}
