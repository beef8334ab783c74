import { readFile } from 'node:fs/promises';
import { operations } from '@fluxori/amazon-sp-models';
import { describe, expect, it } from '@jest/globals';
import { faultSchema } from './faults/fault.js';
import { implementations } from './operations/implementations.js';
import { sandboxOptionsSchema } from './options.js';
import { example } from './testing/readme-example.js';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

describe('The README', () => {
  it('has the example that runs', async () => {
    const source = await readFile(new URL('./testing/readme-example.ts', import.meta.url), 'utf8');
    const body = /\{\n([\s\S]*?)\n {2}return /.exec(source)?.[1]?.replaceAll(/^ {2}/gm, '').trim();
    expect(body).toBeTruthy();
    expect(readme).toContain(body);
    expect(await example()).toEqual({ statuses: [503, 200], requests: 2, throttled: 0, tokenCalls: 1 });
  });

  it('names every option, every kind of fault, and the right numbers', () => {
    for (const option of Object.keys(sandboxOptionsSchema.shape)) expect(readme).toContain(`\`${option}\``);
    for (const { shape } of faultSchema.options) expect(readme).toContain(`\`${[...shape.kind.values][0]}\``);
    expect(readme).toContain(`${implementations.length} operations`);
    expect(readme).toContain(`${operations.filter((one) => one.rate === undefined).length} operations`);
  });
});
