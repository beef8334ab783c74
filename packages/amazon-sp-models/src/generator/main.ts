import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type GeneratedFiles, generate } from './generate.js';
import { readModels } from './read-models.js';
import { sourceOf } from './source.js';

const usage = `Draws Amazon's SP-API operations and types from its models.

  pnpm generate:sp-api <checkout of amzn/selling-partner-api-models> [--check]

  --check   Write nothing; exit with 1 if the committed files differ.
`;

/** `src/generated`, seen from `dist/generator`. */
const target = resolve(import.meta.dirname, '../../src/generated');

process.exitCode = main(process.argv.slice(2));

function main(args: string[]): number {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { check: { type: 'boolean' } },
  });
  const [given] = positionals;
  if (!given || positionals.length > 1) {
    process.stderr.write(usage);
    return 2;
  }
  // pnpm runs scripts in the workspace's root; a relative path means the caller's folder.
  const checkout = resolve(process.env.INIT_CWD ?? process.cwd(), given);
  const models = readModels(checkout);
  const files = generate(models, sourceOf(checkout));
  const stale = differences(files);
  if (!values.check) write(files);
  process.stdout.write(`${models.length} models, ${files.size} files, ${stale.length} changed.\n`);
  for (const path of stale) process.stdout.write(`  ${path}\n`);
  return values.check && stale.length > 0 ? 1 : 0;
}

/** Paths below `generated/` that are new, gone or different. */
function differences(files: GeneratedFiles): string[] {
  const found = existsSync(target) ? readdirSync(target, { recursive: true, encoding: 'utf8' }) : [];
  const existing = found.filter((path) => path.endsWith('.ts'));
  const gone = existing.filter((path) => !files.has(path));
  const changed = [...files].filter(
    ([path, text]) => !existing.includes(path) || readFileSync(join(target, path), 'utf8') !== text,
  );
  return [...gone, ...changed.map(([path]) => path)].sort();
}

function write(files: GeneratedFiles): void {
  rmSync(target, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), text);
  }
}
