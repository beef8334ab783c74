import { createHash } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Where process numbers mean the same as here: a machine, or a container on it. */
function whereabouts(): string {
  let space = '';
  try {
    space = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Only Linux has namespaces.
  }
  return createHash('sha256').update(`${hostname()} ${space}`).digest('hex').slice(0, 12);
}

/** What the files of this process's unfinished writes begin with. */
export function writerName(): string {
  return `${whereabouts()}-${process.pid}-`;
}

/** `unknown`: the writer is on another machine, or in another container, so its number says nothing here. */
export function stateOfWriter(file: string): 'dead' | 'alive' | 'unknown' {
  const [place, pid] = file.split('-');
  if (place !== whereabouts()) return 'unknown';
  try {
    process.kill(Number(pid), 0);
    return 'alive';
  } catch (error) {
    return (error as { code?: string }).code === 'ESRCH' ? 'dead' : 'alive';
  }
}
