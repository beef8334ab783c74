import { describe, expect, it } from '@jest/globals';
import { fixtureModel, parcels } from './fixture-model.js';
import { generate } from './generate.js';
import { sortModels } from './read-models.js';
import { pinnedSource } from './source.js';

const older = fixtureModel('parcelsV0.json', 'v0', {
  paths: { '/v0': { get: { operationId: 'old', responses: { '200': {} } } } },
});
const retired = fixtureModel('parcels_2025-01-01.json', '2025-01-01', {
  paths: { '/new': { get: { operationId: 'gone', deprecated: true, responses: { '200': {} } } } },
});
const letters = fixtureModel('letters.json', 'v1', {});

describe('generate', () => {
  it('gives the same bytes whatever order the folder is listed in', () => {
    const one = generate(sortModels([parcels, letters, older, retired]), pinnedSource);
    const other = generate(sortModels([retired, older, letters, parcels]), pinnedSource);
    expect([...other]).toEqual([...one]);
  });

  it('writes the table, the versions, the map of types, and one file per model', () => {
    const files = generate(sortModels([parcels, older]), pinnedSource);
    expect([...files.keys()]).toEqual([
      'operations.ts',
      'body-shapes.ts',
      'versions.ts',
      'sp-api-operations.ts',
      'models/parcels-2024-01-02.ts',
      'models/parcels-v0.ts',
    ]);
  });

  it('lists versions newest first and takes the newest for default that is not wholly deprecated', () => {
    const versions = generate(sortModels([older, retired, parcels]), pinnedSource).get('versions.ts');
    expect(versions).toContain("parcels: ['2025-01-01', '2024-01-02', 'v0'],");
    expect(versions).toContain("parcels: '2024-01-02',");
  });

  it('takes the newest version for default if all are deprecated', () => {
    const versions = generate([retired], pinnedSource).get('versions.ts');
    expect(versions).toContain("parcels: '2025-01-01',");
  });

  it('maps API names and versions to the types of their operations', () => {
    const types = generate(sortModels([older, parcels]), pinnedSource).get('sp-api-operations.ts');
    expect(types).toContain(
      "import type { Operations as Parcels_2024_01_02 } from './models/parcels-2024-01-02.js';\n",
    );
    expect(types).toContain("  parcels: { '2024-01-02': Parcels_2024_01_02; v0: Parcels_v0 };\n");
  });

  it('writes one line per parameter into the table', () => {
    const table = generate([parcels], pinnedSource).get('operations.ts');
    expect(table).toContain(
      "      { name: 'since', in: 'query', required: true, type: 'string', format: 'date-time' },\n",
    );
    expect(table).toContain(`pattern: '^[a-z\\']+\\\\d$' },\n`);
  });

  it('refuses two models of one API version', () => {
    expect(() => generate([parcels, parcels], pinnedSource)).toThrow('parcels 2024-01-02');
  });
});
