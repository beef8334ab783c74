import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeWith } from './describe-with.js';

/** What `describeWith` did with a runner's globals. */
function calls(work: () => void): string[] {
  const real = globalThis as { describe?: unknown; it?: unknown };
  const kept = { describe: real.describe, it: real.it };
  const made: string[] = [];
  const record = (word: string, run: boolean) => (name: string, body: () => void) => {
    made.push(`${word} ${name}`);
    if (run) body();
  };
  real.describe = Object.assign(record('describe', true), { skip: record('skip', false) });
  real.it = (name: string, body: () => void) => {
    made.push(`it ${name}`);
    try {
      body();
    } catch (error) {
      made.push(String(error));
    }
  };
  try {
    work();
  } finally {
    Object.assign(real, kept);
  }
  return made;
}

describe('describeWith', () => {
  const kept = { ...process.env };
  beforeEach(() => {
    delete process.env.FLUXORI_TEST_REDIS_URL;
    delete process.env.FLUXORI_TEST_REQUIRE_SERVICES;
    process.env.FLUXORI_TEST_REDIS_MISSING = 'redis-server not found';
  });
  afterEach(() => {
    for (const name of [
      'FLUXORI_TEST_REDIS_URL',
      'FLUXORI_TEST_REQUIRE_SERVICES',
      'FLUXORI_TEST_REDIS_MISSING',
    ]) {
      if (kept[name] === undefined) delete process.env[name];
      else process.env[name] = kept[name];
    }
  });
  const suite = () => describeWith('redis', 'locks', () => {});

  it('describes the suite when the service is there', () => {
    process.env.FLUXORI_TEST_REDIS_URL = 'redis://127.0.0.1:1';
    expect(calls(suite)).toEqual(['describe locks']);
  });

  it('skips it with the reason in its name when it is not', () => {
    expect(calls(suite)).toEqual(['skip locks [skipped, no Redis: redis-server not found]']);
  });

  it('fails it with the reason where services are required', () => {
    process.env.FLUXORI_TEST_REQUIRE_SERVICES = '1';
    const made = calls(suite);
    expect(made.slice(0, 2)).toEqual(['describe locks', 'it has its Redis']);
    expect(made[2]).toContain('redis-server not found');
  });

  it('says what to do when nothing has looked for the service', () => {
    delete process.env.FLUXORI_TEST_REDIS_MISSING;
    expect(calls(suite)[0]).toContain('jest.config.ts');
  });
});
