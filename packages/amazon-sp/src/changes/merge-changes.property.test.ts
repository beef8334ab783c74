import type { MarketplaceId } from '@fluxori/core';
import { fc } from '@fluxori/test-services/fast-check';
import { describe, expect, it } from '@jest/globals';
import { type Change, type SettledField, subjectName } from './change.js';
import type { Segment } from './change-inbox.js';
import { mergeChanges } from './merge-changes.js';

const change = fc
  .record({
    order: fc.integer({ min: 0, max: 40 }).map((n) => String(n).padStart(3, '0')),
    sku: fc.constantFrom('A', 'B', 'C'),
    field: fc.constantFrom('price' as const, 'quantity' as const),
    priority: fc.constantFrom(1, 5, 10),
  })
  .map(
    (one): Change => ({
      ...one,
      marketplaceId: 'AE08WJ6YKNBMC' as MarketplaceId,
      patch: { op: 'merge', path: '/attributes/x', value: [{ order: one.order }] },
    }),
  );

const segments = fc
  .array(fc.array(change, { maxLength: 8 }), { maxLength: 6 })
  .map((all) => all.map((changes, index): Segment => ({ id: `s${index}`, changes, waking: [`s${index}`] })));

const settled = fc
  .dictionary(
    fc.constantFrom(
      ...['A', 'B', 'C'].flatMap((sku) => [`price/AE08WJ6YKNBMC/${sku}`, `quantity/AE08WJ6YKNBMC/${sku}`]),
    ),
    fc.integer({ min: 0, max: 40 }).map((n) => String(n).padStart(3, '0')),
  )
  .map((orders) => (one: Change): SettledField | undefined => {
    const order = orders[subjectName(one)];
    return order === undefined
      ? undefined
      : { order, outcome: { status: 'accepted', way: 'patch', issues: [] } };
  });

/** What a reader of the words "the last of each SKU and field wins" would do by hand. */
function lastOfEach(all: readonly Segment[], settledOf: (one: Change) => SettledField | undefined) {
  const last = new Map<string, string>();
  for (const one of all.flatMap(({ changes }) => changes)) {
    const name = subjectName(one);
    if ((settledOf(one)?.order ?? '') < one.order && (last.get(name) ?? '') < one.order)
      last.set(name, one.order);
  }
  return last;
}

describe('merged changes', () => {
  it('are the last of each SKU and field, and never one that is older than what was sent', () => {
    fc.assert(
      fc.property(segments, settled, (all, settledOf) => {
        const { listings } = mergeChanges(all, settledOf, () => 'no');
        const merged = new Map(
          listings
            .flatMap(({ fields }) => Object.values(fields))
            .map((one) => [subjectName(one), one.order] as const),
        );
        expect(merged).toEqual(lastOfEach(all, settledOf));
      }),
    );
  });

  it('do not depend on the order in which they were written', () => {
    fc.assert(
      fc.property(segments, settled, fc.infiniteStream(fc.nat()), (all, settledOf, dice) => {
        const shuffled = [...all]
          .map((one) => ({ one, at: dice.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        const told = (list: readonly Segment[]) =>
          mergeChanges(list, settledOf, () => 'no')
            .listings.flatMap(({ fields, priority }) =>
              Object.values(fields).map((one) => `${subjectName(one)} ${one.order} ${priority}`),
            )
            .sort();
        expect(told(shuffled)).toEqual(told(all));
      }),
    );
  });

  it('know every segment in which somebody waits for them, those of superseded changes included', () => {
    fc.assert(
      fc.property(segments, settled, (all, settledOf) => {
        const { listings, over } = mergeChanges(all, settledOf, () => 'no');
        for (const { id, changes } of all) {
          const waiting = changes.filter((one) => (settledOf(one)?.order ?? '') < one.order);
          expect(over.includes(id)).toBe(waiting.length === 0);
          for (const { sku } of waiting) {
            expect(listings.find((one) => one.sku === sku)?.segments.has(id)).toBe(true);
          }
        }
      }),
    );
  });

  it('leave out what a feed that is under way carries', () => {
    fc.assert(
      fc.property(segments, fc.constantFrom('yes' as const, 'with its segment' as const), (all, taken) => {
        const { listings, over } = mergeChanges(
          all,
          () => undefined,
          () => taken,
        );
        expect(listings).toEqual([]);
        const left = all.filter(({ changes }) => changes.length > 0 && taken === 'yes').map(({ id }) => id);
        expect(all.map(({ id }) => id).filter((id) => !over.includes(id))).toEqual(left);
      }),
    );
  });
});
