import { openSharedFolder } from '../prepared-data-folder.js';
import { openTestServices } from '../test-services.js';
import { key, running } from './running.js';

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default async function setUp(): Promise<void> {
  const all = new AsyncDisposableStack();
  running[key] = all;
  all.use(await openTestServices());
  all.use(await openSharedFolder());
}
