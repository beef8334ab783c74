import { glob } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type BenchResult, linesOf, reportOf } from './bench-report.js';

/** `pnpm bench <name> [--json] [--check] [--mb <size>]`: runs `<name>.bench.ts`, wherever in `packages` it lies. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, check: { type: 'boolean' }, mb: { type: 'string' } },
  });
  const benches = await findBenches();
  const [name] = positionals;
  const file = name === undefined ? undefined : benches.get(name);
  if (name === undefined || file === undefined) {
    process.stderr.write(
      `Usage: pnpm bench <name> [--json] [--check] [--mb <size>]. There are: ${[...benches.keys()].sort().join(', ')}.\n`,
    );
    return 2;
  }
  const { bench } = (await import(pathToFileURL(file).href)) as { bench: Bench };
  const result = await bench(values.mb === undefined ? {} : { mb: Number(values.mb) });
  const report = reportOf(name, result, new Date());
  for (const line of linesOf(report)) process.stdout.write(`${line}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  return values.check && report.bars.some(({ ok }) => !ok) ? 1 : 0;
}

/** `mb`: megabytes to work on, for benches whose work has a size. Bars hold at the size that a bench has by itself. */
type Bench = (options: { mb?: number }) => Promise<BenchResult>;

async function findBenches(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const file of glob('packages/*/src/**/*.bench.ts'))
    found.set(basename(file, '.bench.ts'), resolve(file));
  return found;
}

process.exitCode = await main();
