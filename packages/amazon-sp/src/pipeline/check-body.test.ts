import { findOperation, type OperationDescriptor, operations } from '@fluxori/amazon-sp-models';
import { describe, expect, it } from '@jest/globals';
import { sampleBody } from '../../testing/sample-body.js';
import { checkBody } from './check-body.js';

function operation(api: string, operationId: string, version?: string): OperationDescriptor {
  return findOperation(api, operationId, version) as OperationDescriptor;
}

const confirmShipment = operation('orders', 'confirmShipment', 'v0');
const confirmation = {
  marketplaceId: 'AE08WJ6YKNBMC',
  packageDetail: {
    packageReferenceId: '1',
    carrierCode: 'Other',
    trackingNumber: 'BG1',
    shipDate: '2026-01-31T08:00:00Z',
    orderItems: [{ orderItemId: '1', quantity: 1 }],
  },
};

function findings(detail: Record<string, unknown>) {
  const { problems, strangers } = checkBody(confirmShipment, {
    ...confirmation,
    packageDetail: { ...confirmation.packageDetail, ...detail },
  });
  return { problems: problems.map(({ field, text }) => `${field}: ${text}`), strangers };
}

describe('a request body', () => {
  it('fits when it is what the model has, in full or with the required members only', () => {
    const wrong = operations
      .filter(({ parameters }) => parameters.some(({ in: place }) => place === 'body'))
      .flatMap((one) =>
        (['all', 'required'] as const).flatMap((fullness) => {
          const { problems, strangers } = checkBody(one, sampleBody(one, 'AE08WJ6YKNBMC', fullness));
          return problems.length + strangers.length > 0 ? [[one.operationId, problems, strangers]] : [];
        }),
      );
    expect(wrong).toEqual([]);
  });

  it('is checked for every operation that takes one: none of the 148 is left open', () => {
    const takers = operations.filter(({ parameters }) =>
      parameters.some(({ in: place }) => place === 'body'),
    );
    expect(takers).toHaveLength(148);
    const open = takers.filter((one) => {
      const wrong = ['text', 7, one.operationId === 'getMyFeesEstimates' ? {} : []];
      return wrong.some((body) => checkBody(one, body).problems.length === 0);
    });
    expect(open.map(({ operationId }) => operationId)).toEqual([]);
  });

  it('is refused without each of its required members, whatever the operation', () => {
    let tried = 0;
    for (const one of operations) {
      const body = sampleBody(one, 'AE08WJ6YKNBMC', 'required');
      if (typeof body !== 'object' || body === null || Array.isArray(body)) continue;
      for (const name of Object.keys(body)) {
        const { problems } = checkBody(one, { ...body, [name]: undefined });
        expect(problems[0]).toMatchObject({
          field: `body.${name}`,
          text: expect.stringMatching(/^is required/),
        });
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(200);
  });

  it('is checked all the way down: missing members and wrong types are named with their place', () => {
    expect(findings({ carrierCode: undefined, trackingNumber: 7 }).problems).toEqual([
      'body.packageDetail.carrierCode: is required (text)',
      'body.packageDetail.trackingNumber: must be text, not a number',
    ]);
    expect(
      findings({ orderItems: [{ orderItemId: '1', quantity: 1 }, { orderItemId: '2', quantity: '2' }, null] })
        .problems,
    ).toEqual([
      'body.packageDetail.orderItems[1].quantity: must be a number, not text',
      'body.packageDetail.orderItems[2]: must be an object, not null',
    ]);
    expect(findings({ orderItems: {} }).problems).toEqual([
      'body.packageDetail.orderItems: must be a list, not an object',
    ]);
    expect(findings({ carrierCode: null }).problems).toEqual([
      'body.packageDetail.carrierCode: is required, and null',
    ]);
  });

  it('may leave out, or set to null, what is not required', () => {
    expect(findings({ carrierName: null, shippingMethod: undefined })).toEqual({
      problems: [],
      strangers: [],
    });
  });

  it('may hold dates and other things that know how to become JSON', () => {
    expect(findings({ shipDate: new Date('2026-01-31T08:00:00Z') }).problems).toEqual([]);
  });

  it('may hold members that are newer than the model; they are told, once however often they stand there', () => {
    const strange = { orderItemId: '1', quantity: 1, qty: 1 };
    expect(findings({ carrierNam: 'x', orderItems: [strange, strange] })).toEqual({
      problems: [],
      strangers: [
        'body.packageDetail.orderItems[].qty',
        'body.packageDetail.carrierNam; did you mean "carrierName"?',
      ],
    });
  });

  it('tells the mistyped name of a required member', () => {
    expect(findings({ carrierCode: undefined, carriercode: 'x' }).problems).toEqual([
      'body.packageDetail.carrierCode: is required (text); "carriercode" is not its name',
    ]);
  });

  it('never has its values repeated', () => {
    const told = findings({ trackingNumber: { secret: 'Thandi' }, orderItems: 'Thandi' });
    expect(JSON.stringify(told)).not.toContain('Thandi');
  });

  it('lists the first twenty problems only', () => {
    expect(findings({ orderItems: Array.from({ length: 1_000 }, () => 1) }).problems).toHaveLength(20);
  });

  it('is not judged where the model leaves it open', () => {
    const report = operation('reports', 'createReport');
    const body = { reportType: 'X', marketplaceIds: ['AE08WJ6YKNBMC'], reportOptions: { anyName: 'any' } };
    expect(checkBody(report, body)).toEqual({ problems: [], strangers: [] });
    expect(checkBody(report, { ...body, reportOptions: { anyName: 1 } }).problems).toEqual([
      { field: 'body.reportOptions.anyName', text: 'must be text, not a number' },
    ]);
  });
});
