import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const dist = resolve(import.meta.dirname, '../dist/index.js');

/** Which of our dependencies a process has loaded after this piece of program. */
function loadedAfter(program: string): string[] {
  const trace = `
    import { registerHooks } from 'node:module';
    const seen = new Set();
    registerHooks({ load(url, context, next) { for (const name of ['bullmq', '@electric-sql/pglite', 'ioredis', 'pg']) if (url.includes('/node_modules/' + name + '/')) seen.add(name); return next(url, context); } });
    const { openBackend } = await import(${JSON.stringify(dist)});
    ${program}
    process.stdout.write(JSON.stringify([...seen].sort()));
    process.exit(0);`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', trace], {
    cwd: join(dist, '../..'),
    encoding: 'utf8',
  });
  return JSON.parse(output) as string[];
}

describe('importing the backend', () => {
  it('loads no database and no queue before a URL asks for them', () => {
    expect(loadedAfter('')).toEqual([]);
    expect(loadedAfter(`await openBackend('memory:');`)).toEqual([]);
    expect(loadedAfter(`await (await openBackend('memory:')).queueConnection();`)).toEqual([
      '@electric-sql/pglite',
      'bullmq',
    ]);
  });
});
