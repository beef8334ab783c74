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
import { wholeNumber } from './options.js';
import { runJob, runJobs } from './run-job.js';
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
  const inventory = group('inventory').description('sync, list and set stock levels');
  inventory.addCommand(
    command('sync')
      .description('bring in the stock levels of all SKUs')
      .option('-a, --account <name>', 'the account (may be left out when there is one only)')
      .option('--no-wait', 'only queue it; a worker will do it')
      .addHelpText('after', '\nExample:\n  fluxori inventory sync --account acme-za\n')
      .action((options: WorkOptions) => syncInventory(contextOf(facts, options), options)),
  );
  inventory.addCommand(
    command('list')
      .description('list the stock levels that were brought in')
      .option('-a, --account <name>', 'only this account')
      .option('-n, --limit <number>', 'how many', '20')
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
      .option('-a, --account <name>', 'the account (may be left out when there is one only)')
      .option(
        '-m, --marketplace <id or country>',
        "a marketplace of the account (default: the account's first)",
      )
      .option('--no-wait', 'only queue it; a worker will do it')
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
      context.terminal.say(
        options.wait
          ? `${totals.inserted} new stock levels, ${totals.updated} changed, ${totals.unchanged} as before.`
          : `Queued as ${jobs.map(({ jobId }) => jobId).join(' and ')}. A worker will do it: fluxori worker`,
      );
    });
  });
}

async function listInventory(
  context: CommandContext,
  options: AccountOption & { limit: string },
): Promise<void> {
  const limit = wholeNumber('--limit', 1)(options.limit);
  await context.withApp(async (app) => {
    const query = options.account === undefined ? {} : { accountId: app.connectors.known(options.account) };
    const levels = await app.backend.records.list('inventory', { ...query, limit });
    const total = await app.backend.records.count('inventory', query);
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
      context.terminal.say(
        outcome.result === undefined
          ? `Queued as ${outcome.jobId}. A worker will do it: fluxori worker`
          : `Amazon has accepted ${quantity} for ${name}.`,
      );
    });
  });
}
