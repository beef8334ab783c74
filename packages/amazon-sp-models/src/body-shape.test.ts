import { describe, expect, it } from '@jest/globals';
import {
  type Body,
  type BodyType,
  bodyOf,
  findOperation,
  type OperationDescriptor,
  operations,
} from './index.js';

function body(api: string, operationId: string, version?: string): Body | undefined {
  return bodyOf(findOperation(api, operationId, version) as OperationDescriptor);
}

describe('bodyOf', () => {
  it('knows a body exactly of the operations that take one', () => {
    for (const operation of operations) {
      const takesOne = operation.parameters.some((parameter) => parameter.in === 'body');
      expect([operation.operationId, bodyOf(operation) !== undefined]).toEqual([
        operation.operationId,
        takesOne,
      ]);
    }
  });

  it('knows members, which are required, and their types', () => {
    const confirm = body('orders', 'confirmShipment', 'v0');
    expect(confirm?.type).toEqual({ kind: 'shape', name: 'ConfirmShipmentRequest' });
    const { members, open } = confirm?.shape('PackageDetail') ?? {};
    expect(open).toBe(false);
    expect(members?.get('carrierCode')).toEqual({ required: true, type: { kind: 'string' } });
    expect(members?.get('carrierName')).toEqual({ required: false, type: { kind: 'string' } });
    expect(members?.get('orderItems')).toMatchObject({ required: true, type: { kind: 'list' } });
  });

  it('knows a body that is a list', () => {
    expect(body('productFees', 'getMyFeesEstimates')?.type).toEqual({
      kind: 'list',
      of: { kind: 'shape', name: 'FeesEstimateByIdRequest' },
    });
  });

  it('has a shape for every name that a type uses', () => {
    const visit = (one: Body, type: BodyType, seen: Set<string>): void => {
      if (type.kind === 'list' || type.kind === 'map') visit(one, type.of, seen);
      if (type.kind !== 'shape' || seen.has(type.name)) return;
      seen.add(type.name);
      expect(one.shape(type.name).members.size).toBeGreaterThan(0);
      for (const member of one.shape(type.name).members.values()) visit(one, member.type, seen);
    };
    let shapes = 0;
    for (const operation of operations) {
      const one = bodyOf(operation);
      const seen = new Set<string>();
      if (one !== undefined) visit(one, one.type, seen);
      shapes += seen.size;
    }
    expect(shapes).toBeGreaterThan(800);
  });
});
