import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readModels } from './read-models.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sp-api-models-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function put(path: string, content: object): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), JSON.stringify(content));
}

const model = (version: string) => ({ swagger: '2.0', info: { version }, paths: {} });

describe('readModels', () => {
  it('reads a checkout, where the models lie below models/', () => {
    put('models/orders-api-model/ordersV0.json', model('v0'));
    put('models/orders-api-model/orders_2026-01-01.json', model('2026-01-01'));
    put('models/feeds-api-model/feeds_2021-06-30.json', model('2021-06-30'));
    put('schemas/reports/report.json', model('v9'));
    expect(readModels(folder).map(({ api, version }) => `${api} ${version}`)).toEqual([
      'feeds 2021-06-30',
      'orders 2026-01-01',
      'orders v0',
    ]);
  });

  it('reads a folder of model folders, and passes over what is no Swagger model', () => {
    put('sales-api-model/sales.json', model('v1'));
    put('schemas/schema.json', { $schema: 'http://json-schema.org/draft-07/schema' });
    put('README.json', {});
    expect(readModels(folder).map(({ file }) => file)).toEqual(['sales.json']);
  });

  it('says what it wants when there is no model', () => {
    expect(() => readModels(folder)).toThrow('give a checkout of amzn/selling-partner-api-models');
  });
});
