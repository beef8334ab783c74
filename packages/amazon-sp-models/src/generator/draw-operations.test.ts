import { describe, expect, it } from '@jest/globals';
import { drawOperations } from './draw-operations.js';
import { fixtureModel, parcels } from './fixture-model.js';
import type { Operation } from './swagger.js';

const [list, put, post] = drawOperations(parcels).map(({ descriptor }) => descriptor);

describe('drawOperations', () => {
  it('draws the place, path, usage plan and sorted codes of an operation', () => {
    expect(list).toMatchObject({
      api: 'parcels',
      version: '2024-01-02',
      operationId: 'listParcels',
      method: 'GET',
      path: '/parcels/2024-01-02/parcels',
      rate: 0.5,
      burst: 30,
      successCodes: [200],
      errorCodes: [429],
    });
  });

  it('leaves out what does not hold: no flags, no content types, no rate', () => {
    expect(Object.keys(list ?? {}).sort()).toEqual([
      'api',
      'burst',
      'errorCodes',
      'method',
      'operationId',
      'parameters',
      'path',
      'rate',
      'successCodes',
      'version',
    ]);
    expect(post).not.toHaveProperty('rate');
  });

  it('writes out how a list travels, csv where the model says nothing', () => {
    expect(list?.parameters.slice(0, 2)).toEqual([
      {
        name: 'kinds',
        in: 'query',
        type: 'array',
        maxItems: 5,
        items: { type: 'string', enum: ['BOX', 'BAG'] },
        collectionFormat: 'csv',
      },
      { name: 'ids', in: 'query', type: 'array', items: { type: 'string' }, collectionFormat: 'multi' },
    ]);
  });

  it('keeps limits and defaults, also when they are 0', () => {
    expect(list?.parameters.find(({ name }) => name === 'limit')).toEqual({
      name: 'limit',
      in: 'query',
      type: 'integer',
      minimum: 0,
      maximum: 100,
      default: 10,
    });
  });

  it('takes a string with the format "boolean" for a boolean', () => {
    expect(list?.parameters.find(({ name }) => name === 'details')).toEqual({
      name: 'details',
      in: 'query',
      type: 'boolean',
      default: true,
    });
  });

  it('takes the enumeration of a scalar from its items, and no list format with it', () => {
    expect(list?.parameters.find(({ name }) => name === 'sortBy')).toEqual({
      name: 'sortBy',
      in: 'query',
      type: 'string',
      enum: ['A', 'Z'],
    });
  });

  it('joins the parameters of the path in, and follows references to shared ones', () => {
    expect(put?.parameters[0]).toEqual({
      name: 'parcelId',
      in: 'path',
      required: true,
      type: 'string',
      pattern: "^[a-z']+\\d$",
    });
  });

  it('names the body `body` and tells whether it is an object or a list', () => {
    expect(put?.parameters[1]).toEqual({ name: 'body', in: 'body', required: true, type: 'object' });
    expect(post?.parameters[1]).toEqual({ name: 'body', in: 'body', type: 'array' });
  });

  it('gives the second of two equal operationIds its method as a suffix', () => {
    expect([put?.operationId, post?.operationId]).toEqual(['linkParcel', 'linkParcelPost']);
  });

  it('refuses a model in which a suffix does not make the operationId unique', () => {
    const operation: Operation = { operationId: 'same', responses: { '200': {} } };
    const model = fixtureModel('same_2024-01-02.json', '2024-01-02', {
      paths: { '/a': { get: operation }, '/b': { get: operation }, '/c': { get: operation } },
    });
    expect(() => drawOperations(model)).toThrow('same_2024-01-02.json: the operationId "sameGet"');
  });

  it('refuses parameters that would fall together in one flat object', () => {
    const model = fixtureModel('flat_2024-01-02.json', '2024-01-02', {
      paths: {
        '/a': {
          get: {
            operationId: 'a',
            parameters: [
              { name: 'body', in: 'query', type: 'string' },
              { name: 'request', in: 'body', schema: {} },
            ],
            responses: { '200': {} },
          },
        },
      },
    });
    expect(() => drawOperations(model)).toThrow('share a name: query body, body body');
  });

  it('lets an operation override a parameter of its path', () => {
    const model = fixtureModel('over_2024-01-02.json', '2024-01-02', {
      paths: {
        '/a': {
          parameters: [{ name: 'q', in: 'query', type: 'string' }],
          get: {
            operationId: 'a',
            parameters: [{ name: 'q', in: 'query', type: 'integer' }],
            responses: { '200': {} },
          },
        },
      },
    });
    expect(drawOperations(model)[0]?.descriptor.parameters).toEqual([
      { name: 'q', in: 'query', type: 'integer' },
    ]);
  });

  it('reads deprecated, sandbox-only, dynamic sandbox, grantless and other content types', () => {
    expect(put).toMatchObject({
      deprecated: true,
      sandboxOnly: true,
      grantless: true,
      produces: ['application/hal+json'],
    });
    expect(put).not.toHaveProperty('dynamicSandbox');
    expect(post).toMatchObject({ dynamicSandbox: true });
    expect(post).not.toHaveProperty('sandboxOnly');
  });

  it('knows the sandbox marks of Amazon that a copy without examples has lost', () => {
    const model = fixtureModel('notifications.json', 'v1', {
      paths: { '/n': { post: { operationId: 'sendTestNotification', responses: { '204': {} } } } },
    });
    const [drawn] = drawOperations({ ...model, api: 'notifications' });
    expect(drawn?.descriptor).toMatchObject({ sandboxOnly: true, dynamicSandbox: true });
  });

  it('says which reference leads nowhere', () => {
    const model = fixtureModel('lost_2024-01-02.json', '2024-01-02', {
      paths: {
        '/a': { get: { operationId: 'a', parameters: [{ $ref: '#/parameters/gone' }], responses: {} } },
      },
    });
    expect(() => drawOperations(model)).toThrow('"#/parameters/gone"');
  });
});
