import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Feeds } from '@sp-api-sdk/schemas';
import type { MessageFault } from './check-message.js';
import { ListingsFeedBuilder, type ListingsFeedPart } from './listings-feed.js';
import { compileListingsFeedSchema } from './listings-feed-schema.js';
import type { ListingsMessage } from './listings-message.js';

const example = JSON.parse(
  readFileSync(
    new URL('../../testing/amazon-examples/listings-feed-v2.example.json', import.meta.url),
    'utf8',
  ),
) as { header: { sellerId: string }; messages: ListingsMessage[] };

const builder = new ListingsFeedBuilder();
const header = { sellerId: 'A1SELLER' };
const patches = [
  {
    op: 'merge' as const,
    path: '/attributes/fulfillment_availability',
    value: [{ fulfillment_channel_code: 'DEFAULT', quantity: 3 }],
  },
];
const patch = (sku: string, more: object = {}) =>
  ({ sku, operationType: 'PATCH', productType: 'LUGGAGE', patches, ...more }) as ListingsMessage;

function build(messages: readonly unknown[], options = {}): ListingsFeedPart[] {
  return [...builder.build(messages as ListingsMessage[], { header, ...options })];
}

describe('the builder of listings feeds', () => {
  it('takes Amazon’s own example, and gives what Amazon’s schema accepts', () => {
    const [part] = [
      ...builder.build(example.messages, {
        header: {
          sellerId: example.header.sellerId,
          issueLocale: 'en_US',
          includedData: ['summaries', 'issues'],
        },
      }),
    ];
    const written: unknown = JSON.parse(part!.content.toString());
    const { feed } = compileListingsFeedSchema();
    expect([feed(written), feed.errors]).toEqual([true, null]);
    expect((written as typeof example).messages).toEqual(example.messages);
    expect(feed(example)).toBe(true);
  });

  it('takes the examples that stand in the schema', () => {
    const { properties } = Feeds.listingsFeedSchemaV2.properties.messages.items;
    const { op, path, value } = properties.patches.items.properties;
    const messages = properties.productType.examples.map((productType, index) => ({
      messageId: properties.messageId.examples[0] + index,
      sku: properties.sku.examples[0],
      operationType: 'PATCH',
      productType,
      patches: [{ op: op.example, path: path.example, value: value.example }],
    }));
    expect(messages).toHaveLength(2);
    expect(build(messages)[0]?.messages).toEqual([
      { messageId: 1, sku: 'ABC123' },
      { messageId: 2, sku: 'ABC123' },
    ]);
  });

  it('numbers messages in order, around the numbers that were given', () => {
    const [part] = build([patch('A'), patch('B', { messageId: 2 }), patch('C')]);
    expect(part?.messages.map(({ messageId }) => messageId)).toEqual([1, 2, 3]);
  });

  it.each<[string, object, string, RegExp]>([
    [
      'an operation that there is not',
      { operationType: 'REPLACE' },
      'operationType',
      /one of UPDATE, PARTIAL/,
    ],
    ['a patch without a product type', { productType: undefined }, 'productType', /is required for PATCH/],
    ['an empty product type', { productType: '' }, 'productType', /must not be empty/],
    ['attributes in a patch', { attributes: { a: [{}] } }, 'attributes', /does not belong here for PATCH/],
    ['no patches', { patches: [] }, 'patches', /must not be empty/],
    [
      'an operation of a patch that there is not',
      { patches: [{ ...patches[0], op: 'test' }] },
      'patches 1, op',
      /one of add, replace/,
    ],
    ['a patch without a path', { patches: [{ op: 'merge', value: [{}] }] }, 'patches 1, path', /is required/],
    [
      'a path into an attribute',
      { patches: [patches[0], { ...patches[0], path: '/attributes/a/0' }] },
      'patches 2, path',
      /one attribute/,
    ],
    [
      'a deletion that names no selectors',
      { patches: [{ op: 'delete', path: '/attributes/a' }] },
      'patches 1, value',
      /is required/,
    ],
    [
      'a value that is no list',
      { patches: [{ ...patches[0], value: 3 }] },
      'patches 1, value',
      /must be array/,
    ],
    ['an empty SKU', { sku: '' }, 'sku', /must not be empty/],
    ['message 0', { messageId: 0 }, 'messageId', />= 1/],
    ['half a message id', { messageId: 1.5 }, 'messageId', /must be integer/],
    ['too high a message id', { messageId: 2 ** 31 }, 'messageId', /<= 2147483647/],
    [
      'a quantity that is no number',
      { patches: [{ ...patches[0], value: [{ quantity: Number.NaN }] }] },
      'patches 1, value 1, quantity',
      /JSON cannot hold/,
    ],
  ])('refuses %s, and names the SKU, the field and the rule', (_, wrong, field, rule) => {
    const refused: MessageFault[] = [];
    const parts = build([patch('OK-1'), { ...patch('BAD-1'), ...wrong }, patch('OK-2')], {
      onRefused: (faults: MessageFault[]) => refused.push(...faults),
    });
    expect(refused).toContainEqual(
      expect.objectContaining({
        field,
        rule: expect.stringMatching(rule),
        sku: 'sku' in wrong ? '' : 'BAD-1',
      }),
    );
    expect(parts[0]?.messages.map(({ sku }) => sku)).toEqual(['OK-1', 'OK-2']);
    expect(() => build([{ ...patch('BAD-1'), ...wrong }])).toThrow(
      expect.objectContaining({ name: 'ValidationError', message: expect.stringContaining(field) }),
    );
  });

  it.each<[string, object, RegExp]>([
    ['a SKU', { sku: { toString: 0 } }, /SKU \{"toString":0\} \(message 1\): sku must be string/],
    ['no SKU', { sku: undefined }, /SKU undefined \(message 1\): sku is required/],
    [
      'a message id',
      { messageId: { toString: 0 } },
      /SKU A \(message \{"toString":0\}\): messageId must be integer/,
    ],
  ])('tells what came as %s, whatever it is', (_, wrong, told) => {
    expect(() => build([{ ...patch('A'), ...wrong }])).toThrow(
      expect.objectContaining({ name: 'ValidationError', message: expect.stringMatching(told) }),
    );
  });

  it('refuses a second message of the same id, and requirements in a deletion', () => {
    expect(() => build([patch('A', { messageId: 7 }), patch('B', { messageId: 7 })])).toThrow(
      /SKU B \(message 7\): messageId must be unique/,
    );
    expect(() => build([{ sku: 'A', operationType: 'DELETE', requirements: 'LISTING' }])).toThrow(
      /SKU A \(message 1\): requirements does not belong here for DELETE/,
    );
  });

  it('refuses a header without seller, and a message that no feed could hold', () => {
    expect(() => [...builder.build([patch('A')], { header: { sellerId: '' } })]).toThrow(
      /sellerId must not be empty/,
    );
    const large = patch('LARGE', {
      patches: [{ ...patches[0], value: [{ text: 'é'.repeat(6 * 1024 * 1024) }] }],
    });
    expect(() => build([large])).toThrow(/SKU LARGE.*bytes, and a feed holds 10485760/);
  });

  it('starts a new feed at 25,000 messages and at 10 MiB', () => {
    const parts = build(Array.from({ length: 25_001 }, (_, index) => patch(`S-${index}`)));
    expect(parts.map(({ messages }) => messages.length)).toEqual([25_000, 1]);
    const value = [{ text: 'x'.repeat(1024 * 1024 - 200) }];
    const heavy = build(
      Array.from({ length: 11 }, (_, index) => patch(`H-${index}`, { patches: [{ ...patches[0], value }] })),
    );
    expect(heavy.map(({ messages }) => messages.length)).toEqual([10, 1]);
    expect(heavy[0]!.content.length).toBeLessThanOrEqual(10 * 1024 * 1024);
  });

  it('gives nothing for no messages', () => {
    expect(build([])).toEqual([]);
  });
});
