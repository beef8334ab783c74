import { marketplaceOf } from '@fluxori/amazon-sp';
import { sku } from '@fluxori/core';
import {
  type CommandContext,
  type CommandFactory,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';
import { storedAccount, wholeNumber } from './options.js';
import { runJob, runJobs, tellQueued } from './run-job.js';
import { limitOf, noWait, oneAccount, onlyAccount } from './shared-options.js';
import { inventorySyncJobs } from './sync-jobs.js';

interface AccountOption extends CommonOptions {
  account?: string;
}

interface WorkOptions extends AccountOption {
  wait: boolean;
}

interface SetOptions extends WorkOptions {
  marketplace?: string;
}

/** `fluxori inventory sync|list|set` */
export const inventoryCommand: CommandFactory = (facts) => {
  const inventory = group('inventory');
  inventory.addCommand(
    command('sync')
      .description('bring in the stock levels of all SKUs')
      .option(...oneAccount)
      .option(...noWait)
      .addHelpText('after', '\nExample:\n  fluxori inventory sync --account acme-za\n')
      .action((options: WorkOptions) => syncInventory(contextOf(facts, options), options)),
  );
  inventory.addCommand(
    command('list')
      .description('list the stock levels that were brought in')
      .option(...onlyAccount)
      .option(...limitOf(20))
      .addHelpText('after', '\nExample:\n  fluxori inventory list --limit 100 --json\n')
      .action((options: AccountOption & { limit: string }) =>
        listInventory(contextOf(facts, options), options),
      ),
  );
  inventory.addCommand(
    command('set')
      .description('set the stock of a SKU that you ship yourself')
      .argument('<sku>', 'your stock keeping unit')
      .argument('<quantity>', 'whole units')
      .option(...oneAccount)
      .option(
        '-m, --marketplace <id or country>',
        "a marketplace of the account (default: the account's first)",
      )
      .option(...noWait)
      .addHelpText('after', '\nExample:\n  fluxori inventory set ROOIBOS-80 25\n')
      .action((name: string, quantity: string, options: SetOptions) =>
        setInventory(contextOf(facts, options), name, quantity, options),
      ),
  );
  return inventory;
};

async function syncInventory(context: CommandContext, options: WorkOptions): Promise<void> {
  await context.withApp(async (app) => {
    const jobs = await runJobs(app, inventorySyncJobs(app.connectors.choose(options.account)), {
      terminal: context.terminal,
      signal: context.signal,
      wait: options.wait,
    });
    const results = jobs.map(
      ({ result }) => result as Record<'inserted' | 'updated' | 'unchanged', number> | undefined,
    );
    const sum = (field: 'inserted' | 'updated' | 'unchanged') =>
      results.reduce((total, result) => total + (result?.[field] ?? 0), 0);
    const totals = { inserted: sum('inserted'), updated: sum('updated'), unchanged: sum('unchanged') };
    context.terminal.result({ jobs, ...(options.wait && totals) }, () => {
      const { inserted, updated, unchanged } = totals;
      if (!options.wait) tellQueued(context.terminal, ...jobs);
      else context.terminal.say(`${inserted} new stock levels, ${updated} changed, ${unchanged} as before.`);
    });
  });
}

async function listInventory(
  context: CommandContext,
  options: AccountOption & { limit: string },
): Promise<void> {
  const limit = wholeNumber('--limit', 1)(options.limit);
  await context.withApp(async (app) => {
    const query = storedAccount(options);
    const levels = await app.backend.records.list('inventory', { ...query, limit });
    const total = await app.backend.records.count('inventory', query);
    app.connectors.checkKnown(options.account, total === 0);
    context.terminal.result({ total, inventory: levels }, () => {
      context.terminal.table(
        ['SKU', 'account', 'shipped by', 'available#', 'reserved#', 'inbound#', 'changed'],
        levels.map((level) => [
          level.sku,
          level.accountId,
          level.fulfilledBy,
          level.available,
          level.reserved ?? '',
          level.inbound ?? '',
          level.updatedAt.slice(0, 16).replace('T', ' '),
        ]),
      );
      context.terminal.say(`${levels.length} of ${total} stock levels.`);
    });
  });
}

async function setInventory(
  context: CommandContext,
  name: string,
  text: string,
  options: SetOptions,
): Promise<void> {
  const quantity = wholeNumber('quantity')(text);
  const marketplace = options.marketplace === undefined ? undefined : marketplaceOf(options.marketplace);
  await context.withApp(async (app) => {
    const account = app.connectors.choose(options.account);
    const connector = await app.connectors.get(account);
    const outcome = await runJob(
      app,
      {
        name: 'inventory.update',
        accountId: account,
        payload: { sku: sku(name), marketplaceId: marketplace?.id ?? connector.config.home.id, quantity },
        priority: 'high',
      },
      { terminal: context.terminal, signal: context.signal, wait: options.wait },
    );
    context.terminal.result(outcome, () => {
      if (outcome.result === undefined) tellQueued(context.terminal, outcome);
      else context.terminal.say(`Amazon has accepted ${quantity} for ${name}.`);
    });
  });
}
