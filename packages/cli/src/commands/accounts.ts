import { NotFoundError, silentLogger } from '@fluxori/core';
import type { AddOptions } from '../accounts/account-plan.js';
import { accountView, endText, tokenText } from '../accounts/account-view.js';
import { type AddedAccount, addAccount } from '../accounts/add-account.js';
import { checkAccounts } from '../accounts/check-accounts.js';
import { checkStore } from '../accounts/check-store.js';
import { Questions } from '../accounts/questions.js';
import { removeAccount } from '../accounts/remove-account.js';
import { ConfigFile } from '../config/config-file.js';
import { loadStorePlace } from '../config/load-config.js';
import { openSecrets } from '../config/secrets.js';
import { exitKindOf } from '../exit/exit-code.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommandFacts,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';

const addHelp = `
What is not given is taken from another account of the same application, or asked for.

  App ID, client id, client secret   the developer console (Solution Provider Portal), at your application
  redirect URI                       one of those registered there. Amazon takes https addresses only, so
                                     register a page of your website, e.g. https://www.example.com/amazon,
                                     name it by --redirect-uri and, when the seller has confirmed and the
                                     browser shows that page (or an error), paste the address from its
                                     address bar here. That is what happens with an https address by itself.
                                     With a local Seller Central (fluxori sandbox) the browser comes back to
                                     this machine by itself; --paste does without.

The refresh token goes into the sealed file (set FLUXORI_SEAL_KEY; fluxori secrets generate-key), the rest
into the configuration file, which is otherwise left as it is. For an account that is there already, its
authorisation is renewed: the same seller must confirm.

Examples:
  fluxori accounts add acme-za --marketplace ZA
  fluxori accounts add acme-eu --marketplace DE,FR --like acme-za --redirect-uri https://www.example.com/amazon
`;

/** `fluxori accounts add|list|check|remove` */
export const accountsCommand: CommandFactory = (facts) => {
  const accounts = group('accounts');
  accounts.addCommand(
    command('add')
      .description('add an account, or renew the authorisation of one')
      .argument('[name]', 'your name for it, e.g. acme-za')
      .option('-m, --marketplace <codes>', 'country codes or ids, all of one region, e.g. ZA or DE,FR')
      .option('--application-id <id>', 'App ID of the application')
      .option('--client-id <id>', 'its LWA client id')
      .option(
        '--client-secret <reference>',
        `where its secret lies: secret:NAME or \${VARIABLE}; asked for otherwise`,
      )
      .option('--redirect-uri <url>', 'a redirect URI that is registered with the application')
      .option('--draft', 'the application is a draft (version=beta)')
      .option('--like <account>', 'take the application from this account')
      .option('--paste', 'paste the address by hand to which the browser is sent')
      .addHelpText('after', addHelp)
      .action((name: string | undefined, options: CommonOptions & AddOptions & { paste?: boolean }) =>
        add(facts, contextOf(facts, options), name, options),
      ),
  );
  accounts.addCommand(
    command('list')
      .description(
        'show the accounts, their tokens, and when client secrets and authorisations end; nothing is sent',
      )
      .addHelpText('after', '\nExamples:\n  fluxori accounts list\n  fluxori accounts list --json\n')
      .action((options: CommonOptions) => list(contextOf(facts, options))),
  );
  accounts.addCommand(
    command('check')
      .description('make a first call for an account, or for all')
      .argument('[name]', 'see `fluxori accounts list`')
      .addHelpText('after', '\nExamples:\n  fluxori accounts check\n  fluxori accounts check acme-za\n')
      .action((name: string | undefined, options: CommonOptions) => check(contextOf(facts, options), name)),
  );
  accounts.addCommand(
    command('remove')
      .description('take an account out of the configuration, and its refresh token out of the sealed file')
      .argument('<name>', 'see `fluxori accounts list`')
      .option('-y, --yes', 'do not ask')
      .addHelpText('after', '\nExample:\n  fluxori accounts remove acme-za\n')
      .action((name: string, options: CommonOptions & { yes?: boolean }) =>
        remove(facts, contextOf(facts, options), name, options),
      ),
  );
  return accounts;
};

function questionsOf(facts: CommandFacts, context: CommandContext): Questions {
  const screen = context.terminal.json ? facts.stderr : facts.stdout;
  return new Questions({ stdin: facts.stdin, screen, signal: context.signal });
}

