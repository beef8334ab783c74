#!/usr/bin/env node
import { run } from './program.js';

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    controller.abort(new DOMException(`Ended by ${signal}.`, 'AbortError'));
    // A second one means: now.
    process.once(signal, () => process.exit(130));
  });
}

// A reader that went away (`fluxori orders list | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
});

// What waits for a store that is away, and was left, would hold the process up. Unreferenced: who has closed everything is gone before.
if (controller.signal.aborted) setTimeout(() => process.exit(), 250).unref();
