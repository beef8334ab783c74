import { openSharedFolder } from '../prepared-data-folder.js';
import { openTestServices } from '../test-services.js';
import { key, running } from './running.js';

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default async function setUp(): Promise<void> {
  const all = new AsyncDisposableStack();
  running[key] = all;
  all.use(await openTestServices());
  all.use(await openSharedFolder());
  // For the workers, and for what the tests start. Not for this process: the suites that hold the clock against a promise run here, as the product does.
  const before = process.env.NODE_OPTIONS;
  const flag = `--import=${new URL('short-lived-wasm.js', import.meta.url).href}`;
  process.env.NODE_OPTIONS = before === undefined ? flag : `${before} ${flag}`;
  all.defer(() => {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
  });
}
