import { fc } from '@fluxori/test-services/fast-check';
import { describe, expect, it } from '@jest/globals';
import { describeFault } from './check-message.js';
import { ListingsFeedBuilder } from './listings-feed.js';
import { compileListingsFeedSchema } from './listings-feed-schema.js';
import type { ListingsMessage } from './listings-message.js';

const builder = new ListingsFeedBuilder();
const { feed } = compileListingsFeedSchema();

/** Now right, now wrong: every field may be what it should be, something near it, anything, or not there. */
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constant(''));
const json = fc.jsonValue({ maxDepth: 2 });
const entry = fc.oneof(fc.dictionary(fc.string({ maxLength: 8 }), json, { maxKeys: 3 }), json);
const patch = fc.record(
  {
    op: fc.oneof(fc.constantFrom('add', 'replace', 'merge', 'delete'), text),
    path: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('/attributes/a', '/attributes/b') },
      { weight: 1, arbitrary: text },
    ),
    value: fc.oneof(fc.array(entry, { maxLength: 2 }), json, fc.constant([{ quantity: Number.NaN }])),
  },
  { requiredKeys: [] },
);
const likely = fc.record({
  sku: fc.string({ minLength: 1, maxLength: 20 }),
  operationType: fc.constant('PATCH'),
  productType: fc.constantFrom('LUGGAGE', 'SHOES'),
  patches: fc.array(
    fc.record({
      op: fc.constantFrom('add', 'replace', 'merge', 'delete'),
      path: fc.constantFrom('/attributes/a', '/attributes/fulfillment_availability'),
      value: fc.array(fc.dictionary(fc.string({ maxLength: 8 }), json, { maxKeys: 3 }), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
const wild = fc.record(
  {
    sku: fc.oneof(text, json),
    messageId: fc.oneof(fc.integer({ min: -1, max: 5 }), fc.double(), json),
    operationType: fc.oneof(fc.constantFrom('UPDATE', 'PARTIAL_UPDATE', 'PATCH', 'DELETE'), text),
    productType: fc.oneof(text, json),
    requirements: fc.oneof(fc.constantFrom('LISTING', 'LISTING_OFFER_ONLY'), text),
    attributes: fc.oneof(fc.dictionary(fc.string({ maxLength: 5 }), json, { maxKeys: 3 }), json),
    patches: fc.oneof(fc.array(patch, { maxLength: 3 }), json),
  },
  { requiredKeys: ['operationType'] },
);
const message = fc.oneof(likely, likely, wild) as unknown as fc.Arbitrary<ListingsMessage>;

describe('whatever the builder lets through', () => {
  it('passes Amazon’s own schema, in order, each message once, within the bounds', () => {
    let through = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 25 }),
        fc.record({ messages: fc.integer({ min: 1, max: 6 }), bytes: fc.integer({ min: 600, max: 3_000 }) }),
        (messages, bounds) => {
          const left = new Set<number>();
          let at = -1;
          const watched = (function* () {
            for (const one of messages) {
              at += 1;
              yield one;
            }
          })();
          const written: object[] = [];
          const listed: { messageId: number; sku: string }[] = [];
          for (const part of builder.build(watched, {
            header: { sellerId: 'A1' },
            bounds,
            onRefused: (faults) => {
              expect(faults.map(describeFault).join()).toContain('SKU');
              left.add(at);
            },
          })) {
            const document = JSON.parse(part.content.toString()) as {
              messages: { messageId: number; sku: string }[];
            };
            expect([feed(document), feed.errors]).toEqual([true, null]);
            expect(part.content.length).toBeLessThanOrEqual(bounds.bytes);
            expect(document.messages.length).toBeLessThanOrEqual(bounds.messages);
            written.push(...document.messages);
            listed.push(...part.messages);
          }
          const wanted = messages
            .filter((_, index) => !left.has(index))
            .map(({ messageId: _, ...rest }) => JSON.parse(JSON.stringify(rest)) as object);
          expect(written.map(({ messageId: _, ...rest }: { messageId?: number }) => rest)).toEqual(wanted);
          expect(listed).toEqual(
            (written as { messageId: number; sku: string }[]).map(({ messageId, sku }) => ({
              messageId,
              sku,
            })),
          );
          expect(new Set(listed.map(({ messageId }) => messageId)).size).toBe(listed.length);
          through += wanted.length;
          refused += left.size;
        },
      ),
      { numRuns: 400 },
    );
    // Both ways were gone often, or the property would say little.
    expect(through).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(500);
  });
});
