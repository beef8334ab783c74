import type { ApiModel } from './read-models.js';
import type { SwaggerModel } from './swagger.js';

/** A model file in memory, for tests: what is not given is empty. */
export function fixtureModel(file: string, version: string, swagger: Partial<SwaggerModel>): ApiModel {
  const api = file.replace(/[-_V].*$/, '');
  return { api, version, file, swagger: { swagger: '2.0', info: { version }, paths: {}, ...swagger } };
}

const usageTable =
  '**Usage Plan:**\n\n| Rate (requests per second) | Burst |\n| ---- | ---- |\n| 0.5 | 30 |\n\nMore.';

/** Two operations that use what Amazon's models use: shared parameters, lists, allOf, enumerations, a body. */
export const parcels: ApiModel = fixtureModel('parcels_2024-01-02.json', '2024-01-02', {
  consumes: ['application/json'],
  produces: ['application/json'],
  parameters: {
    parcelId: { name: 'parcelId', in: 'path', required: true, type: 'string', pattern: "^[a-z']+\\d$" },
  },
  paths: {
    '/parcels/2024-01-02/parcels': {
      get: {
        operationId: 'listParcels',
        description: usageTable,
        parameters: [
          {
            name: 'kinds',
            in: 'query',
            type: 'array',
            items: { type: 'string', enum: ['BOX', 'BAG'] },
            maxItems: 5,
          },
          { name: 'ids', in: 'query', type: 'array', items: { type: 'string' }, collectionFormat: 'multi' },
          { name: 'since', in: 'query', required: true, type: 'string', format: 'date-time' },
          {
            name: 'details',
            in: 'query',
            required: false,
            type: 'string',
            format: 'boolean',
            default: 'true',
          },
          { name: 'limit', in: 'query', type: 'integer', minimum: 0, maximum: 100, default: 10 },
          { name: 'x-amzn-key', in: 'header', type: 'string' },
          {
            name: 'sortBy',
            in: 'query',
            type: 'string',
            collectionFormat: 'csv',
            items: { type: 'string', enum: ['A', 'Z'] },
          },
        ],
        responses: {
          '429': { schema: { $ref: '#/definitions/ErrorList' } },
          '200': { schema: { $ref: '#/definitions/ParcelPage' } },
        },
      },
    },
    '/parcels/2024-01-02/parcels/{parcelId}': {
      parameters: [{ $ref: '#/parameters/parcelId' }],
      put: {
        operationId: 'linkParcel',
        deprecated: true,
        description: 'This is a sandbox-only operation. The `linkParcel` operation is grantless.',
        parameters: [
          { name: 'linkRequest', in: 'body', required: true, schema: { $ref: '#/definitions/LinkRequest' } },
        ],
        produces: ['application/hal+json'],
        responses: { '200': {}, '204': { schema: { $ref: '#/definitions/ErrorList' } }, '400': {} },
      },
      post: {
        operationId: 'linkParcel',
        parameters: [{ name: 'batch', in: 'body', schema: { $ref: '#/definitions/LinkBatch' } }],
        responses: {
          '200': { schema: { $ref: '#/definitions/Parcel' } },
          '204': { schema: { type: 'string' } },
        },
        'x-amzn-api-sandbox': { dynamic: {} },
      },
    },
  },
  definitions: {
    ParcelPage: {
      allOf: [
        { $ref: '#/definitions/Page' },
        {
          type: 'object',
          required: ['parcels'],
          properties: { parcels: { type: 'array', items: { $ref: '#/definitions/Parcel' } } },
        },
      ],
    },
    Page: { type: 'object', properties: { nextToken: { type: 'string' } } },
    Parcel: {
      type: 'object',
      required: ['kind', 'absent'],
      properties: {
        kind: { $ref: '#/definitions/Kind' },
        'weight-kg': { type: 'number', format: 'double' },
        tags: { type: 'array', items: { type: 'string', enum: ['FRAGILE', "O'CLOCK"] } },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        headers: {
          type: 'object',
          properties: { date: { type: 'string' } },
          additionalProperties: { type: 'string' },
        },
        free: { type: 'object' },
        parent: { $ref: '#/definitions/Parcel', 'x-nullable': true },
        note: { type: 'string', 'x-nullable': true },
      },
    },
    Kind: { type: 'string', enum: ['BOX', 'BAG', 'BOX'] },
    LinkRequest: {
      type: 'object',
      required: ['mode'],
      properties: {
        mode: { type: 'string', enum: ['HARD', 'SOFT'] },
        kind: { $ref: '#/definitions/Kind' },
        count: { type: 'integer' },
      },
    },
    LinkBatch: { type: 'array', items: { $ref: '#/definitions/LinkRequest' } },
    ErrorList: { type: 'object', properties: { errors: { type: 'array', items: { type: 'object' } } } },
  },
});
