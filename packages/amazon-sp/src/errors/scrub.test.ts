import { describe, expect, it } from '@jest/globals';
import { personalValues, scrub } from './scrub.js';

describe('personalValues', () => {
  it('finds what a body says about a person, however deep, and nothing else', () => {
    const values = personalValues({
      marketplaceId: 'AE08WJ6YKNBMC',
      destinationAddress: {
        name: 'Sipho Dlamini',
        addressLine1: '1 Long Street',
        countryCode: 'ZA',
        phone: '0825551234',
      },
      items: [{ sku: 'SKU-1', giftMessage: 'With love', displayableComment: 'For Thandi' }],
      text: 'Dear Naledi',
      context: 'a test',
      packageDetail: { packageReferenceId: '1', carrierName: 'Bob Go', trackingNumber: 'T1' },
    });
    expect(values).toEqual(
      expect.arrayContaining([
        ...['Sipho Dlamini', '1 Long Street', '0825551234', 'With love', 'For Thandi', 'Dear Naledi'],
      ]),
    );
    expect(values).not.toContain('a test');
    expect(values).not.toEqual(expect.arrayContaining(['SKU-1', 'Bob Go', 'T1', 'AE08WJ6YKNBMC']));
  });
});

describe('scrub', () => {
  it('keeps the words that help', () => {
    expect(scrub('Invalid date 2026-01-31T08:00:00Z for order 902-1234567-1234567.')).toBe(
      'Invalid date 2026-01-31T08:00:00Z for order 902-1234567-1234567.',
    );
  });

  it('takes out what the request said about a person, in whatever case Amazon quotes it', () => {
    expect(
      scrub('No such address: SIPHO DLAMINI, 1 LONG STREET (X).', ['1 Long Street (x)', 'Sipho Dlamini']),
    ).toBe('No such address: [redacted], [redacted].');
  });

  it('takes out markup and control characters', () => {
    expect(scrub('<html><b>Bad</b>\u0000\r\nrequest</html>')).toBe('Bad request');
  });

  it('leaves no half of a surrogate pair, neither Amazon’s nor one that the cut makes', () => {
    expect(scrub('a \ud800 b')).toBe('a \ufffd b');
    expect(scrub(`${'x'.repeat(298)}😀😀`).isWellFormed()).toBe(true);
  });
});
