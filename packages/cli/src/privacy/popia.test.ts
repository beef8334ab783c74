import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';

const root = new URL('../../../../', import.meta.url);
const page = await readFile(new URL('docs/popia.md', root), 'utf8');

/** A file, and the part of a test's name that follows it, as far as there is one. */
const named = [...page.matchAll(/`((?:packages|docs)\/[\w./-]+)`(?: "([^"]+)")?/g)].map(([, path, test]) => ({
  path: path as string,
  test,
}));

describe('docs/popia.md', () => {
  it('names code and tests that exist', async () => {
    expect(named.length).toBeGreaterThan(30);
    for (const { path, test } of named) {
      const text = await readFile(new URL(path, root), 'utf8').catch(() => undefined);
      expect([path, text !== undefined]).toEqual([path, true]);
      if (test !== undefined) expect([path, test, text?.includes(test)]).toEqual([path, test, true]);
    }
  });

  it('has a test for each duty that the software does something for', () => {
    const duties = page.split('\n').filter((line) => /^\| \d/.test(line));
    expect(duties.length).toBeGreaterThan(12);
    for (const line of duties) {
      const [, section, , what, code, test] = line.split('|').map((cell) => cell.trim());
      if (what === '–' || section === '72') continue;
      expect([section, code !== '' && test !== '']).toEqual([section, true]);
    }
  });
});
