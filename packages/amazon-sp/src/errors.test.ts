import { isErrorOf, type RemoteError } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { errorTable } from './errors/error-table.js';
import { type ErrorAnswer, isExpiredAccessToken, toSpApiError } from './errors.js';

const receivedAt = new Date('2026-11-20T10:00:00Z');

function answer(status: number, body: unknown, headers: Record<string, string> = {}): ErrorAnswer {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  return { status, headers, body: body ?? '', text, requestId: 'req-1', receivedAt };
}

function amazon(code: string, message: string, details = ''): unknown {
  return { errors: [{ code, message, details }] };
}

const denied = (details: string) =>
  amazon('Unauthorized', 'Access to requested resource is denied.', details);
const subject = { operation: 'orders.searchOrders', account: 'acme-za', attempts: 2 };

/** One row for each error that Amazon documents; the last column is the name of its row in the table. */
const rows: readonly [number, unknown, string, string, boolean, string][] = [
  [
    400,
    amazon('InvalidInput', 'Invalid nextToken'),
    'ValidationError',
    'VALIDATION_FAILED',
    false,
    'page token refused',
  ],
  [
    400,
    '<html><body>400 Bad Request</body></html>',
    'RemoteError',
    'REMOTE_UNREADABLE',
    false,
    'bad request that is not Amazon’s JSON',
  ],
  [
    400,
    amazon('InvalidInput', 'createdAfter is bad'),
    'ValidationError',
    'VALIDATION_FAILED',
    false,
    'invalid input',
  ],
  [
    401,
    amazon('Unauthorized', 'no'),
    'AuthenticationError',
    'AUTH_TOKEN_REJECTED',
    false,
    'not authenticated',
  ],
  [
    403,
    denied('The LWA secret token you provided has expired'),
    'AuthenticationError',
    'AUTH_CLIENT_SECRET_EXPIRED',
    false,
    'client secret expired',
  ],
  [
    403,
    denied('The access token you provided has expired.'),
    'AuthenticationError',
    'AUTH_TOKEN_REJECTED',
    false,
    'access token expired',
  ],
  [
    403,
    denied('Access token is missing in the request header.'),
    'AuthenticationError',
    'AUTH_TOKEN_REJECTED',
    false,
    'access token missing',
  ],
  [
    403,
    denied('The access token you provided is revoked, malformed or invalid.'),
    'AuthenticationError',
    'AUTH_REVOKED',
    false,
    'access token revoked or malformed',
  ],
  [
    403,
    '<html>Forbidden</html>',
    'AuthenticationError',
    'AUTH_DENIED',
    false,
    'forbidden without Amazon’s JSON',
  ],
  [403, denied(''), 'AuthenticationError', 'AUTH_DENIED', false, 'access denied'],
  [404, amazon('NotFound', 'Resource not found'), 'NotFoundError', 'NOT_FOUND', false, 'not found'],
  [408, amazon('RequestTimeout', 'slow'), 'RemoteError', 'REMOTE_FAILED', true, 'timed out at Amazon'],
  [409, amazon('Conflict', 'changed meanwhile'), 'RemoteError', 'REMOTE_CONFLICT', false, 'conflict'],
  [410, amazon('Gone', 'no longer'), 'NotFoundError', 'NOT_FOUND', false, 'gone'],
  [413, amazon('RequestTooLarge', 'too large'), 'ValidationError', 'VALIDATION_FAILED', false, 'too large'],
  [
    415,
    amazon('UnsupportedMediaType', 'no'),
    'ValidationError',
    'VALIDATION_FAILED',
    false,
    'wrong content type',
  ],
  [
    422,
    amazon('UnprocessableEntity', 'no'),
    'ValidationError',
    'VALIDATION_FAILED',
    false,
    'understood and refused',
  ],
  [
    429,
    amazon('QuotaExceeded', 'You exceeded your quota for the requested resource.'),
    'RateLimitError',
    'RATE_LIMITED',
    true,
    'quota exceeded',
  ],
  [
    500,
    amazon('InternalFailure', 'We encountered an internal error.'),
    'RemoteError',
    'REMOTE_FAILED',
    true,
    'failed at Amazon',
  ],
  [502, '<html>Bad Gateway</html>', 'RemoteError', 'REMOTE_FAILED', true, 'failed at Amazon'],
  [503, undefined, 'RemoteError', 'REMOTE_FAILED', true, 'failed at Amazon'],
  [504, '', 'RemoteError', 'REMOTE_FAILED', true, 'failed at Amazon'],
  [418, amazon('Teapot', 'no'), 'RemoteError', 'REMOTE_REFUSED', false, 'other refusal'],
  [599, amazon('Odd', 'no'), 'RemoteError', 'REMOTE_FAILED', true, 'other failure'],
];

const listings: readonly [string, string][] = [
  ['You exceeded your quota at the application level.', 'quota of the application for listings'],
  ['You exceeded your quota for relationship updates.', 'quota of relationship updates'],
  ['You exceeded your quota for product data updates.', 'quota of product data updates'],
];

