import { accountId } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { fetchNote } from './fetch-note.js';

describe('what the audit trail is told of a call', () => {
  it.each([
    ['an order', { orderId: '902-1', includedData: ['BUYER'] }, ['902-1']],
    ['an outbound order', { sellerFulfillmentOrderId: 'web-1' }, ['web-1']],
    [
      'a label that is bought',
      { body: { ShipmentRequestDetails: { AmazonOrderId: '902-2', ShipFromAddress: { Name: 'Acme' } } } },
      ['902-2'],
    ],
    ['a list', { queryStartDate: '2026-11-20T00:00:00Z' }, undefined],
    ['a body of another kind', { body: ['a'] }, undefined],
  ])('names %s, and nothing else of the parameters', (_, params, subjects) => {
    const note = fetchNote('an.operation', accountId('acme-za'), ['RECIPIENT'], params, { waiter: 'job-1' });
    expect(note).toEqual({
      ...{ action: 'fetched', accountId: 'acme-za', operation: 'an.operation', what: ['RECIPIENT'] },
      ...(subjects && { subjects }),
      onBehalfOf: 'job-1',
    });
  });
});
