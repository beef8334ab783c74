import { describe, expect, it } from '@jest/globals';
import { drawOperations } from './draw-operations.js';
import { fixtureModel, parcels } from './fixture-model.js';
import type { ApiModel } from './read-models.js';
import { pinnedSource } from './source.js';
import type { Schema } from './swagger.js';
import { writeBodyShapes } from './write-body-shapes.js';

function written(model: ApiModel): string {
  return writeBodyShapes([{ model, operations: drawOperations(model) }], pinnedSource);
}

function withBody(schema: Schema, definitions: Record<string, Schema> = {}): ApiModel {
  return fixtureModel('letters.json', 'v1', {
    paths: {
      '/l': {
        post: {
          operationId: 'send',
          parameters: [{ name: 'x', in: 'body', schema }],
          responses: { '200': {} },
        },
      },
    },
    definitions,
  });
}

describe('the shapes of bodies', () => {
  it('have a line per object, with its members, a question mark where one may be missing', () => {
    const text = written(parcels);
    expect(text).toContain("linkParcel: 'LinkRequest',");
    expect(text).toContain("linkParcelPost: 'LinkRequest[]',");
    expect(text).toContain("LinkRequest: 'mode:string kind?:string count?:number',");
  });

  it('name objects that have no name after their place, and follow compositions, maps and circles', () => {
    const text = written(
      withBody(
        { $ref: '#/definitions/Node' },
        {
          Node: {
            allOf: [
              { $ref: '#/definitions/Base' },
              { type: 'object', required: ['b'], properties: { b: { type: 'integer' } } },
            ],
          },
          Base: {
            type: 'object',
            required: ['a'],
            properties: {
              a: { type: 'object', properties: { inner: { type: 'boolean' } } },
              labels: { type: 'object', additionalProperties: { type: 'string' } },
              free: { type: 'object' },
              what: {},
              child: { $ref: '#/definitions/Node' },
            },
          },
        },
      ),
    );
    expect(text).toContain(
      "Node: 'a:Node.a labels?:string{} free?:object what?:any child?:Node b:number',\n      'Node.a': 'inner?:boolean',",
    );
  });

  it('mark an object to which members may be added', () => {
    const text = written(
      withBody({ type: 'object', properties: { a: { type: 'string' } }, additionalProperties: true }),
    );
    expect(text).toContain("send: 'a?:string *',");
  });

  it('leave out models without bodies', () => {
    expect(written(fixtureModel('letters.json', 'v1', {}))).not.toContain('letters');
  });

  it('refuse a reference that leads nowhere', () => {
    expect(() => written(withBody({ type: 'array', items: { $ref: '#/definitions/None' } }))).toThrow('None');
  });
});
