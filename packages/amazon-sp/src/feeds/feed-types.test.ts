import { describe, expect, it } from '@jest/globals';
import { feedTypeOf, feedTypes, retiredFeedTypes } from './feed-types.js';

describe('feed types', () => {
  it('are known with the exact content type of their document', () => {
    expect(feedTypeOf('JSON_LISTINGS_FEED').contentType).toBe('application/json; charset=UTF-8');
    expect(feedTypeOf('POST_ORDER_FULFILLMENT_DATA').contentType).toBe('text/xml; charset=UTF-8');
    expect(feedTypeOf('POST_FLAT_FILE_FULFILLMENT_DATA').contentType).toBe(
      'text/tab-separated-values; charset=UTF-8',
    );
  });

  it('stand in the table once, and none is retired as well', () => {
    const names = feedTypes.map(({ feedType }) => feedType);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name in retiredFeedTypes)).toEqual([]);
    for (const { feedType, format } of feedTypes)
      expect([feedType, format === 'flat']).toEqual([feedType, feedType.includes('FLAT_FILE')]);
  });

  it.each(Object.keys(retiredFeedTypes))('%s is refused with what replaces it', (feedType) => {
    expect(() => feedTypeOf(feedType, { contentType: 'text/xml' })).toThrow(
      expect.objectContaining({
        name: 'ValidationError',
        field: 'feedType',
        message: expect.stringMatching(/switched off.*JSON_LISTINGS_FEED/),
      }),
    );
  });

  it('that are unknown are refused with those that are known, unless their content type is given', () => {
    expect(() => feedTypeOf('POST_NOTHING')).toThrow(/no feed type "POST_NOTHING".*JSON_LISTINGS_FEED/);
    expect(() => feedTypeOf('toString', { contentType: 'text/xml' })).toThrow(/no feed type/);
    expect(feedTypeOf('POST_SOMETHING_NEW', { contentType: 'text/xml' })).toMatchObject({ format: 'xml' });
  });
});
