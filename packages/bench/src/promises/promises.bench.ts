import { spawn } from 'node:child_process';
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { BenchResult } from '../bench-report.js';

/** What Jest's `--json` says of a run, as far as it is read here. */
interface JestRun {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * Holds the clock against what is promised: runs the suites that do so one after another with every bound of time to its word. The tests run them too,
 * with room for a machine that others use. One bar for each suite: how many of its promises were broken, of which none may be.
 */
export async function bench(): Promise<BenchResult> {
  const { testResults } = await runSuites(await suitesOfPromises());
  const suites = testResults.map(({ name, message, assertionResults }) => {
    if (message !== '') process.stderr.write(`${message}\n`);
    const broken = assertionResults.filter(({ status }) => status === 'failed').length;
    // A suite that does not even load has a message and no tests.
    const failed = assertionResults.length === 0 ? 1 : broken;
    return { name: relative(process.cwd(), name), tests: assertionResults.length, failed };
  });
  suites.sort((one, other) => one.name.localeCompare(other.name));
  return {
    figures: {
      suites: suites.length,
      tests: suites.reduce((sum, { tests }) => sum + tests, 0),
    },
    bars: suites.map(({ name, failed }) => ({
      what: `broken in ${name}`,
      value: failed,
      limit: 0,
      ok: failed === 0,
    })),
  };
}

/** The `paced` ones, and others with a `promised` bound among what they are about. */
async function suitesOfPromises(): Promise<string[]> {
  const found: string[] = [];
  for await (const file of glob('packages/*/src/**/*.test.ts')) {
    const isOne =
      file.endsWith('.paced.test.ts') || /promised\(|clockIsHeld/.test(await readFile(file, 'utf8'));
    if (isOne) found.push(file);
  }
  return found;
}

async function runSuites(files: readonly string[]): Promise<JestRun> {
  const folder = await mkdtemp(join(tmpdir(), 'fluxori-promises-'));
  try {
    const outputFile = join(folder, 'jest.json');
    await new Promise<void>((resolve, reject) => {
      const jest = spawn(
        process.execPath,
        [
          ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'],
          ...['--runInBand', '--silent', '--json', `--outputFile=${outputFile}`, ...files],
        ],
        {
          env: { ...process.env, FLUXORI_TEST_CLOCK: 'held' },
          stdio: ['ignore', 'ignore', 'ignore'],
        },
      );
      // Jest's exit code says only that something failed; the file says what.
      jest.once('exit', () => resolve()).once('error', reject);
    });
    return JSON.parse(await readFile(outputFile, 'utf8')) as JestRun;
  } finally {
    await rm(folder, { recursive: true });
  }
}
