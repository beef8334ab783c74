import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import type { Program } from './program.js';

/** What the search looks at; the machine's own by default. */
export interface Machine {
  readonly path: string;
  isExecutable(file: string): boolean;
  list(folder: string): readonly string[];
}

/** @returns the folder where the program's executables lie: the first on the PATH, else in the places that are usual for it. */
export function findProgram(
  program: Pick<Program, 'executables' | 'folders'>,
  machine: Machine = thisMachine(),
): string | undefined {
  const places = [
    ...machine.path.split(delimiter).filter((folder) => folder !== ''),
    ...program.folders.flatMap((pattern) => expand(pattern, machine)),
  ];
  return places.find((folder) =>
    program.executables.every((executable) => machine.isExecutable(join(folder, executable))),
  );
}

/** The folders that a pattern with one `*` (within one name) stands for, newest version first. */
function expand(pattern: string, machine: Machine): string[] {
  const parts = pattern.split(sep);
  const at = parts.findIndex((part) => part.includes('*'));
  if (at < 0) return [pattern];
  const parent = parts.slice(0, at).join(sep);
  const [before = '', after = ''] = parts[at]!.split('*');
  return machine
    .list(parent)
    .filter((name) => name.startsWith(before) && name.endsWith(after))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => join(parent, name, ...parts.slice(at + 1)));
}

function thisMachine(): Machine {
  return {
    path: process.env.PATH ?? '',
    isExecutable: (file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
    list: (folder) => {
      try {
        return readdirSync(folder);
      } catch {
        return [];
      }
    },
  };
}
