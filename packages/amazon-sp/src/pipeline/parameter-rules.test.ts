import { operations } from '@fluxori/amazon-sp-models';
import { isErrorOf } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { operationNamed } from './api-client.js';
import { checkParameters } from './check-parameters.js';
import { operationKey } from './operation-name.js';
import { parameterRules } from './parameter-rules.js';

function problems(api: string, operationId: string, params: Record<string, unknown>): readonly string[] {
  try {
    checkParameters(operationNamed(api, operationId), params, { region: 'eu', account: 'acme-za' });
    return [];
  } catch (error) {
    if (isErrorOf(error, 'ValidationError')) return error.problems ?? [];
    throw error;
  }
}

const marketplaceIds = ['AE08WJ6YKNBMC'];

describe('parameters that go together, or do not', () => {
  it('are named by rules whose operations and parameters exist', () => {
    const known = new Map(
      operations.map((one) => [operationKey(one), one.parameters.map(({ name }) => name)]),
    );
    for (const [key, { alone, oneOf = [], excludes = [], together = [] }] of Object.entries(parameterRules)) {
      const named = [...(alone ? [alone] : []), ...oneOf, ...excludes.flat(), ...together.flat()];
      expect(known.get(key) ?? []).toEqual(expect.arrayContaining(named));
    }
  });

  it.each([
    ['reports', 'getReports', 'reportTypes'],
    ['feeds', 'getFeeds', 'feedTypes'],
  ])('%s.%s takes a page token only by itself, and says what to leave out', (api, id, types) => {
    expect(problems(api, id, { nextToken: 't' })).toEqual([]);
    expect(problems(api, id, { [types]: ['X'], pageSize: 10 })).toEqual([]);
    expect(problems(api, id, { nextToken: 't', [types]: ['X'], pageSize: 10 })).toEqual([
      expect.stringMatching(new RegExp(`^nextToken: .*Leave out .*${types}`)),
    ]);
    expect(problems(api, id, { pageSize: 10 })).toEqual([`${types}: one of ${types}, nextToken is needed`]);
    expect(problems(api, id, { nextToken: 't', [types]: undefined })).toEqual([]);
  });

  it('exclude each other where Amazon says so', () => {
    const search = (params: Record<string, unknown>) =>
      problems('productTypeDefinitions', 'searchDefinitionsProductTypes', { marketplaceIds, ...params });
    expect(search({ keywords: ['bag'] })).toEqual([]);
    expect(search({ keywords: ['bag'], itemName: 'A bag' })).toEqual([
      'keywords: cannot be used together with itemName',
    ]);
  });

  it('come in pairs where Amazon says so', () => {
    const list = (params: Record<string, unknown>) => problems('finances', 'listTransactions', params);
    expect(list({ relatedIdentifierName: 'ORDER_ID', relatedIdentifierValue: '902-1' })).toEqual([]);
    expect(list({ relatedIdentifierName: 'ORDER_ID' })).toEqual([
      'relatedIdentifierValue: is needed together with relatedIdentifierName',
    ]);
    expect(list({})).toEqual([expect.stringContaining('one of postedAfter')]);
  });
});
