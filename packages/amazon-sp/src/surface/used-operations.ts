import {
  defaultVersionOf,
  findOperation,
  isApiName,
  type OperationDescriptor,
  operations,
} from '@fluxori/amazon-sp-models';
import type { SectionSource, SourceFile } from './section-sources.js';

/** Which operations a section calls. */
export interface SectionUse {
  readonly own: ReadonlySet<OperationDescriptor>;
  /** By way of another section's client. */
  readonly through: ReadonlySet<OperationDescriptor>;
}

/**
 * Finds the operations of each section in its source: where `api('name', 'version')` is, the names of that API's operations are calls.
 * @throws Error when a source calls an API that does not exist.
 */
export function usedOperations(sections: readonly SectionSource[]): ReadonlyMap<SectionSource, SectionUse> {
  const own = new Map(sections.map((section) => [section, new Set(ownOperations(section.files))]));
  return new Map(
    sections.map((section) => [
      section,
      {
        own: own.get(section) ?? new Set(),
        through: new Set(throughOthers(section, sections).filter((one) => !own.get(section)?.has(one))),
      },
    ]),
  );
}

interface ApiMention {
  readonly api: string;
  readonly version: string;
  readonly at: number;
}

function ownOperations(files: readonly SourceFile[]): OperationDescriptor[] {
  const everywhere = files.flatMap(mentions);
  return files.flatMap((file) => callsIn(file.text, mentions(file), everywhere));
}

/** Calls in a text. The nearest mention before a name decides of which API and version it is; else any in the folder that has it. */
function callsIn(
  text: string,
  near: readonly ApiMention[],
  everywhere: readonly ApiMention[],
): OperationDescriptor[] {
  const names = new Set(
    everywhere.flatMap(({ api, version }) =>
      operations
        .filter((one) => one.api === api && one.version === version)
        .map(({ operationId }) => operationId),
    ),
  );
  const found: OperationDescriptor[] = [];
  for (const { 1: name = '', index } of code(text).matchAll(/\.(\w+)\b(?=[(,;)\s])/g)) {
    if (!names.has(name)) continue;
    const candidates = [
      ...near.filter(({ at }) => at < index).reverse(),
      ...near.filter(({ at }) => at > index),
      ...everywhere,
    ];
    for (const { api, version } of candidates) {
      const operation = findOperation(api, name, version);
      if (operation === undefined) continue;
      found.push(operation);
      break;
    }
  }
  return found;
}

function mentions({ path, text }: SourceFile): ApiMention[] {
  return [...code(text).matchAll(/\bapi\('(\w+)'(?:, '([^']+)')?\)/g)].map(
    ({ 1: api = '', 2: version, index }) => {
      if (!isApiName(api)) throw new Error(`${path} calls the API ${api}, which does not exist.`);
      return { api, version: version ?? defaultVersionOf(api), at: index };
    },
  );
}

/** What a section calls of another's client, e.g. `this.#listings.patch(…)`, with all that this method calls itself. */
function throughOthers(
  section: SectionSource,
  sections: readonly SectionSource[],
): readonly OperationDescriptor[] {
  return section.files.flatMap(({ text }) =>
    [...code(text).matchAll(/\b(\w+)\.(\w+)\(/g)].flatMap(([, name, method = '']) => {
      const other = sections.find((one) => one !== section && one.name === name);
      return other === undefined || !isUsed(other, section) ? [] : operationsOfMethod(other, method);
    }),
  );
}

function isUsed({ className }: SectionSource, { files }: SectionSource): boolean {
  return files.some(({ text }) => new RegExp(`\\b${className}\\b`).test(text));
}

function operationsOfMethod(section: SectionSource, method: string): readonly OperationDescriptor[] {
  const file = section.files.find(({ text }) => text.includes(`export class ${section.className} `));
  if (file === undefined) return [];
  const bodies = methodsOf(file.text);
  const found = new Set<OperationDescriptor>();
  const left = [method];
  const seen = new Set<string>();
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const body = bodies.get(name) ?? '';
    const near = mentions({ path: file.path, text: body });
    for (const one of callsIn(body, near, mentions(file))) found.add(one);
    for (const [, called = ''] of code(body).matchAll(/this\.(#?\w+)\(/g)) left.push(called);
  }
  return [...found];
}

/** The bodies of a class's methods, as the formatter lays them out. */
function methodsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^ {2}(?:async )?(#?\w+)\(.*?^ {2}\}$/gms)].map(([body, name = '']) => [name, body]),
  );
}

/** Without comments, in which operations are only spoken of; as long as before. */
function code(text: string): string {
  return text.replaceAll(/\/\*.*?\*\/|(?<=^\s*)\/\/[^\n]*/gms, (comment) => ' '.repeat(comment.length));
}
