import { readFileSync } from 'node:fs';
import { findOperation, type OperationDescriptor, operations } from '@fluxori/amazon-sp-models';
import { describe, expect, it } from '@jest/globals';
import { connectToSandbox } from '../../testing/connect-to-sandbox.js';
import type { SectionSource } from './section-sources.js';
import { currentSurfacePage, readSurface, surfacePath } from './surface.js';
import { kebab, surfaceCommand } from './surface-page.js';
import { usedOperations } from './used-operations.js';

describe('docs/sp-api-surface.md', () => {
  it(`is current; otherwise run ${surfaceCommand}`, () => {
    expect(readFileSync(surfacePath, 'utf8') === currentSurfacePage()).toBe(true);
  });

  it('has one row for each operation, under its API and version', () => {
    const rows = currentSurfacePage()
      .split('\n### ')
      .slice(1)
      .flatMap((part) => {
        const [name, ...lines] = part.split('\n');
        return lines.flatMap((line) => {
          const [, id] = /^\| (\w+)(?: \([\w ,]+\))? \| (?:GET|POST|PUT|PATCH|DELETE) /.exec(line) ?? [];
          return id === undefined ? [] : [`${name} ${id}`];
        });
      });
    expect(rows.sort()).toEqual(
      operations.map(({ api, version, operationId }) => `${api} ${version} ${operationId}`).sort(),
    );
  });

  it('knows the sections and capabilities that the connector has', async () => {
    await using open = await connectToSandbox({ sandbox: { orders: 0, skus: 1 } });
    const { uses, capabilities } = readSurface();
    expect(capabilities).toEqual(Object.keys(open.connector.capabilities));
    for (const { name, className } of uses.keys()) {
      const section = (open.connector as unknown as Record<string, object>)[name];
      expect([name, section?.constructor.name]).toEqual([name, className]);
    }
  });

  it('finds calls for every section, but for the one that works with others only', () => {
    const idle = [...readSurface().uses].filter(([, { own }]) => own.size === 0);
    expect(idle.map(([{ name }]) => name)).toEqual(['changes']);
  });

  it('has a section for every job', () => {
    const { uses, jobs } = readSurface();
    const sections = [...uses.keys()].map(({ name }) => kebab(name));
    expect(jobs.filter(({ section }) => !sections.includes(section))).toEqual([]);
  });
});

describe('the operations that a source calls', () => {
  const section = (name: string, className: string, text: string): SectionSource => ({
    ...{ name, className, folder: name },
    files: [{ path: `${name}/client.ts`, text }],
  });
  const of = (api: string, operationId: string, version?: string) =>
    findOperation(api, operationId, version) as OperationDescriptor;

  it('are told by the version that is named nearest before them', () => {
    const one = section(
      'orders',
      'OrdersClient',
      "a = context.api('orders').getOrder(x);\nb = context.api('orders', 'v0')\n  .getOrder(y);\n",
    );
    expect([...(usedOperations([one]).get(one)?.own ?? [])]).toEqual([
      of('orders', 'getOrder', '2026-01-01'),
      of('orders', 'getOrder', 'v0'),
    ]);
  });

  it('are found where the API is named further below, but not in comments', () => {
    const text =
      "/** Not api('sellers').getAccount. */\n// this.#api.getDestinations(x)\nthis.#api.getDestination(x);\nget #api() { return context.api('notifications'); }\n";
    const one = section('notifications', 'NotificationsClient', text);
    expect([...(usedOperations([one]).get(one)?.own ?? [])]).toEqual([of('notifications', 'getDestination')]);
  });

  it('are found through another section’s client, but only those of the method that is called', () => {
    const target = section(
      'listings',
      'ListingsClient',
      [
        'export class ListingsClient {',
        '  async patch(sku: Sku): Promise<void> {',
        '    await this.#send(sku);',
        '  }',
        '  async remove(sku: Sku): Promise<void> {',
        "    await context.api('listingsItems').deleteListingsItem(sku);",
        '  }',
        '  async #send(sku: Sku): Promise<void> {',
        "    await context.api('listingsItems').patchListingsItem(sku);",
        '  }',
        '}',
      ].join('\n'),
    );
    const caller = section(
      'prices',
      'PricingClient',
      'constructor(listings: ListingsClient) {}\nthis.#listings.patch(sku);\n',
    );
    const stranger = section('sales', 'SalesClient', 'this.#listings.remove(sku);\n');
    const uses = usedOperations([target, caller, stranger]);
    expect([...(uses.get(caller)?.through ?? [])]).toEqual([of('listingsItems', 'patchListingsItem')]);
    expect(uses.get(stranger)?.through.size).toBe(0);
  });

  it('cannot be of an API that does not exist', () => {
    const one = section('a', 'A', "api('order').getOrder();");
    expect(() => usedOperations([one])).toThrow(/calls the API order, which does not exist/);
  });
});
