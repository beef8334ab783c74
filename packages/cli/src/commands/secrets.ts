import { resolve } from 'node:path';
import { createPrivateFile, generateSealKey, sealKeysFrom } from '@fluxori/backend';
import { NotFoundError, type SecretDescription, ValidationError } from '@fluxori/core';
import { Option } from 'commander';
import { openSecrets, secretsFileOf } from '../config/secrets.js';
import { readSecret } from '../secrets/read-secret.js';
import { rotateTokens, unreadableTokens } from '../secrets/rotate.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommandFacts,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';
import { expiryOption } from './expiry-option.js';

interface SetOptions extends CommonOptions {
  expires?: string;
  value?: unknown;
}

/** `fluxori secrets set|list|remove|rotate|generate-key` */
export const secretsCommand: CommandFactory = (facts) => {
  const secrets = group('secrets');
  secrets.addCommand(
    command('set')
      .description('put a secret in, or replace it; the value comes from the keyboard (not shown) or a pipe')
      .argument('<name>', 'your name for it, e.g. acme-client-secret')
      .argument('[value...]', 'is refused: a command line can be read by others')
      .option('--expires <when>', 'when the other side stops accepting it: a date, or a span such as 180d')
      .addOption(new Option('--value [value]').hideHelp())
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori secrets set acme-client-secret --expires 180d\n  fluxori secrets set acme-refresh-token < token.txt\n',
      )
      .action((name: string, value: string[], options: SetOptions) =>
        setSecret(facts, contextOf(facts, options), name, value, options),
      ),
  );
  secrets.addCommand(
    command('list')
      .description('list the names, never the values')
      .addHelpText('after', '\nExamples:\n  fluxori secrets list\n  fluxori secrets list --json\n')
      .action((options: CommonOptions) => listSecrets(contextOf(facts, options))),
  );
  secrets.addCommand(
    command('remove')
      .description('take a secret out')
      .argument('<name>', 'see `fluxori secrets list`')
      .addHelpText('after', '\nExample:\n  fluxori secrets remove acme-client-secret\n')
      .action((name: string, options: CommonOptions) => removeSecret(contextOf(facts, options), name)),
  );
  secrets.addCommand(
    command('rotate')
      .description('seal the file and the stored tokens anew, with the first key of FLUXORI_SEAL_KEY')
      .option('--drop-unreadable', 'remove stored tokens whose key is lost; they are fetched again')
      .addHelpText('after', '\nExample:\n  FLUXORI_SEAL_KEY="$NEW_KEY,$OLD_KEY" fluxori secrets rotate\n')
      .action((options: CommonOptions & { dropUnreadable?: boolean }) =>
        rotate(contextOf(facts, options), options.dropUnreadable ?? false),
      ),
  );
  secrets.addCommand(
    command('generate-key')
      .description('make a sealing key and print it, or write it into a new file that only you can open')
      .option('--file <path>', 'for FLUXORI_SEAL_KEY_FILE')
      .addHelpText(
        'after',
        '\nExamples:\n  export FLUXORI_SEAL_KEY="$(fluxori secrets generate-key)"\n  fluxori secrets generate-key --file /etc/fluxori/seal.key\n',
      )
      .action((options: CommonOptions & { file?: string }) =>
        generate(contextOf(facts, options), options.file),
      ),
  );
  return secrets;
};

async function setSecret(
  facts: CommandFacts,
  context: CommandContext,
  name: string,
  given: readonly string[],
  options: SetOptions,
): Promise<void> {
  if (given.length > 0 || options.value !== undefined) throw onCommandLine();
  const expiresAt = options.expires === undefined ? undefined : expiryOption(options.expires);
  // Before anybody types: a wrong key or an open file is told at once.
  const secrets = await openSecrets(context);
  const value = await readSecret(name, {
    stdin: facts.stdin,
    ask: (text) => void facts.stderr.write(text),
    signal: context.signal,
  });
  await secrets.set(name, value, { ...(expiresAt && { expiresAt }) });
  context.terminal.result({ name, ...(expiresAt && { expiresAt }) }, () =>
    context.terminal.say(`Set ${name}. Write "secret:${name}" in fluxori.config.json where it is needed.`),
  );
}

