import { glob } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type BenchResult, linesOf, reportOf } from './bench-report.js';

const usage = 'pnpm bench <name> [--json] [--check] [--mb <size>] [--backend <store>] [--count <number>]';

/** Runs `<name>.bench.ts`, wherever in `packages` it lies. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ json: { type: 'boolean' }, check: { type: 'boolean' } },
      ...{ mb: { type: 'string' }, backend: { type: 'string' }, count: { type: 'string' } },
    },
  });
  const benches = await findBenches();
  const [name] = positionals;
  const file = name === undefined ? undefined : benches.get(name);
  if (name === undefined || file === undefined) {
    process.stderr.write(`Usage: ${usage}. There are: ${[...benches.keys()].sort().join(', ')}.\n`);
    return 2;
  }
  const { bench } = (await import(pathToFileURL(file).href)) as { bench: Bench };
  const result = await bench({
    ...(values.mb !== undefined && { mb: Number(values.mb) }),
    ...(values.backend !== undefined && { backend: values.backend }),
    ...(values.count !== undefined && { count: Number(values.count) }),
  });
  const report = reportOf(name, result, new Date());
  for (const line of linesOf(report)) process.stdout.write(`${line}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  return values.check && report.bars.some(({ ok }) => !ok) ? 1 : 0;
}

/**
 * `mb`: megabytes to work on, `count`: how many, for benches whose work has a size; bars hold at the size that a bench has by itself.
 * `backend`: on which store, for those that run on several: names or the URL of one.
 */
type Bench = (options: { mb?: number; backend?: string; count?: number }) => Promise<BenchResult>;

async function findBenches(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const file of glob('packages/*/src/**/*.bench.ts'))
    found.set(basename(file, '.bench.ts'), resolve(file));
  return found;
}

process.exitCode = await main();
