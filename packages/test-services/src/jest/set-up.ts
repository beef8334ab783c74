import { join } from 'node:path';
import { openSharedFolder } from '../prepared-data-folder.js';
import { openTestServices } from '../test-services.js';
import { key, running } from './running.js';

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default async function setUp(): Promise<void> {
  const all = new AsyncDisposableStack();
  running[key] = all;
  all.use(await openTestServices());
  const folder = all.use(await openSharedFolder());
  // For the workers, and for what the tests start. Not for this process: the suites that hold the clock against a promise run here, as the product does.
  const flag = `--import=${new URL('short-lived-wasm.js', import.meta.url).href}`;
  all.use(inherited('NODE_OPTIONS', [process.env.NODE_OPTIONS, flag].filter(Boolean).join(' ')));
  // Hundreds of processes load the same modules; each would compile them anew.
  all.use(inherited('NODE_COMPILE_CACHE', process.env.NODE_COMPILE_CACHE ?? join(folder.path, 'compiled')));
}

/** A variable of the environment, until it is disposed of. */
function inherited(name: string, value: string): Disposable {
  const before = process.env[name];
  process.env[name] = value;
  return {
    [Symbol.dispose]: () => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    },
  };
}
