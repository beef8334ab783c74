import { moduleOf } from './api-of-model.js';
import { literal, propertyName } from './literal.js';
import { header, type ModelSource } from './source.js';

export interface VersionFacts {
  api: string;
  version: string;
  /** Whether every operation of it is deprecated. */
  deprecated: boolean;
}

/** Writes the versions of every API, newest first, and the one that is meant when none is named. */
export function writeVersions(facts: readonly VersionFacts[], source: ModelSource): string {
  const rows = [...groupByApi(facts)];
  const ofRow = ([api, versions]: [string, VersionFacts[]]) =>
    `  ${propertyName(api)}: ${literal(versions.map(({ version }) => version))},\n`;
  const defaultOfRow = ([api, versions]: [string, VersionFacts[]]) => {
    const chosen = versions.find(({ deprecated }) => !deprecated) ?? versions[0];
    return `  ${propertyName(api)}: ${literal(chosen?.version)},\n`;
  };
  return [
    header(source),
    '/** The versions of every API, newest first. */\n',
    `export const versions = {\n${rows.map(ofRow).join('')}} as const;\n\n`,
    '/** The newest version of every API that is not wholly deprecated. */\n',
    `export const defaultVersions = {\n${rows.map(defaultOfRow).join('')}} as const;\n\n`,
    'export type DefaultVersions = typeof defaultVersions;\n',
  ].join('');
}

/** Writes the map from API name and version to the types of its operations. */
export function writeSpApiOperations(facts: readonly VersionFacts[], source: ModelSource): string {
  const groups = [...groupByApi(facts)];
  const imports = facts.map(
    ({ api, version }) =>
      `import type { Operations as ${aliasOf(api, version)} } from './models/${moduleOf(api, version)}.js';\n`,
  );
  const rows = groups.map(([api, versions]) => {
    const inner = versions.map(({ version }) => `${propertyName(version)}: ${aliasOf(api, version)}`);
    return `  ${propertyName(api)}: { ${inner.join('; ')} };\n`;
  });
  return [
    header(source),
    ...imports,
    '\n/** Parameters and answers of every operation: API name, version, operationId. */\n',
    `export interface SpApiOperations {\n${rows.join('')}}\n`,
  ].join('');
}

function groupByApi(facts: readonly VersionFacts[]): Map<string, VersionFacts[]> {
  return Map.groupBy(facts, ({ api }) => api);
}

function aliasOf(api: string, version: string): string {
  return `${api.charAt(0).toUpperCase()}${api.slice(1)}_${version.replaceAll('-', '_')}`;
}