describe('Amazon’s errors as ours', () => {
  it.each(rows)('%d %j becomes %s %s', (status, body, name, code, retryable, row) => {
    const error = toSpApiError(answer(status, body), subject);
    expect(error).toMatchObject({
      name,
      code,
      retryable,
      requestId: 'req-1',
      attempts: 2,
      account: 'acme-za',
      at: receivedAt,
    });
    expect(error.remedy).toBeTruthy();
    expect(error.message).toContain(`orders.searchOrders for acme-za answered ${status}`);
    const known = errorTable.find((one) => one.name === row);
    if (known !== undefined) expect(error.remedy).toBe(known.remedy);
  });

  it.each(listings)('tells a 429 of a listing apart by its words: %s', (message, row) => {
    const error = toSpApiError(answer(429, amazon('QuotaExceeded', message)), {
      ...subject,
      operation: 'listingsItems.patchListingsItem',
    });
    expect(error.remedy).toBe(errorTable.find((one) => one.name === row)?.remedy);
  });

  it('has a tested row for every row of the table', () => {
    const tested = new Set([...rows.map((row) => row[5]), ...listings.map((row) => row[1])]);
    expect(errorTable.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([]);
  });

  it('says what Amazon said, all of it, and keeps Amazon’s code', () => {
    const body = {
      errors: [
        { code: 'InvalidInput', message: 'First.' },
        { code: 'InvalidInput', message: 'Second.' },
      ],
    };
    const error = toSpApiError(answer(400, body), subject);
    expect(error.message).toMatch(/InvalidInput, First\.; InvalidInput, Second\.$/);
    expect(error.details).toMatchObject({ status: 400, remoteCode: 'InvalidInput' });
  });

  it('reads a gateway’s own shape of error', () => {
    expect(toSpApiError(answer(403, { message: 'Forbidden' }), subject)).toMatchObject({
      code: 'AUTH_DENIED',
    });
    expect(toSpApiError(answer(500, { errors: 'odd' }), subject)).toMatchObject({ code: 'REMOTE_FAILED' });
  });

  it('says that the outcome is unknown when a call that may not be repeated failed at Amazon', () => {
    const error = toSpApiError(answer(500, undefined), subject, { idempotent: false });
    expect(error.details).toMatchObject({ outcome: 'unknown' });
    expect(error.remedy).toMatch(/look before sending it again/);
    expect(isErrorOf(error, 'RemoteError') && (error as RemoteError).status).toBe(500);
  });

  it.each([
    [{ 'retry-after': '7' }, undefined, 7_000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT' }, undefined, 30_000],
    [{ 'retry-after': 'soon' }, undefined, 1_000],
    [{ 'retry-after': '1e300' }, undefined, 1_000],
    // Nobody waits for thousands of years.
    [{ 'retry-after': '99999999999999999999' }, undefined, 86_400_000],
    [{ 'retry-after': 'Wed, 21 Oct 9999 07:28:00 GMT' }, undefined, 86_400_000],
    [{}, { bucket: 'b', rate: 0.0056, burst: 20, level: 0, source: 'published' }, 1000 / 0.0056],
  ])('tells when a throttled call may go again: %j', (headers, rate, afterMs) => {
    const error = toSpApiError(answer(429, undefined, headers as Record<string, string>), {
      ...subject,
      rate,
    });
    expect(isErrorOf(error, 'RateLimitError') && error.retryAt.getTime()).toBeCloseTo(
      receivedAt.getTime() + afterMs,
      -1,
    );
  });
});

describe('what a fresh token may cure', () => {
  it.each([
    [answer(403, denied('The access token you provided has expired.')), true],
    [answer(403, denied('The LWA secret token you provided has expired')), false],
    [answer(403, denied('The access token you provided is revoked, malformed or invalid.')), false],
    [answer(403, denied('')), false],
    [answer(401, denied('The access token you provided has expired.')), false],
    [answer(403, '<html>expired</html>'), false],
  ])('%#', (one, expected) => {
    expect(isExpiredAccessToken(one)).toBe(expected);
  });
});

describe('what is never repeated', () => {
  const leaky = [
    'Token Atza|IwEBIabc-def_123 is bad',
    'Token Atzr|IwEBIabc is bad',
    'secret amzn1.oa2-cs.v1.0123456789abcdef is bad',
    'see https://bucket.s3.amazonaws.com/x?X-Amz-Signature=abcdef0123&X-Amz-Credential=AKIA123',
    'write to thandi.m+za@example.co.za please',
    'call +27 82 555 1234 now',
  ];

  it.each(leaky)('cleans %s', (message) => {
    const error = toSpApiError(answer(400, amazon('InvalidInput', message)), subject);
    expect(JSON.stringify(error)).not.toMatch(
      /IwEBI|0123456789abcdef|abcdef0123|AKIA123|example\.co\.za|555 1234/,
    );
    expect(error.message).toContain('[redacted]');
  });

  it('takes out what the request held about a person, and cuts long texts', () => {
    const error = toSpApiError(
      answer(400, amazon('InvalidInput', `Name Thandiwe Mokoena is not allowed. ${'x'.repeat(5_000)}`)),
      subject,
      { personal: ['Thandiwe Mokoena'] },
    );
    expect(error.message).not.toContain('Thandiwe');
    expect(error.message.length).toBeLessThan(500);
  });
});
