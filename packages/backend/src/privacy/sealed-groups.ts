import {
  type AccountId,
  ConfigurationError,
  isFluxoriError,
  type JsonValue,
  type PersonalGroup,
  personalFields,
  personalGroups,
  type RecordKind,
  type RecordKinds,
  type Sealing,
} from '@fluxori/core';

type Value = RecordKinds[RecordKind];
type Fields = Readonly<Record<string, JsonValue>>;

/** A record's value with its personal data taken apart. */
export interface PartedValue {
  /** Without any personal data. */
  readonly open: Value;
  /** As it came: not sealed yet. */
  readonly plain: Readonly<Partial<Record<PersonalGroup, Fields>>>;
  /** As it lies in the store, by group. */
  readonly sealed: Readonly<Partial<Record<PersonalGroup, string>>>;
}

export interface RecordPlace {
  readonly kind: RecordKind;
  readonly accountId: AccountId;
  readonly id: string;
}

/** The field of a stored record under which its sealed groups lie. */
const sealedField = 'sealed';

/** Takes a value apart; `undefined` for a kind that has no personal data. */
export function parted(kind: RecordKind, value: Value): PartedValue | undefined {
  const fieldsOf = personalFields[kind];
  if (fieldsOf === undefined) return undefined;
  const { [sealedField]: sealed = {}, ...open } = value as unknown as Record<string, JsonValue>;
  const plain: Partial<Record<PersonalGroup, Fields>> = {};
  for (const group of personalGroups) {
    const there = fieldsOf[group].filter((field) => open[field] !== undefined);
    if (there.length === 0) continue;
    plain[group] = Object.fromEntries(there.map((field) => [field, open[field] as JsonValue]));
    for (const field of there) delete open[field];
  }
  return { open: open as unknown as Value, plain, sealed: sealed as PartedValue['sealed'] };
}

/** How it lies in the store. */
export function joined(open: Value, sealed: PartedValue['sealed']): Value {
  return Object.keys(sealed).length === 0 ? open : ({ ...open, [sealedField]: sealed } as unknown as Value);
}

/** Seals one group. Whose it is stands inside, so that a group that was moved to another record is noticed. */
export function sealGroup(
  sealing: Sealing,
  place: RecordPlace,
  group: PersonalGroup,
  fields: Fields,
): Promise<string> {
  return sealing.seal(JSON.stringify({ of: nameOf(place, group), fields }));
}

/**
 * @returns undefined for a group that was damaged, changed or moved here from another record.
 * @throws ConfigurationError `SEAL_KEY_WRONG`
 */
export async function openGroup(
  sealing: Sealing,
  place: RecordPlace,
  group: PersonalGroup,
  sealed: string,
): Promise<Fields | undefined> {
  try {
    const { fields, of } = JSON.parse(await sealing.open(sealed)) as { of: string; fields: Fields };
    return of === nameOf(place, group) ? fields : undefined;
  } catch (error) {
    if (isFluxoriError(error) && error.code !== 'SEAL_BROKEN') throw error;
    return undefined;
  }
}

function nameOf({ accountId, id, kind }: RecordPlace, group: PersonalGroup): string {
  return JSON.stringify([kind, accountId, id, group]);
}

/** There is personal data, and no key. */
export function noSealKey(
  { accountId, kind }: RecordPlace,
  groups: readonly PersonalGroup[],
): ConfigurationError {
  return new ConfigurationError(
    `A record of the kind ${kind} for ${accountId} has personal data (${groups.join(', ')}), and there is no key to seal or open it with.`,
    {
      field: 'FLUXORI_SEAL_KEY',
      account: accountId,
      remedy:
        'Make a key with `fluxori secrets generate-key` and set FLUXORI_SEAL_KEY (the one that it was sealed with, if it was), or do not ask for personal data. Nothing was changed.',
    },
  );
}
