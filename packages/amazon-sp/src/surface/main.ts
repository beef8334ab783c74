import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { currentSurfacePage, surfacePath } from './surface.js';

/** `pnpm generate:surface [--check]`: writes the page, or exits with 1 when the one that is there is not current. */
const page = currentSurfacePage();
const isCurrent = existsSync(surfacePath) && readFileSync(surfacePath, 'utf8') === page;
const check = process.argv.includes('--check');
if (!isCurrent && !check) writeFileSync(surfacePath, page);
process.stdout.write(
  `docs/sp-api-surface.md ${isCurrent ? 'is current' : check ? 'is not current' : 'was written'}.\n`,
);
process.exitCode = check && !isCurrent ? 1 : 0;
