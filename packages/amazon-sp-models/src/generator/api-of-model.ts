import { basename } from 'node:path';

/** Model files whose name, without its version, is not the API's name in camelCase. */
const renamed: Readonly<Record<string, string>> = {
  InvoicesApiModel: 'invoices',
  appIntegrations: 'applicationIntegrations',
  application: 'applicationManagement',
  definitionsProductTypes: 'productTypeDefinitions',
  fbaInbound: 'fbaInboundEligibility',
};

/** What stands between a file's name and `.json`: `_2026-01-01`, `-2022-11-07`, `V2022-07-01`, `V0`. */
const versionSuffix = /[-_]?(?:V?\d{4}-\d{2}-\d{2}|V\d+)$/;

/**
 * The stable camelCase name of the API that a model file describes.
 *
 * @param file Path or name of the model file, such as `orders_2026-01-01.json`.
 */
export function apiOfModel(file: string): string {
  const stem = basename(file, '.json').replace(versionSuffix, '');
  const api = renamed[stem] ?? stem;
  if (!/^[a-z][A-Za-z0-9]*$/.test(api)) {
    throw new Error(`No API name can be made of "${file}": add a row to api-of-model.ts.`);
  }
  return api;
}

/** Orders versions from newest to oldest: dates first, then `v2`, `v1`, `v0`. */
export function newestFirst(a: string, b: string): number {
  return sortKey(a) < sortKey(b) ? 1 : sortKey(a) > sortKey(b) ? -1 : 0;
}

function sortKey(version: string): string {
  const numbered = /^v(\d+)$/.exec(version);
  return numbered ? `0-${numbered[1]?.padStart(4, '0')}` : `1-${version}`;
}

/** The name of the generated file of an API version: `orders-2026-01-01`. */
export function moduleOf(api: string, version: string): string {
  return `${api.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-${version}`;
}
