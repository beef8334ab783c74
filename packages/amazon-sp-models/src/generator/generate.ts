import { moduleOf } from './api-of-model.js';
import { drawOperations } from './draw-operations.js';
import type { ApiModel } from './read-models.js';
import type { ModelSource } from './source.js';
import { writeBodyShapes } from './write-body-shapes.js';
import { writeSpApiOperations, writeVersions } from './write-index.js';
import { writeModel } from './write-model.js';
import { writeOperations } from './write-operations.js';

/** Generated files: their paths below `generated/`, and their text. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/**
 * Draws everything from the models. The same models give the same bytes.
 *
 * @param models In the order of `sortModels`.
 * @param source Named in the header of every file.
 */
export function generate(models: readonly ApiModel[], source: ModelSource): GeneratedFiles {
  const files = new Map<string, string>();
  const drawn = models.map((model) => ({ model, operations: drawOperations(model) }));
  const facts = drawn.map(({ model, operations }) => ({
    api: model.api,
    version: model.version,
    deprecated: operations.every(({ descriptor }) => descriptor.deprecated),
  }));
  const descriptors = drawn.flatMap(({ operations }) => operations.map(({ descriptor }) => descriptor));
  files.set('operations.ts', writeOperations(descriptors, source));
  files.set('body-shapes.ts', writeBodyShapes(drawn, source));
  files.set('versions.ts', writeVersions(facts, source));
  files.set('sp-api-operations.ts', writeSpApiOperations(facts, source));
  for (const { model, operations } of drawn) {
    const path = `models/${moduleOf(model.api, model.version)}.ts`;
    if (files.has(path))
      throw new Error(`${model.file}: another model is ${model.api} ${model.version} too.`);
    files.set(path, writeModel(model, operations, source));
  }
  return files;
}
