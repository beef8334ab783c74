import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiOfModel, newestFirst } from './api-of-model.js';
import type { SwaggerModel } from './swagger.js';

export interface ApiModel {
  api: string;
  version: string;
  /** The file's name, for messages. */
  file: string;
  swagger: SwaggerModel;
}

/**
 * Reads all models of a checkout of amzn/selling-partner-api-models.
 *
 * @param checkout Its root folder, or the folder that holds the `*-model` folders.
 * @returns The models, by API name, then newest version first.
 */
export function readModels(checkout: string): ApiModel[] {
  const root = existsSync(join(checkout, 'models')) ? join(checkout, 'models') : checkout;
  const models: ApiModel[] = [];
  for (const folder of readdirSync(root, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const file of readdirSync(join(root, folder.name))) {
      if (!file.endsWith('.json')) continue;
      const swagger = JSON.parse(readFileSync(join(root, folder.name, file), 'utf8')) as SwaggerModel;
      if (swagger.swagger !== '2.0') continue;
      models.push({ api: apiOfModel(file), version: swagger.info.version, file, swagger });
    }
  }
  if (models.length === 0) {
    throw new Error(
      `No Swagger 2.0 model below "${root}": give a checkout of amzn/selling-partner-api-models.`,
    );
  }
  return sortModels(models);
}

/** By API name, then newest version first, so that the order of a folder listing does not matter. */
export function sortModels(models: readonly ApiModel[]): ApiModel[] {
  return [...models].sort(
    (a, b) => (a.api < b.api ? -1 : a.api > b.api ? 1 : 0) || newestFirst(a.version, b.version),
  );
}
