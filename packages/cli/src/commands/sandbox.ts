import { relative } from 'node:path';
import { type JsonValue, ValidationError } from '@fluxori/core';
import type { Sandbox } from '@fluxori/sandbox';
import { ConfigFile } from '../config/config-file.js';
import { setMember } from '../config/json-edit.js';
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
    .option('--port <number>', 'port of the SP-API; 0 takes free ones', '0')
    .option('--orders <number>', 'how many orders its seller has', '1200')
    .option('--skus <number>', 'how many SKUs its seller has', '500')
    .option('--seed <number>', 'the same seed makes the same world', '1')
    .option('--write-config <file>', 'put its account into this configuration file; the rest of it stays')
    .addHelpText(
      'after',
      '\nExample, in two terminals:\n  fluxori sandbox --write-config fluxori.config.json\n  fluxori orders import\n',
    )
    .action((options: SandboxOptions) => serve(contextOf(facts, options), options));

async function serve(context: CommandContext, options: SandboxOptions): Promise<void> {
  const file =
    options.writeConfig === undefined ? undefined : await writableFile(context, options.writeConfig);
  // Loaded for this command only, since all others would wait for it.
  const { startSandbox } = await import('@fluxori/sandbox');
  const sandbox = await startSandbox({
    port: portOption(options.port),
    orders: wholeNumber('--orders')(options.orders),
    skus: wholeNumber('--skus', 1)(options.skus),
    seed: wholeNumber('--seed')(options.seed),
  });
  try {
    const { endpoints, adminUrl } = sandbox;
    // For `fluxori notifications setup`: a queue, and a rule of an event bus that ends in it.
    const queue = sandbox.createQueue('sp-api');
    const eventBridge = '000000000000/us-east-1';
    sandbox.routeEvents({ accountId: '000000000000', queueArn: queue.arn });
    if (file !== undefined) {
      await putAccount(file, sandbox);
      context.terminal.say(`Wrote ${relative(context.cwd, file.path) || file.path}.`);
    }
    context.terminal.result({ endpoints, adminUrl, queue, eventBridge }, () => {
      context.terminal.table(
        ['what', 'where'],
        [
          ...Object.entries(endpoints).map(([name, url]) => [name, url]),
          ...[
            ['admin', adminUrl],
            ['queue', queue.arn],
            ['event bridge', eventBridge],
          ],
        ],
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

/** The file may be somebody's own: other accounts in it are not ours to lose. */
async function writableFile(context: CommandContext, named: string): Promise<ConfigFile> {
  const file = ConfigFile.at(context, named);
  await file.accounts();
  await file.checkWritable();
  return file;
}

function putAccount(file: ConfigFile, sandbox: Sandbox): Promise<void> {
  const account = sandboxAccount(sandbox) as unknown as JsonValue;
  return file.change((text) => setMember(text, ['accounts', 'sandbox-za'], account));
}

const lastFirstPort = 65_528;

function portOption(text: string): number {
  const port = wholeNumber('--port')(text);
  if (port <= lastFirstPort) return port;
  throw new ValidationError(
    `--port ${port} is above ${lastFirstPort}: the sandbox takes eight ports in a row.`,
    {
      field: 'port',
      remedy: 'Name a lower one, or 0 for free ones.',
    },
  );
}