/** It does not repeat the value, which is in enough places by now. */
function onCommandLine(): ValidationError {
  return new ValidationError(
    'The value is not taken from the command line: there it can be read in the list of processes and stays in the shell’s history.',
    {
      field: 'value',
      remedy:
        'Run `fluxori secrets set <name>` and type or paste the value when asked, or pipe it in. Treat the value that you have just written as known, and take it out of the history.',
    },
  );
}

async function listSecrets(context: CommandContext): Promise<void> {
  const secrets = await (await openSecrets(context)).list();
  const file = secretsFileOf(context);
  context.terminal.result({ file, secrets }, () => {
    context.terminal.table(
      ['name', 'set', 'expires'],
      secrets.map((one) => [one.name, one.updatedAt?.toISOString().slice(0, 10) ?? '', expiryText(one)]),
    );
    if (secrets.length === 0) context.terminal.say(`No secrets in ${file}.`);
  });
}

function expiryText({ expiresAt }: SecretDescription): string {
  if (expiresAt === undefined) return '';
  const days = Math.floor((expiresAt.getTime() - Date.now()) / 86_400_000);
  const day = expiresAt.toISOString().slice(0, 10);
  return days < 0 ? `${day} (over)` : `${day} (in ${days} day${days === 1 ? '' : 's'})`;
}

async function removeSecret(context: CommandContext, name: string): Promise<void> {
  if (!(await (await openSecrets(context)).delete(name))) {
    throw new NotFoundError(`There is no secret ${JSON.stringify(name)}.`, {
      field: 'name',
      remedy: 'Look at `fluxori secrets list`.',
    });
  }
  context.terminal.result({ removed: name }, () => context.terminal.say(`Removed ${name}.`));
}

async function rotate(context: CommandContext, dropUnreadable: boolean): Promise<void> {
  const manager = await openSecrets(context);
  const secrets = await manager.reseal();
  context.terminal.say(`${secrets} secret${secrets === 1 ? ' is' : 's are'} sealed with the current key.`);
  const loaded = await context.load();
  const keys = loaded.sealKeys;
  if (keys === undefined) return;
  const { signal } = context;
  const tokens = await rotateTokens(loaded.backendUrl, keys, {
    dropUnreadable,
    logger: context.logger(loaded),
    signal,
  });
  if (tokens !== undefined && tokens.unreadable > 0 && !dropUnreadable)
    throw unreadableTokens(tokens.unreadable);
  context.terminal.result({ key: keys.current.id, secrets, tokens: tokens ?? null }, () => {
    if (tokens === undefined) {
      context.terminal.say(
        'The stored tokens cannot be reached now, or there are none; they end by themselves within the hour.',
      );
      return;
    }
    const removed = tokens.unsealed + tokens.unreadable;
    context.terminal.say(
      `${tokens.resealed} stored token${tokens.resealed === 1 ? ' was' : 's were'} sealed anew${removed > 0 ? `; ${removed} removed, to be fetched again` : ''}.`,
    );
  });
}

async function generate(context: CommandContext, path: string | undefined): Promise<void> {
  const key = generateSealKey();
  const { id } = sealKeysFrom(key).current;
  if (path === undefined) {
    context.terminal.result({ key: key.reveal(), id }, () => context.terminal.say(key.reveal()));
    return;
  }
  const file = resolve(context.cwd, path);
  await createPrivateFile(file, `${key.reveal()}\n`);
  context.terminal.result({ file, id }, () =>
    context.terminal.say(
      `Wrote the key ${id} into ${file}. Without it, nothing that it seals can be opened: keep a copy.`,
    ),
  );
}
