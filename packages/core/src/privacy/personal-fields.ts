import type { RecordKind } from '../ports/record-store.js';

/** What of a person is kept together, sealed together, and deleted together. */
export type PersonalGroup = 'shipTo' | 'buyer';

export const personalGroups: readonly PersonalGroup[] = ['shipTo', 'buyer'];

/** Which fields of which kind of record tell of a person. All other fields and kinds do not: connectors leave such data out. */
export const personalFields: Readonly<
  Partial<Record<RecordKind, Readonly<Record<PersonalGroup, readonly string[]>>>>
> = {
  order: { shipTo: ['shipTo'], buyer: ['buyerEmail'] },
};
