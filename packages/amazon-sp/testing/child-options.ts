import type { ForkOptions } from 'node:child_process';
import { join } from 'node:path';

/**
 * How a test starts a process from a file of this folder: all of a run load the same modules, which need not be compiled each time. One that dies by
 * SIGKILL keeps what it has compiled by `flushCompileCache` only.
 *
 * @param folder - where what was compiled lies, outside a run of the tests.
 */
export function childOptions(folder?: string): ForkOptions {
  const { NODE_COMPILE_CACHE, FLUXORI_TEST_FOLDER: shared = folder } = process.env;
  const compiled = NODE_COMPILE_CACHE ?? (shared && join(shared, 'compiled'));
  return {
    execArgv: ['--no-warnings'],
    env: { ...process.env, ...(compiled && { NODE_COMPILE_CACHE: compiled }) },
  };
}
