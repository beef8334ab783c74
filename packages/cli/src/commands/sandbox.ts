import { writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { startSandbox } from '@fluxori/sandbox';
import { sandboxAccount } from '../config/sandbox-account.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommonOptions,
  command,
  contextOf,
} from './command-context.js';
import { wholeNumber } from './options.js';

interface SandboxOptions extends CommonOptions {
  port: string;
  orders: string;
  skus: string;
  seed: string;
  writeConfig?: string;
}

/** `fluxori sandbox`: a local Amazon until Ctrl-C. */
export const sandboxCommand: CommandFactory = (facts) =>
  command('sandbox')
    .description('run a local Amazon (LWA and SP-API) with true limits, until Ctrl-C')
    .option('--port <number>', 'port of the SP-API; 0 takes free ones', '0')
    .option('--orders <number>', 'how many orders its seller has', '1200')
    .option('--skus <number>', 'how many SKUs its seller has', '500')
    .option('--seed <number>', 'the same seed makes the same world', '1')
    .option('--write-config <file>', 'write a configuration that points at it')
    .addHelpText(
      'after',
      '\nExample, in two terminals:\n  fluxori sandbox --write-config fluxori.config.json\n  fluxori orders import\n',
    )
    .action((options: SandboxOptions) => serve(contextOf(facts, options), options));

async function serve(context: CommandContext, options: SandboxOptions): Promise<void> {
  const sandbox = await startSandbox({
    port: wholeNumber('--port')(options.port),
    orders: wholeNumber('--orders')(options.orders),
    skus: wholeNumber('--skus', 1)(options.skus),
    seed: wholeNumber('--seed')(options.seed),
  });
  try {
    const { endpoints, adminUrl } = sandbox;
    if (options.writeConfig !== undefined) {
      const file = resolve(context.cwd, options.writeConfig);
      const config = { accounts: { 'sandbox-za': sandboxAccount(sandbox) } };
      await writeFile(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
      context.terminal.say(`Wrote ${relative(context.cwd, file) || file}.`);
    }
    context.terminal.result({ endpoints, adminUrl }, () => {
      context.terminal.table(
        ['what', 'where'],
        [...Object.entries(endpoints).map(([name, url]) => [name, url]), ['admin', adminUrl]],
      );
      context.terminal.say('A local Amazon is running. Ctrl-C ends it.');
    });
    await new Promise<void>((done) => {
      if (context.signal.aborted) done();
      else context.signal.addEventListener('abort', () => done(), { once: true });
    });
  } finally {
    await sandbox.close();
  }
}
