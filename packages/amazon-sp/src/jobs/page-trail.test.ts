import { RateLimitError, ValidationError } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { followed, isRefusedPageToken } from './page-trail.js';

describe('the trail of page tokens', () => {
  it('ends with an error when a list goes round in a circle', () => {
    const trail = followed(followed([], 'a', 'op'), 'b', 'op');
    expect(() => followed(trail, 'a', 'op')).toThrow(
      expect.objectContaining({ code: 'PAGE_TOKEN_REPEATED', retryable: false }),
    );
  });

  it('stays short however long the list is', () => {
    let trail: readonly string[] = [];
    for (let i = 0; i < 500; i++) trail = followed(trail, `token-${i}`, 'op');
    expect(JSON.stringify(trail).length).toBeLessThan(1_000);
  });
});

describe('a refused page token', () => {
  const refused = new ValidationError('no', { details: { status: 400 } });

  it.each([
    [refused, 'cursor', true],
    [refused, undefined, false],
    [new ValidationError('checked before sending'), 'cursor', false],
    [new RateLimitError('later', { retryAt: new Date() }), 'cursor', false],
  ])('%#', (error, cursor, expected) => expect(isRefusedPageToken(error, cursor)).toBe(expected));
});
