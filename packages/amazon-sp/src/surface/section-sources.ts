import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SourceFile {
  /** Below `src`. */
  readonly path: string;
  readonly text: string;
}

/** A section of the connector, as its source says it. */
export interface SectionSource {
  /** On the connector. */
  readonly name: string;
  /** Its client's class. */
  readonly className: string;
  /** Below `src`; all that is in it belongs to the section. */
  readonly folder: string;
  readonly files: readonly SourceFile[];
}

/** The sections and where their sources are, read from `sections.ts`. @param src - the package's `src`. */
export function readSections(src: string): readonly SectionSource[] {
  const text = readFileSync(join(src, 'sections.ts'), 'utf8');
  const sections = /export interface Sections \{(.*?)\n\}/s.exec(text)?.[1] ?? '';
  return [...sections.matchAll(/readonly (\w+): (\w+);/g)].map(([, name = '', className = '']) => {
    const [, folder = ''] = new RegExp(`${className} \\} from '\\./([\\w-]+)/`).exec(text) ?? [];
    return { name, className, folder, files: filesIn(src, folder) };
  });
}

/** The names of the sections that are core's capabilities, read from `connector.ts`. */
export function readCapabilities(src: string): readonly string[] {
  const text = readFileSync(join(src, 'connector.ts'), 'utf8');
  const [, names = ''] = /get capabilities\(\).*?return \{ ([\w, ]+) \}/s.exec(text) ?? [];
  return names.split(', ');
}

function filesIn(src: string, folder: string): readonly SourceFile[] {
  return readdirSync(join(src, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.d.ts'))
    .sort()
    .map((name) => ({
      path: join(folder, name),
      text: readFileSync(join(src, folder, name), 'utf8'),
    }));
}
