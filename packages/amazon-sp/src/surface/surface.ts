import { join, resolve } from 'node:path';
import { amazonJobs } from '../jobs/amazon-jobs.js';
import { readCapabilities, readSections } from './section-sources.js';
import { type Surface, surfacePage } from './surface-page.js';
import { usedOperations } from './used-operations.js';

/** The package's `src`, seen from itself and from `dist`. */
const src = resolve(import.meta.dirname, '../../src');

/** Where the page is kept. */
export const surfacePath = join(src, '../../../docs/sp-api-surface.md');

/** What the connector makes of the Selling Partner API, by its own source. */
export function readSurface(): Surface {
  return {
    uses: usedOperations(readSections(src)),
    capabilities: readCapabilities(src),
    jobs: amazonJobs({ connector: () => Promise.reject(new Error('No job is run here.')) }),
  };
}

export function currentSurfacePage(): string {
  return surfacePage(readSurface());
}