async function add(
  facts: CommandFacts,
  context: CommandContext,
  name: string | undefined,
  options: CommonOptions & AddOptions & { paste?: boolean },
): Promise<void> {
  using questions = questionsOf(facts, context);
  const { terminal, signal } = context;
  // Before anybody is asked: without a place for the token, or with a key that is not the store's, there is no point in it.
  const secrets = await openSecrets(context);
  const { config: file, backend } = options;
  const source = { env: facts.env, cwd: facts.cwd, ...(file && { file }), ...(backend && { backend }) };
  await checkStore(await loadStorePlace(source), silentLogger);
  const added = await addAccount(name, options, {
    file: ConfigFile.at(context, options.config),
    secrets,
    ...{ questions, terminal, signal, source: context },
  });
  const { problem, ...rest } = added;
  terminal.result({ ...rest, ...(problem !== undefined && { problem }) }, () => tell(context, added));
  if (problem === undefined) return;
  terminal.warn(`The account is stored, but its first call failed: ${(problem as Error).message}`);
  terminal.warn(
    `  What to do: ${(problem as { remedy?: string }).remedy ?? 'see above'} Then: fluxori accounts check ${added.account}`,
  );
  context.exitWith(exitKindOf(problem));
}

function tell({ terminal }: CommandContext, added: AddedAccount): void {
  const { account, sellerId, marketplaces, renewed, file, secret, expiresAt, participations } = added;
  terminal.say(
    `${renewed ? 'Renewed' : 'Added'} ${account} (seller ${sellerId}, ${marketplaces.join(', ')}).`,
  );
  terminal.say(`  configuration   ${file}`);
  terminal.say(`  refresh token   secret:${secret}`);
  terminal.say(
    `  good until      ${expiresAt.toISOString().slice(0, 10)}; renew it with: fluxori accounts add ${account}`,
  );
  if (participations !== undefined) {
    const selling = participations
      .filter(({ participating }) => participating)
      .map(({ countryCode }) => countryCode);
    terminal.say(
      `  first call      good; the seller sells in ${selling.join(', ') || 'no marketplace of this region'}`,
    );
  }
  terminal.say('A worker that is running takes it in when it is started again.');
}

const noAccount = 'No account is configured. `fluxori accounts add` adds one.';

async function list(context: CommandContext): Promise<void> {
  await context.withApp(async (app) => {
    const now = Date.now();
    const views = await Promise.all(app.connectors.accountIds.map((id) => accountView(app, id, now)));
    context.terminal.result(views, () => {
      if (views.length === 0) {
        context.terminal.say(noAccount);
        return;
      }
      context.terminal.table(
        ['account', 'seller', 'marketplaces', 'token', 'client secret ends', 'authorisation ends'],
        views.map((view) => [
          view.account,
          view.sellerId ?? '',
          view.marketplaces.join(', '),
          view.problem === undefined ? tokenText(view.token) : 'wrong configuration',
          endText(view.clientSecret),
          endText(view.authorisation),
        ]),
      );
      for (const { account, problem, remedies } of views) {
        if (problem !== undefined) context.terminal.say(`${account}: ${problem}`);
        for (const remedy of remedies) context.terminal.say(`${account}: ${remedy}`);
      }
    });
  });
}

async function check(context: CommandContext, name: string | undefined): Promise<void> {
  const results = await context.withApp((app) => checkAccounts(app, name, context.signal));
  context.terminal.result(results, () => {
    if (results.length === 0) context.terminal.say(noAccount);
    for (const { account, ok, marketplaces, error } of results) {
      context.terminal.say(
        ok
          ? `${account}: good; the seller sells in ${marketplaces.join(', ')}`
          : `${account}: ${error?.message}`,
      );
      if (error?.remedy) context.terminal.say(`  What to do: ${error.remedy}`);
    }
  });
  const failed = results.find(({ ok }) => !ok);
  if (failed?.exit !== undefined) context.exitWith(failed.exit);
}

async function remove(
  facts: CommandFacts,
  context: CommandContext,
  name: string,
  options: CommonOptions & { yes?: boolean },
): Promise<void> {
  using questions = questionsOf(facts, context);
  const file = ConfigFile.at(context, options.config);
  const accounts = await file.accounts();
  if (accounts[name] === undefined) {
    throw new NotFoundError(`There is no account ${JSON.stringify(name)} in ${file.path}.`, {
      field: 'name',
      remedy: `There are: ${Object.keys(accounts).join(', ') || 'none'}.`,
    });
  }
  if (!options.yes) {
    const text = `Remove ${name}, and forget its refresh token? Write its name to confirm`;
    if ((await questions.ask({ text, instead: 'give --yes' })) !== name) {
      context.terminal.say('Nothing was removed.');
      context.exitWith('usage');
      return;
    }
  }
  const removed = await removeAccount(name, { file, secrets: () => openSecrets(context) });
  context.terminal.result(removed, () => {
    context.terminal.say(`Removed ${name}${removed.secret ? ` and secret:${removed.secret}` : ''}.`);
    context.terminal.say(
      'The seller’s consent itself ends in Seller Central (Manage Your Apps). What was imported for the account stays.',
    );
  });
}
